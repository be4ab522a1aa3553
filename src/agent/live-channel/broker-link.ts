/**
 * One broker, as long as the policy names it: connects, subscribes, publishes, takes what comes, and connects again. Nothing
 * of it waits for anything that an elevation needs.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BrokerStatus } from '../contract.ts';
import { onAbort } from '../elevation-context.ts';
import type { Clock, Log } from '../ports.ts';
import { BackOff } from './back-off.ts';
import { writePresence } from './messages.ts';
import { MessageLimit } from './message-limit.ts';
import { type Broker, type BrokerAddress, type BrokerConnection, BrokerError, type BrokerFault } from './ports.ts';
import { type PublishedRequests, Publications } from './publications.ts';
import { LiveTopics } from './topics.ts';

const SECOND = 1000;
/** For which a broker keeps subscriptions, and messages that came meanwhile. */
const SESSION_SECONDS = 60 * 60;
/** After which a device that went without a goodbye is told to be away. */
const WILL_DELAY_SECONDS = 30;
/** Milliseconds between two looks at what has to be published. */
const PAUSE = SECOND / 4;

export interface LinkTerms {
  /** Of the receiver in policy. */
  readonly name: string;
  readonly topicPrefix: string;
  readonly deviceId: string;
  readonly deviceGroups: readonly string[];
  /** Whether it may be told that the device is there (decision E4). */
  readonly tellsPresence: boolean;
}

interface LinkPorts {
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly random: () => number;
  readonly log: Log;
  /** Loaded when there is a broker. */
  readonly broker: () => Promise<Broker>;
  /** @throws BrokerError `secret` */
  readonly address: () => BrokerAddress;
  readonly published: () => PublishedRequests;
  /** A payload came. Never fails. @returns whether it was a text that counts here */
  readonly take: (payload: Uint8Array) => boolean;
}

export class BrokerLink {
  readonly #terms: LinkTerms;
  readonly #ports: LinkPorts;
  readonly #topics: LiveTopics;
  readonly #publications: Publications;
  readonly #backOff: BackOff;
  readonly #limit: MessageLimit;
  readonly #stop = new AbortController();
  #connection: BrokerConnection | undefined;
  #status: BrokerStatus;
  #isDue = false;
  /** The connection by which is published now. */
  #publisher: BrokerConnection | undefined;
  #running: Promise<void> | undefined;

  constructor(terms: LinkTerms, ports: LinkPorts) {
    this.#terms = terms;
    this.#ports = ports;
    this.#topics = new LiveTopics(terms.topicPrefix);
    this.#publications = new Publications(this.#topics, terms.deviceId);
    this.#backOff = new BackOff(ports.random);
    this.#limit = new MessageLimit(() => ports.clock.monotonic());
    this.#status = { name: terms.name, state: 'connecting', since: this.#now(), published: 0, received: 0, ignored: 0 };
  }

