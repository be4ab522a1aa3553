/** What carries a message to one kind of receiver. Adapters are loaded when the first message of their kind is sent. */
import type { Notification, NotificationKind } from '../../model/notification.ts';
import type { NotificationPayload } from './payload.ts';
import type { SendFault } from './send-faults.ts';

/** Kinds that are sent messages; the live channel has a connection of its own. */
type SentKind = Exclude<NotificationKind, 'mqtt'>;
export type SentNotification = Notification<SentKind>;

export interface OutgoingMessage {
  /** The same for each attempt of one message to one receiver, so that the receiver can tell a repetition. */
  readonly key: string;
  readonly payload: NotificationPayload;
}

export type SendResult =
  /** `answer`: what the receiver said, for a person who tests it. */
  | { readonly outcome: 'sent'; readonly answer?: string }
  /** `after`: milliseconds for which the receiver asks to wait. */
  | { readonly outcome: 'failed'; readonly fault: SendFault; readonly answer?: string; readonly after?: number }
  /** It would not be taken at any later time either. */
  | { readonly outcome: 'refused'; readonly fault: SendFault; readonly answer?: string };

export interface SendContext {
  /** @returns undefined: the agent has no such secret */
  readonly secret: (name: string) => string | undefined;
  /** Aborted when nobody waits any more. */
  readonly signal: AbortSignal;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

/** Never throws for what a receiver does. */
export type Sender<Kind extends SentKind> = (
  receiver: Notification<Kind>,
  message: OutgoingMessage,
  context: SendContext,
) => Promise<SendResult>;

/** How the adapter of each kind is loaded. */
export type Senders = { readonly [K in SentKind]: () => Promise<Sender<K>> };

/** Where a message of each kind comes to lie. What leaves the device is bound by the settings of reporting (decision E4). */
const LEAVES_DEVICE: { readonly [K in SentKind]: (receiver: Notification<K>) => boolean } = {
  webhook: () => true,
  mail: () => true,
  eventLog: () => false,
  folder: ({ path }) => path.startsWith('\\\\'),
};

export function leavesDevice(receiver: SentNotification): boolean {
  const rule = LEAVES_DEVICE[receiver.kind] as (receiver: SentNotification) => boolean;
  return rule(receiver);
}
