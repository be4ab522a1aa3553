/**
 * Sends the messages of one receiver, one after the other in their order. A receiver that does not answer holds up its own
 * messages only.
 */
import type { EffectiveSettings } from '../../model/settings.ts';
import { backOff, GIVEN_UP_AFTER, MAX_WAIT } from './back-off.ts';
import type { Outbox, QueuedMessage } from './outbox.ts';
import { allowedPayload } from './payload.ts';
import type { SendFault } from './send-faults.ts';
import { leavesDevice, type OutgoingMessage, type SendResult, type SentNotification } from './sender.ts';

/** Milliseconds for which a sender may be at one message, whatever it does. */
const SEND_LIMIT = 60_000;
/** The longest wait in one piece, after which the clock is looked at again. */
const LONGEST_WAIT = 60 * 60_000;

interface CourierPorts {
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly random: () => number;
  /** Calls back after milliseconds. @returns takes that back */
  readonly later: (milliseconds: number, action: () => void) => () => void;
  readonly send: (receiver: SentNotification, message: OutgoingMessage, signal: AbortSignal) => Promise<SendResult>;
  readonly settingsOf: (message: QueuedMessage) => Pick<EffectiveSettings, 'sendData' | 'reportingScope'>;
  /** A message was not sent and will not be. */
  readonly dropped: (message: QueuedMessage, reason: DropReason) => void;
  /** The outbox could not be written, or can again. */
  readonly kept: (error: unknown) => void;
}

export type DropReason = SendFault | 'givenUp' | 'outboxFull' | 'notAllowed';

export class Courier {
  receiver: SentNotification;
  readonly #ports: CourierPorts;
  #stopSending: AbortController | undefined;
  #cancelWait: () => void = () => undefined;
  #isStopped = false;
  lastSuccess: number | undefined;
  lastFault: { readonly time: number; readonly fault: SendFault } | undefined;

  constructor(receiver: SentNotification, ports: CourierPorts) {
    this.receiver = receiver;
    this.#ports = ports;
  }

  /** Something is there to be sent, or may be. */
  wake(): void {
    if (this.#isStopped || this.#stopSending !== undefined) return;
    this.#cancelWait();
    const [first] = this.#ports.outbox.queueOf(this.receiver.name);
    if (first === undefined) return;
    const wait = Math.min(this.#dueIn(first), LONGEST_WAIT);
    this.#cancelWait = this.#ports.later(wait, () => {
      if (this.#dueIn(first) > 0) this.wake();
      else void this.#sendFirst(first);
    });
  }

  /** Milliseconds; 0: now. Nothing is ever postponed for longer than a day: then the clock was set back. */
  #dueIn({ next }: QueuedMessage): number {
    const wait = next - this.#ports.now();
    return wait > MAX_WAIT ? 0 : Math.max(0, wait);
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancelWait();
    this.#stopSending?.abort();
  }

  async #sendFirst(message: QueuedMessage): Promise<void> {
    if (this.#isStopped || this.#stopSending !== undefined) return;
    const abort = new AbortController();
    this.#stopSending = abort;
    try {
      const result = await this.#try(message, abort);
      // What was cut off by the end of the agent is neither sent nor failed: its time comes again.
      if (this.#wasStopped()) return;
      this.#settle(message, result);
    } finally {
      this.#stopSending = undefined;
      this.wake();
    }
  }

  #wasStopped(): boolean {
    return this.#isStopped;
  }

  /** A sender that throws, or takes no notice of its signal, does no harm. */
  async #try(message: QueuedMessage, abort: AbortController): Promise<SendResult | 'notAllowed'> {
    const { receiver } = this;
    const payload = leavesDevice(receiver)
      ? allowedPayload(message.payload, this.#ports.settingsOf(message))
      : message.payload;
    if (payload === undefined) return 'notAllowed';
    let cancel: () => void = () => undefined;
    const late = new Promise<SendResult>((resolve) => {
      cancel = this.#ports.later(SEND_LIMIT, () => {
        resolve({ outcome: 'failed', fault: 'timeout' });
        abort.abort();
      });
      abort.signal.addEventListener('abort', () => resolve({ outcome: 'failed', fault: 'timeout' }), { once: true });
    });
    try {
      return await Promise.race([this.#ports.send(receiver, { key: message.key, payload }, abort.signal), late]);
    } catch {
      return { outcome: 'failed', fault: 'failed' };
    } finally {
      cancel();
    }
  }

  #settle(message: QueuedMessage, result: SendResult | 'notAllowed'): void {
    const now = this.#ports.now();
    if (result === 'notAllowed') {
      this.#drop(message, 'notAllowed');
    } else if (result.outcome === 'sent') {
      this.lastSuccess = now;
      this.#write(() => this.#ports.outbox.remove(message.key));
    } else {
      this.lastFault = { time: now, fault: result.fault };
      if (result.outcome === 'refused') this.#drop(message, result.fault);
      else if (now - message.since >= GIVEN_UP_AFTER) this.#drop(message, 'givenUp');
      else {
        const next = now + backOff(message.attempts + 1, this.#ports.random(), result.after);
        this.#write(() => this.#ports.outbox.postpone(message.key, next));
      }
    }
  }

  #drop(message: QueuedMessage, reason: DropReason): void {
    this.#write(() => this.#ports.outbox.remove(message.key));
    this.#ports.dropped(message, reason);
  }

  #write(action: () => void): void {
    try {
      action();
      this.#ports.kept(undefined);
    } catch (error) {
      this.#ports.kept(error);
    }
  }
}