  get status(): BrokerStatus {
    return this.#status;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Something may have to be published. */
  changed(): void {
    this.#isDue = true;
    if (this.#connection !== undefined && this.#connection !== this.#publisher) void this.#publish(this.#connection);
  }

  /** What did not count may count now: what the broker keeps for the device is asked for again. */
  ask(): void {
    this.#connection?.subscribe(this.#filters).catch(() => undefined);
  }

  /** Says goodbye. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  get #filters(): readonly string[] {
    return this.#topics.answersFor(this.#terms.deviceId, this.#terms.deviceGroups);
  }

  async #run(): Promise<void> {
    while (!this.#isStopped()) {
      const { fault, stood } = await this.#connect();
      if (this.#isStopped()) return;
      if (this.#status.fault !== fault) {
        this.#ports.log.write('warning', 'brokerLost', { receiver: this.#terms.name, fault });
      }
      this.#become('waiting', fault);
      await sleep(this.#backOff.next(stood), this.#stop.signal);
      if (!this.#isStopped()) this.#become('connecting', fault);
    }
  }

  /** @returns when there is no connection any more: why, and milliseconds for which there was one */
  async #connect(): Promise<{ readonly fault: BrokerFault; readonly stood: number }> {
    const { signal } = this.#stop;
    let end: (fault: BrokerFault) => void = () => undefined;
    const ended = new Promise<BrokerFault>((resolve) => (end = resolve));
    let since: number | undefined;
    let connection: BrokerConnection | undefined;
    let fault: BrokerFault = 'closed';
    try {
      const broker = await this.#ports.broker();
      connection = await broker.connect(this.#ports.address(), this.#session(end), signal);
      since = this.#ports.clock.monotonic();
      await connection.subscribe(this.#filters);
      if (this.#terms.tellsPresence) await connection.publish(this.#presence('online'));
      this.#become('connected');
      this.#ports.log.write('information', 'brokerConnected', { receiver: this.#terms.name });
      this.#publications.forget();
      this.#connection = connection;
      this.changed();
      const stopListening = onAbort(signal, () => end('closed'));
      fault = await ended;
      stopListening();
    } catch (error) {
      if (!(error instanceof BrokerError)) {
        this.#ports.log.write('error', 'brokerFailed', { receiver: this.#terms.name, message: String(error) });
      }
      fault = error instanceof BrokerError ? error.fault : 'protocol';
    }
    this.#connection = undefined;
    if (connection !== undefined) await this.#leave(connection);
    return { fault, stood: since === undefined ? 0 : this.#ports.clock.monotonic() - since };
  }

  #session(ended: (fault: BrokerFault) => void): Parameters<Broker['connect']>[1] {
    const { deviceId, tellsPresence } = this.#terms;
    return {
      clientId: deviceId,
      sessionSeconds: SESSION_SECONDS,
      ...(tellsPresence ? { will: { ...this.#presence('offline'), delaySeconds: WILL_DELAY_SECONDS } } : {}),
      received: ({ payload }) => this.#receive(payload),
      ended,
    };
  }

  async #leave(connection: BrokerConnection): Promise<void> {
    if (this.#stop.signal.aborted && this.#terms.tellsPresence) {
      // A goodbye is not waited for longer than the connection takes to close.
      void connection.publish(this.#presence('offline')).catch(() => undefined);
    }
    await connection.close();
  }

  /** One at a time, with a turn for everybody else between two. */
  async #receive(payload: Uint8Array): Promise<void> {
    const wait = this.#limit.take();
    if (wait > 0) await sleep(wait, this.#stop.signal);
    else await nextTurn();
    if (this.#stop.signal.aborted) return;
    // An empty one is what is left of a message that was removed.
    const counts = payload.length === 0 || this.#ports.take(payload);
    const { received, ignored } = this.#status;
    this.#status = { ...this.#status, received: received + 1, ignored: ignored + (counts ? 0 : 1) };
  }

  /** Ends with its connection: the next one waits for nothing that was asked of this one. Never rejects. */
  async #publish(connection: BrokerConnection): Promise<void> {
    this.#publisher = connection;
    try {
      await nextTurn();
      while (this.#isDue && this.#connection === connection) {
        this.#isDue = false;
        for (const message of this.#publications.due(this.#ports.published(), this.#ports.clock.now())) {
          const isTaken = await connection.publish(message).then(() => true, isRefused);
          if (this.#connection !== connection) return;
          // One that is refused would be refused again.
          this.#publications.done(message);
          if (isTaken) this.#status = { ...this.#status, published: this.#status.published + 1 };
          else this.#ports.log.write('warning', 'notPublished', { receiver: this.#terms.name, topic: message.topic });
        }
        await sleep(PAUSE, this.#stop.signal);
      }
    } catch (error) {
      if (!(error instanceof BrokerError)) {
        this.#ports.log.write('error', 'brokerFailed', { receiver: this.#terms.name, message: String(error) });
      }
      // Without a connection all of it is published again with the next one.
    } finally {
      if (this.#publisher === connection) this.#publisher = undefined;
    }
  }

  #now(): string {
    return new Date(this.#ports.clock.now()).toISOString();
  }

  #presence(state: 'online' | 'offline') {
    return { topic: this.#topics.ofDevice(this.#terms.deviceId, 'presence'), payload: writePresence(state) };
  }

  #become(state: BrokerStatus['state'], fault?: BrokerFault): void {
    const { fault: _, ...rest } = this.#status;
    this.#status = { ...rest, state, since: this.#now(), ...(fault === undefined ? {} : { fault }) };
  }
}

/** @returns false: the broker refused it @throws what else went wrong */
function isRefused(error: unknown): false {
  if (error instanceof BrokerError && error.fault === 'refused') return false;
  throw error;
}

/** Settles early when the signal is given. */
function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}
