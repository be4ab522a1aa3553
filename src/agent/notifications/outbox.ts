/**
 * Messages that wait for their receivers, each in a file of its own: they outlive the agent, a crash and a power cut. It is
 * bounded, and the person with the most messages gives way first, so that nobody pushes out what others asked.
 */
import type { Sid } from '../../model/brands.ts';
import type { EntryStore } from '../ports.ts';
import type { NotificationPayload } from './payload.ts';

/** One message to one receiver. */
export interface QueuedMessage {
  readonly key: string;
  readonly receiver: string;
  /** Whom it is about. */
  readonly user: Sid;
  readonly payload: NotificationPayload;
  /** Position among all messages of this device. */
  readonly order: number;
  /** Milliseconds since 1970, UTC: when it was put in, and when it is tried next. */
  readonly since: number;
  readonly next: number;
  readonly attempts: number;
}

interface OutboxLimits {
  /** Messages for one receiver. */
  readonly perReceiver: number;
  /** For all receivers together. */
  readonly total: number;
}

const OUTBOX_LIMITS: OutboxLimits = { perReceiver: 200, total: 2000 };

export class Outbox {
  readonly #store: EntryStore;
  readonly #limits: OutboxLimits;
  readonly #messages: Map<string, QueuedMessage>;
  #order: number;
  /** How many files are there that the agent did not write; they are left out and removed. */
  readonly damaged: number;

  /** @throws EpmError EPM_DATA_FOLDER when it is not known what is there */
  constructor(store: EntryStore, limits: OutboxLimits = OUTBOX_LIMITS) {
    this.#store = store;
    this.#limits = limits;
    const read = [...store.read()];
    const whole = read.flatMap(([key, value]) => (isMessage(value) && value.key === key ? [value] : []));
    this.#messages = new Map(whole.sort((one, other) => one.order - other.order).map((each) => [each.key, each]));
    this.#order = whole.reduce((highest, { order }) => Math.max(highest, order), 0);
    const unreadable = read.filter(([key]) => !this.#messages.has(key));
    this.damaged = unreadable.length;
    for (const [key] of unreadable) store.remove(key);
  }

  /** Names of receivers that messages wait for. */
  get receivers(): ReadonlySet<string> {
    return new Set([...this.#messages.values()].map(({ receiver }) => receiver));
  }

  has(key: string): boolean {
    return this.#messages.has(key);
  }

  /** The oldest first. */
  queueOf(receiver: string): readonly QueuedMessage[] {
    return [...this.#messages.values()].filter((message) => message.receiver === receiver);
  }

  /**
   * Puts a message in; one that waits already stays as it is.
   * @returns messages that gave way
   * @throws EpmError EPM_DATA_FOLDER: it is not kept
   */
  add(message: Omit<QueuedMessage, 'order' | 'attempts' | 'next'>): readonly QueuedMessage[] {
    if (this.#messages.has(message.key)) return [];
    this.#order += 1;
    this.#put({ ...message, order: this.#order, attempts: 0, next: message.since });
    return this.#makeRoom(message.receiver);
  }

  /** Notes an attempt that failed. @throws EpmError EPM_DATA_FOLDER: it counts until the agent ends */
  postpone(key: string, next: number): void {
    const message = this.#messages.get(key);
    if (message === undefined) return;
    const later = { ...message, next, attempts: message.attempts + 1 };
    this.#messages.set(key, later);
    this.#store.write(key, later);
  }

  /** @throws EpmError EPM_DATA_FOLDER: it is gone from memory, and may come back with the next start of the agent */
  remove(key: string): void {
    this.#messages.delete(key);
    this.#store.remove(key);
  }

  #put(message: QueuedMessage): void {
    this.#store.write(message.key, message);
    this.#messages.set(message.key, message);
  }

  #makeRoom(receiver: string): readonly QueuedMessage[] {
    const gone: QueuedMessage[] = [];
    const own = this.queueOf(receiver);
    if (own.length > this.#limits.perReceiver) gone.push(...this.#giveWay(own));
    if (this.#messages.size > this.#limits.total) {
      const queues = Map.groupBy(this.#messages.values(), (message) => message.receiver);
      const longest = [...queues.values()].reduce((most, queue) => (queue.length > most.length ? queue : most));
      gone.push(...this.#giveWay(longest));
    }
    return gone;
  }

  /** The oldest message about the person whom most of the queue is about. */
  #giveWay(queue: readonly QueuedMessage[]): readonly QueuedMessage[] {
    const people = [...Map.groupBy(queue, ({ user }) => user).values()];
    const [first] = people.reduce((most, each) => (each.length > most.length ? each : most));
    if (first === undefined) return [];
    this.remove(first.key);
    return [first];
  }
}

function isMessage(value: unknown): value is QueuedMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { key, receiver, user, payload, order, since, next, attempts } = value as Readonly<Record<string, unknown>>;
  return (
    [key, receiver, user].every((each) => typeof each === 'string') &&
    [order, since, next, attempts].every((each) => Number.isSafeInteger(each) && (each as number) >= 0) &&
    isPayload(payload)
  );
}

function isPayload(value: unknown): value is NotificationPayload {
  if (typeof value !== 'object' || value === null) return false;
  const { version, event, eventDateTime, request } = value as Readonly<Record<string, unknown>>;
  if (version !== 1 || typeof event !== 'string' || typeof eventDateTime !== 'string') return false;
  if (typeof request !== 'object' || request === null) return false;
  const { id, applicationDetail } = request as Readonly<Record<string, unknown>>;
  return typeof id === 'string' && typeof applicationDetail === 'object' && applicationDetail !== null;
}
