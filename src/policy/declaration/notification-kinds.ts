/**
 * What each kind of receiver of notifications looks like in a policy: the members of its JSON in the order in which they
 * are written, which of them must be there, and what a schema cannot say. A kind is one row.
 */
import { X509Certificate } from 'node:crypto';
import {
  DEFAULT_TOPIC_PREFIX,
  MAIL_ENCRYPTIONS,
  TOPIC_PREFIX_PATTERN,
  WEBHOOK_FORMATS,
  type MailEncryption,
  type NotificationKind,
  type NotificationTargets,
} from '../../model/notification.ts';

type JsonSchema = { readonly [keyword: string]: unknown };

/** A target as a policy has it: members with a default may be missing. */
type Written<Kind extends NotificationKind> = Partial<NotificationTargets[Kind]>;

interface KindDeclaration<Kind extends NotificationKind> {
  readonly title: string;
  readonly members: Readonly<Record<keyof NotificationTargets[Kind], JsonSchema>>;
  readonly required: readonly (keyof NotificationTargets[Kind] & string)[];
  /** What holds where a member is missing. */
  readonly defaults: (target: Written<Kind>) => Partial<NotificationTargets[Kind]>;
  /** What is wrong although the schema was kept: the member, and a sentence. */
  readonly fault: (target: Written<Kind>) => readonly [member: string, message: string] | undefined;
}

/** Name of a secret of the agent, never the secret itself. */
const SECRET_NAME_PATTERN = '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$';
const SECRET_NAME = {
  description: 'Name of a secret that was given to the agent of the device; never the secret itself.',
  type: 'string',
  pattern: SECRET_NAME_PATTERN,
};
const MAIL_ADDRESS = {
  type: 'string',
  maxLength: 254,
  pattern: '^[^\\s@<>,;:"()\\[\\]\\\\\\u0000-\\u0020\\u007f-\\u009f]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
};

/** Ports for submission of mail (RFC 6409, RFC 8314). */
const MAIL_PORTS: Readonly<Record<MailEncryption, number>> = { starttls: 587, implicit: 465 };

/** One segment of a path: no stream, no wildcard, and not ending as Windows would cut it. */
const SEGMENT = '(?!\\.{1,2}(?:\\\\|$))[^\\\\/:*?"<>|\\u0000-\\u001f]*[^\\\\/:*?"<>|\\u0000-\\u001f. ]';

export const NOTIFICATION_KINDS: { readonly [K in NotificationKind]: KindDeclaration<K> } = {
  webhook: {
    title: 'A message by HTTPS.',
    members: {
      url: {
        description: 'https only, without a user name, a password or a fragment.',
        type: 'string',
        maxLength: 2048,
        pattern: '^https://[A-Za-z0-9\\[][^\\s#@\\\\\\u0000-\\u0020\\u007f-\\uffff]*$',
      },
      urlSecret: SECRET_NAME,
      format: {
        description: 'How the body is written; generic where it is missing.',
        type: 'string',
        enum: WEBHOOK_FORMATS,
      },
      secret: SECRET_NAME,
    },
    required: [],
    defaults: () => ({ format: 'generic' }),
    fault: ({ url, urlSecret }) => {
      if ((url === undefined) === (urlSecret === undefined)) return ['', 'Give exactly one of "url" and "urlSecret".'];
      return url === undefined || URL.canParse(url) ? undefined : ['url', 'This is no address.'];
    },
  },
  mail: {
    title: 'A mail by SMTP.',
    members: {
      host: {
        description: 'Name of the mail server, which its certificate must carry.',
        type: 'string',
        maxLength: 253,
        pattern: '^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$',
      },
      port: {
        description: '587 for starttls and 465 for implicit where it is missing.',
        type: 'integer',
        minimum: 1,
        maximum: 65_535,
      },
      tls: {
        description: 'starttls where it is missing; mail is never sent in the clear.',
        type: 'string',
        enum: MAIL_ENCRYPTIONS,
      },
      from: MAIL_ADDRESS,
      to: { type: 'array', uniqueItems: true, minItems: 1, maxItems: 16, items: MAIL_ADDRESS },
      userName: { type: 'string', minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' },
      secret: SECRET_NAME,
    },
    required: ['host', 'from', 'to'],
    defaults: ({ tls = 'starttls' }) => ({ tls, port: MAIL_PORTS[tls] }),
    fault: ({ userName, secret }) =>
      (userName === undefined) === (secret === undefined)
        ? undefined
        : ['', '"userName" and "secret" go together: give both or none.'],
  },
  eventLog: {
    title: 'An entry of the Windows event log.',
    members: {},
    required: [],
    defaults: () => ({}),
    fault: () => undefined,
  },
  folder: {
    title: 'A file in a folder.',
    members: {
      path: {
        description: 'A folder of a drive, or of a share.',
        type: 'string',
        maxLength: 200,
        pattern: `^(?:[A-Za-z]:\\\\${SEGMENT}|\\\\\\\\${SEGMENT}\\\\${SEGMENT})(?:\\\\${SEGMENT})*\\\\?$`,
      },
    },
    required: ['path'],
    defaults: () => ({}),
    fault: () => undefined,
  },
  mqtt: {
    title: 'The live channel by an MQTT broker.',
    members: {
      url: {
        description: 'mqtts://host or mqtts://host:port; 8883 where the port is missing.',
        type: 'string',
        maxLength: 260,
        pattern: '^mqtts://(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]{1,5})?/?$',
      },
      topicPrefix: {
        description: `First levels of the topics, at most three; ${DEFAULT_TOPIC_PREFIX} where it is missing.`,
        type: 'string',
        maxLength: 98,
        pattern: TOPIC_PREFIX_PATTERN,
      },
      userName: { type: 'string', minLength: 1, maxLength: 254, pattern: '^[^\\u0000-\\u001f\\u007f-\\u009f]+$' },
      secret: SECRET_NAME,
      certificate: SECRET_NAME,
      caCertificates: {
        description:
          'Certificates, DER in base64, that alone are trusted; the roots of the machine where it is missing.',
        type: 'array',
        uniqueItems: true,
        minItems: 1,
        maxItems: 4,
        items: { type: 'string', maxLength: 8192, pattern: '^[A-Za-z0-9+/]+={0,2}$' },
      },
    },
    required: ['url'],
    defaults: () => ({ topicPrefix: DEFAULT_TOPIC_PREFIX }),
    fault: ({ url, userName, secret, caCertificates = [] }) => {
      if (url !== undefined && !URL.canParse(url)) return ['url', 'This is no address.'];
      if (secret !== undefined && userName === undefined) return ['', '"secret" needs "userName".'];
      return caCertificates.every(isCertificate)
        ? undefined
        : ['caCertificates', 'One of them is no certificate in base64.'];
    },
  },
};

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(Buffer.from(text, 'base64')).raw.length > 0;
  } catch {
    return false;
  }
}
