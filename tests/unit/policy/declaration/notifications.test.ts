/** Receivers of notifications, through every format, and what is told of those that cannot be read. */
import { describe, expect, it } from 'vitest';
import { NOTIFICATION_KINDS } from '../../../../src/policy/declaration/notification-kinds.ts';
import { writeAs } from '../../../../src/policy/formats/convert.ts';
import { POLICY_FORMATS } from '../../../../src/policy/formats/format.ts';
import { FORMATS } from '../../../../src/policy/formats/formats.ts';
import { makeCertificate } from '../../../corpus/pki.ts';
import { parsePolicyFile } from '../../../../src/policy/formats/json/policy-file.ts';

const fileOf = (notifications: object) =>
  parsePolicyFile(JSON.stringify({ version: 1, settings: { enabled: true }, notifications, rules: [] }));
const read = (value: object) => fileOf({ r: value });
const problemsOf = (value: object) =>
  read(value).problems.map(({ code, place }) => `${code} ${place?.pointer?.replace('/notifications/r', '') ?? ''}`);

const [AUTHORITY, OTHER_AUTHORITY] = ['One', 'Other'].map((commonName) =>
  makeCertificate({ commonName, authority: true }).der.toString('base64'),
) as [string, string];

const ENTRIES = {
  'chat: desk': { kind: 'webhook', url: 'https://example.com/hook?a=1', format: 'slack', secret: 'desk.hmac' },
  'Team \u{1f4e3}': { kind: 'webhook', urlSecret: 'teams', format: 'teams', events: ['requested', 'completed'] },
  'Live \u{1f4e1}': {
    kind: 'mqtt',
    url: 'mqtts://[2001:db8::1]:8884/',
    topicPrefix: 'contoso/epm.v1/a-b_c',
    userName: 'd\u00fcsseldorf "1"',
    secret: 'mqtt.password',
    certificate: 'mqtt-client',
    caCertificates: [AUTHORITY, OTHER_AUTHORITY],
    events: ['requested', 'expired'],
  },
  live: { kind: 'mqtt', url: 'mqtts://broker.example.com' },
  log: { kind: 'eventLog' },
  mail: {
    kind: 'mail',
    host: 'mail.example.com',
    port: 2525,
    from: 'epm@example.com',
    to: ['help@example.com', "o'hara+epm@example.com"],
    userName: 'epm',
    secret: 'smtp',
    events: ['denied', 'approved'],
  },
  share: { kind: 'folder', path: '\\\\server\\share\\requests' },
};

