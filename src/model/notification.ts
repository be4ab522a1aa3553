/**
 * Who is told of support requests, as the policy of a device lists them.
 *
 * A kind of receiver is one member of {@link NotificationTargets}; the compiler names the places that must know it: how
 * policy writes it, and who sends it. No member ever holds a password or a key, because policy is readable by every user:
 * it names a secret that administrators gave the agent.
 */

/** What can become of a support request that receivers are told of, in the order of its life. */
export const NOTIFICATION_EVENTS = ['requested', 'approved', 'denied', 'expired', 'revoked', 'completed'] as const;
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number];

/** Of an entry that names no events: approvers want to hear what waits for them. */
export const DEFAULT_NOTIFICATION_EVENTS: readonly NotificationEvent[] = ['requested'];

/** How the body of a webhook is written. */
export const WEBHOOK_FORMATS = ['generic', 'teams', 'slack'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** How a connection to a mail server is encrypted: from its first byte, or after a STARTTLS that must succeed. */
export const MAIL_ENCRYPTIONS = ['starttls', 'implicit'] as const;
export type MailEncryption = (typeof MAIL_ENCRYPTIONS)[number];

/** First levels of the topics of a live channel: with what is behind them no topic is longer than brokers take. */
export const TOPIC_PREFIX_PATTERN = '^[A-Za-z0-9._-]{1,32}(?:/[A-Za-z0-9._-]{1,32}){0,2}$';
export const DEFAULT_TOPIC_PREFIX = 'epm';

/** What each kind of receiver needs. */
export interface NotificationTargets {
  readonly webhook: {
    /** `https` only. Exactly one of this and {@link urlSecret} is there. */
    readonly url?: string;
    /** Name of the secret that holds the address: those of Teams and Slack let whoever knows them post. */
    readonly urlSecret?: string;
    readonly format: WebhookFormat;
    /** Name of the secret that messages are signed with. */
    readonly secret?: string;
  };
  readonly mail: {
    readonly host: string;
    readonly port: number;
    readonly tls: MailEncryption;
    readonly from: string;
    readonly to: readonly string[];
    /** Both or none: who signs in, and the name of the secret that holds the password. */
    readonly userName?: string;
    readonly secret?: string;
  };
  readonly eventLog: object;
  readonly folder: {
    /** A folder of a drive or of a share. */
    readonly path: string;
  };
  /** The live channel, which brings answers back too; it publishes every state of a request, whatever `events` says. */
  readonly mqtt: {
    /** `mqtts` only. */
    readonly url: string;
    /** First levels of the topics. */
    readonly topicPrefix: string;
    readonly userName?: string;
    /** Name of the secret that holds the password. */
    readonly secret?: string;
    /** Name of the secret that holds the certificate of the client with its chain and its private key, PEM. */
    readonly certificate?: string;
    /** Whom alone to trust in place of the roots of the machine: DER in base64. */
    readonly caCertificates?: readonly string[];
  };
}

export type NotificationKind = keyof NotificationTargets;

/** One receiver. */
export type Notification<Kind extends NotificationKind = NotificationKind> = {
  [K in Kind]: NotificationTargets[K] & {
    readonly kind: K;
    /** Names the receiver in policy, status and the audit. */
    readonly name: string;
    readonly events: readonly NotificationEvent[];
  };
}[Kind];