describe('receivers of notifications', () => {
  it('are read with what holds where a member is missing', () => {
    const { approvals, problems } = fileOf(ENTRIES);
    expect(problems).toEqual([]);
    expect(approvals?.notifications).toEqual([
      { ...ENTRIES['Live \u{1f4e1}'], name: 'Live \u{1f4e1}' },
      { ...ENTRIES['Team \u{1f4e3}'], name: 'Team \u{1f4e3}' },
      { ...ENTRIES['chat: desk'], name: 'chat: desk', events: ['requested'] },
      { ...ENTRIES.live, name: 'live', topicPrefix: 'epm', events: ['requested'] },
      { kind: 'eventLog', name: 'log', events: ['requested'] },
      { ...ENTRIES.mail, name: 'mail', tls: 'starttls', events: ['approved', 'denied'] },
      { ...ENTRIES.share, name: 'share', events: ['requested'] },
    ]);
  });

  it('have the usual port for their encryption', () => {
    const mail = { kind: 'mail', host: 'a.b', from: 'a@b.c', to: ['d@e.f'] };
    const ports = [mail, { ...mail, tls: 'implicit' }].map((each) => read(each).approvals?.notifications[0]);
    expect(ports).toMatchObject([{ port: 587 }, { port: 465 }]);
  });

  it.each(POLICY_FORMATS.filter((format) => format !== 'graph'))(
    'pass through %s, byte for byte the same again',
    (format) => {
      const file = fileOf(ENTRIES);
      const written = writeAs(file, format);
      expect(written.problems).toEqual([]);
      const { policies } = FORMATS[format].read(written.bytes, {});
      const back = policies.find(({ approvals }) => approvals !== undefined) ?? policies[0];
      expect(back?.approvals).toEqual(file.approvals);
      expect(back?.problems).toEqual([]);
      expect(Buffer.from(writeAs(back ?? file, format).bytes)).toEqual(Buffer.from(written.bytes));
    },
  );

  it('are told where Graph cannot carry them', () => {
    expect(writeAs(fileOf(ENTRIES), 'graph').problems.map(({ code }) => code)).toEqual(['approvalsNotCarried']);
  });

  it.each<[string, object, readonly string[]]>([
    ['no kind', { url: 'https://a' }, ['missing /kind']],
    ['an unknown kind', { kind: 'pigeon' }, ['unknownValue /kind']],
    ['a kind that every object has', { kind: 'constructor' }, ['unknownValue /kind']],
    ['a member of another kind', { kind: 'eventLog', path: 'C:\\a' }, ['unknownMember /path']],
    ['a password', { kind: 'webhook', url: 'https://a', password: 'x' }, ['unknownMember /password']],
    ['no address', { kind: 'webhook' }, ['notificationInvalid ']],
    ['two addresses', { kind: 'webhook', url: 'https://a', urlSecret: 'b' }, ['notificationInvalid ']],
    ['an address in the clear', { kind: 'webhook', url: 'http://a/' }, ['badCharacters /url']],
    ['an address with a password', { kind: 'webhook', url: 'https://me:pw@a/' }, ['badCharacters /url']],
    ['an address that is none', { kind: 'webhook', url: 'https://a:99999/' }, ['notificationInvalid /url']],
    ['a secret instead of its name', { kind: 'webhook', url: 'https://a', secret: 'p@ss' }, ['badCharacters /secret']],
    ['no event', { kind: 'eventLog', events: [] }, ['empty /events']],
    ['an unknown event', { kind: 'eventLog', events: ['lost'] }, ['unknownValue /events/0']],
    ['one event twice', { kind: 'eventLog', events: ['denied', 'denied'] }, ['givenTwice /events']],
    [
      'a user without a password',
      { kind: 'mail', host: 'a', from: 'a@b', to: ['c@d'], userName: 'x' },
      ['notificationInvalid '],
    ],
    ['a mail to a header', { kind: 'mail', host: 'a', from: 'a@b', to: ['c@d\r\nBcc: e@f'] }, ['badCharacters /to/0']],
    ['mail in the clear', { kind: 'mail', host: 'a', from: 'a@b', to: ['c@d'], tls: 'none' }, ['unknownValue /tls']],
    ['a relative folder', { kind: 'folder', path: 'requests' }, ['badCharacters /path']],
    ['a way up', { kind: 'folder', path: 'C:\\a\\..\\Windows' }, ['badCharacters /path']],
    ['a device', { kind: 'folder', path: '\\\\?\\C:\\a\\b' }, ['badCharacters /path']],
    ['a pipe', { kind: 'folder', path: '\\\\.\\pipe\\a' }, ['badCharacters /path']],
    ['a whole drive', { kind: 'folder', path: 'C:\\' }, ['badCharacters /path']],
    ['a stream', { kind: 'folder', path: 'C:\\a:b' }, ['badCharacters /path']],
    ['no broker', { kind: 'mqtt' }, ['missing /url']],
    ['a broker in the clear', { kind: 'mqtt', url: 'mqtt://a' }, ['badCharacters /url']],
    ['a broker by WebSocket', { kind: 'mqtt', url: 'wss://a/mqtt' }, ['badCharacters /url']],
    ['a broker with a password', { kind: 'mqtt', url: 'mqtts://me:pw@a' }, ['badCharacters /url']],
    ['a port that is none', { kind: 'mqtt', url: 'mqtts://a:99999' }, ['notificationInvalid /url']],
    ['a wildcard', { kind: 'mqtt', url: 'mqtts://a', topicPrefix: 'epm/#' }, ['badCharacters /topicPrefix']],
    ['four levels', { kind: 'mqtt', url: 'mqtts://a', topicPrefix: 'a/b/c/d' }, ['badCharacters /topicPrefix']],
    ['a password of nobody', { kind: 'mqtt', url: 'mqtts://a', secret: 'x' }, ['notificationInvalid ']],
    ['a key', { kind: 'mqtt', url: 'mqtts://a', certificate: '-----BEGIN' }, ['badCharacters /certificate']],
    [
      'a certificate that is none',
      { kind: 'mqtt', url: 'mqtts://a', caCertificates: ['AAAA'] },
      ['notificationInvalid /caCertificates'],
    ],
    [
      'one certificate twice',
      { kind: 'mqtt', url: 'mqtts://a', caCertificates: [AUTHORITY, AUTHORITY] },
      ['givenTwice /caCertificates'],
    ],
  ])('with %s are left out, which is told', (_, value, expected) => {
    const { approvals } = fileOf({ r: value, other: { kind: 'eventLog' } });
    expect(approvals?.notifications.map(({ name }) => name)).toEqual(['other']);
    expect(problemsOf(value)).toEqual(expected);
  });

  it('have no member that could hold a secret itself', () => {
    for (const { members } of Object.values(NOTIFICATION_KINDS)) {
      for (const [name, schema] of Object.entries<{ readonly pattern?: string }>(members)) {
        if (!/secret|password|key/i.test(name)) continue;
        expect(new RegExp(schema.pattern ?? '', 'u').test('p@ss word!')).toBe(false);
      }
    }
  });
});
