/**
 * Tells receivers what becomes of support requests. Nothing here holds up an elevation: a change is noted in memory, and what
 * is written and sent comes later. What the agent did not come to before it ended, it makes up for when it starts again.
 */
import type { Sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { EpmError, toErrorReport, type ErrorReport } from '../../model/errors.ts';
import type { NotificationEvent } from '../../model/notification.ts';
import type { SupportRequest, SupportRequestState } from '../../model/support-request.ts';
import type { ChangedRequest } from '../../requests/request-book.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { NotificationsStatus, TestNotificationResult } from '../contract.ts';
import { deviceSettings } from '../enablement.ts';
import type { PolicyInForce } from '../policy-in-force.ts';
import type { Clock, EntryStore, Log, Random, StateStore } from '../ports.ts';
import { Courier, type DropReason } from './courier.ts';
import { Outbox, type QueuedMessage } from './outbox.ts';
import { allowedPayload, messageKey, type NotificationPayload, payloadOf } from './payload.ts';
import {
  leavesDevice,
  type OutgoingMessage,
  type Sender,
  type Senders,
  type SendResult,
  type SentNotification,
} from './sender.ts';
import { ToldBook } from './told-book.ts';

/** Milliseconds until what could not be kept is tried again. */
const AGAIN = 60_000;
/** Changes that are held in memory while the outbox cannot be written. */
const MAX_PENDING = 2_000;

export interface NotificationPorts {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
  readonly outbox: EntryStore;
  readonly state: StateStore;
  readonly senders: Senders;
  /** @returns undefined: there is no such secret */
  readonly secret: (name: string) => string | undefined;
  readonly trail: Pick<AuditTrail, 'appendBestEffort'>;
  readonly log: Log;
  /** Calls back after milliseconds. @returns takes that back */
  readonly later: (milliseconds: number, action: () => void) => () => void;
  /** Every request that the device keeps. @throws EpmError EPM_DATA_FOLDER */
  readonly requests: () => readonly SupportRequest[];
}

/** What receivers hear of a state of a request. */
const EVENT_OF: Readonly<Record<SupportRequestState, NotificationEvent>> = {
  pending: 'requested',
  approved: 'approved',
  denied: 'denied',
  expired: 'expired',
  revoked: 'revoked',
  completed: 'completed',
};

interface Open {
  readonly outbox: Outbox;
  readonly told: ToldBook;
}

export class Notifications {
  readonly #ports: NotificationPorts;
  #open: Open | undefined;
  #fault: ErrorReport | undefined;
  #policy: PolicyInForce | undefined;
  #isReconciled = false;
  readonly #pending: { readonly event: NotificationEvent; readonly request: SupportRequest }[] = [];
  readonly #couriers = new Map<string, Courier>();
  readonly #loaded = new Map<string, Promise<Sender<SentNotification['kind']>>>();
  #cancelFlush: (() => void) | undefined;
  #isStopped = false;

  constructor(ports: NotificationPorts) {
    this.#ports = ports;
    this.#tryOpen();
  }

  /** Why messages cannot be kept; undefined: they can. */
  get fault(): ErrorReport | undefined {
    return this.#fault;
  }

  get status(): NotificationsStatus {
    return { receivers: this.#receivers().map((receiver) => this.#statusOf(receiver)) };
  }

  /** Something became of a request. Never throws, and writes nothing yet. */
  changed({ change, request }: ChangedRequest): void {
    if (change === 'updated' || this.#isStopped) return;
    const event = change === 'created' ? 'requested' : change;
    if (this.#pending.length >= MAX_PENDING) this.#pending.shift();
    this.#pending.push({ event, request });
    this.#flushIn(0);
  }

  /** Another policy came into force. */
  policyChanged(policy: PolicyInForce): void {
    this.#policy = policy;
    const receivers = new Map(this.#receivers().map((receiver) => [receiver.name, receiver]));
    for (const [name, courier] of [...this.#couriers]) {
      const receiver = receivers.get(name);
      if (receiver !== undefined) {
        courier.receiver = receiver;
        continue;
      }
      courier.stop();
      this.#couriers.delete(name);
    }
    this.#flushIn(0);
  }

  /**
   * Sends a marked message to one receiver now, past the outbox.
   * @throws EpmError EPM_NOTIFICATION_UNKNOWN
   */
  async test(name: string): Promise<TestNotificationResult> {
    const receiver = this.#receivers().find((each) => each.name === name);
    if (receiver === undefined) {
      throw new EpmError('EPM_NOTIFICATION_UNKNOWN', `The policy names no receiver "${name.slice(0, 64)}".`);
    }
    const time = new Date(this.#ports.clock.now()).toISOString();
    const id = Buffer.from(this.#ports.random.bytes(16)).toString('base64url');
    const payload: NotificationPayload = {
      version: 1,
      event: 'requested',
      eventDateTime: time,
      test: true,
      request: { id, applicationDetail: {} },
    };
    if (leavesDevice(receiver) && this.#allowed(payload, undefined) === undefined) {
      return { name, outcome: 'failed', fault: 'notAllowed' };
    }
    const { outcome, answer, ...rest } = await this.#send(
      receiver,
      { key: messageKey(payload, name), payload },
      AbortSignal.timeout(AGAIN),
    );
    const fault = 'fault' in rest ? rest.fault : undefined;
    return { name, outcome: outcome === 'sent' ? 'sent' : 'failed', ...defined({ fault, answer }) };
  }

  stop(): void {
    // What is noted and not yet kept is kept now, if it can be.
    this.#flush();
    this.#isStopped = true;
    this.#cancelFlush?.();
    for (const courier of this.#couriers.values()) courier.stop();
  }

  #flushIn(milliseconds: number): void {
    if (this.#isStopped || (this.#cancelFlush !== undefined && milliseconds > 0)) return;
    this.#cancelFlush?.();
    this.#cancelFlush = this.#ports.later(milliseconds, () => {
      this.#cancelFlush = undefined;
      this.#flush();
    });
  }

  /** Keeps what is noted, then what an earlier agent did not come to, and has it sent. */
  #flush(): void {
    const open = this.#open ?? this.#tryOpen();
    if (this.#policy === undefined || this.#isStopped) return;
    try {
      if (open === undefined) throw new EpmError('EPM_DATA_FOLDER', this.#fault?.message ?? '');
      if (!this.#isReconciled) this.#reconcile(open);
      const done = this.#pending.slice();
      for (const { event, request } of done) this.#keep(open, event, request);
      if (done.length > 0) this.#tell(open, done);
      this.#pending.splice(0, done.length);
      this.#kept(undefined);
    } catch (error) {
      this.#kept(error);
      this.#flushIn(AGAIN);
    }
    if (open !== undefined) this.#wakeAll(open);
  }

  #reconcile({ told }: Open): void {
    const all = this.#ports.requests();
    if (told.isNew)
      told.tell(
        all.filter((each) => !this.#pending.some(({ request }) => request.id === each.id)),
        () => true,
      );
    else {
      const missed = all.filter((request) => !told.knows(request));
      const noted = new Set(this.#pending.map(({ request }) => request.id));
      for (const request of missed) {
        if (!noted.has(request.id)) this.#pending.push({ event: EVENT_OF[request.status], request });
      }
    }
    this.#isReconciled = true;
  }

  #keep({ outbox }: Open, event: NotificationEvent, request: SupportRequest): void {
    const payload = payloadOf(event, request);
    const user = request.requestedByUserId;
    for (const receiver of this.#receivers()) {
      if (!receiver.events.includes(event)) continue;
      if (leavesDevice(receiver) && this.#allowed(payload, user) === undefined) continue;
      const key = messageKey(payload, receiver.name);
      const since = this.#ports.clock.now();
      for (const gone of outbox.add({ key, receiver: receiver.name, user, payload, since })) {
        this.#dropped(gone, 'outboxFull');
      }
    }
  }

  #tell({ told }: Open, done: readonly { readonly request: SupportRequest }[]): void {
    const kept = new Set(this.#ports.requests().map(({ id }) => id));
    told.tell(
      done.map(({ request }) => request),
      (id) => kept.has(id),
    );
  }

  #wakeAll({ outbox }: Open): void {
    const receivers = this.#receivers();
    for (const receiver of receivers) {
      const courier = this.#couriers.get(receiver.name) ?? this.#courierOf(receiver, outbox);
      this.#couriers.set(receiver.name, courier);
      courier.wake();
    }
    for (const name of outbox.receivers) {
      if (receivers.some((receiver) => receiver.name === name)) continue;
      const left = outbox.queueOf(name);
      this.#ports.log.write('warning', 'notificationsDiscarded', { receiver: name, messages: left.length });
      try {
        for (const { key } of left) outbox.remove(key);
      } catch (error) {
        this.#kept(error);
      }
    }
  }

  #courierOf(receiver: SentNotification, outbox: Outbox): Courier {
    const { clock, later } = this.#ports;
    return new Courier(receiver, {
      outbox,
      now: () => clock.now(),
      random: () => this.#random(),
      later,
      send: (to, message, signal) => this.#send(to, message, signal),
      settingsOf: ({ user }) => this.#settingsOf(user),
      dropped: (message, reason) => this.#dropped(message, reason),
      kept: (error) => this.#kept(error),
    });
  }

  async #send(receiver: SentNotification, message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
    try {
      const load = this.#ports.senders[receiver.kind] as () => Promise<Sender<SentNotification['kind']>>;
      const loaded = this.#loaded.get(receiver.kind) ?? load();
      this.#loaded.set(receiver.kind, loaded);
      const send = await loaded;
      const { secret, clock } = this.#ports;
      return await send(receiver, message, { secret, signal, now: clock.now() });
    } catch (error) {
      this.#loaded.delete(receiver.kind);
      this.#ports.log.write('error', 'notificationFailed', {
        receiver: receiver.name,
        code: toErrorReport(error).code,
      });
      return { outcome: 'failed', fault: 'failed' };
    }
  }

  #dropped({ receiver, payload }: QueuedMessage, reason: DropReason): void {
    this.#ports.log.write('warning', 'notificationDropped', { receiver, event: payload.event, reason });
    this.#ports.trail.appendBestEffort({
      event: 'notificationDropped',
      supportRequestId: payload.request.id,
      reason,
      message: `The receiver "${receiver}" was not told that a request is ${payload.event}.`,
    });
  }

  #kept(error: unknown): void {
    if (error === undefined) {
      if (this.#open !== undefined) this.#fault = undefined;
      return;
    }
    const report = toErrorReport(error);
    if (this.#fault?.message !== report.message) {
      this.#ports.log.write('error', 'notificationsUnusable', { code: report.code, message: report.message });
    }
    this.#fault = report;
  }

  #tryOpen(): Open | undefined {
    try {
      const outbox = new Outbox(this.#ports.outbox);
      if (outbox.damaged > 0) this.#ports.log.write('error', 'notificationsDamaged', { files: outbox.damaged });
      this.#open = { outbox, told: new ToldBook(this.#ports.state) };
      this.#fault = undefined;
    } catch (error) {
      this.#kept(error);
    }
    return this.#open;
  }

  #receivers(): readonly SentNotification[] {
    const all = (this.#policy?.approvals.notifications ?? []).filter((each) => each.kind !== 'mqtt');
    return [...new Map(all.map((receiver) => [receiver.name, receiver])).values()];
  }

  #settingsOf(user: Sid | undefined) {
    // Nobody's settings are those of the device, and without a policy nothing leaves it.
    return this.#policy === undefined
      ? { sendData: false, reportingScope: 'diagnosticOnly' as const }
      : user === undefined
        ? deviceSettings(this.#policy)
        : this.#policy.compiled.forUser(user).settings;
  }

  #allowed(payload: NotificationPayload, user: Sid | undefined): NotificationPayload | undefined {
    return allowedPayload(payload, this.#settingsOf(user));
  }

  #statusOf(receiver: SentNotification): NotificationsStatus['receivers'][number] {
    const queue = this.#open?.outbox.queueOf(receiver.name) ?? [];
    const { lastSuccess, lastFault } = this.#couriers.get(receiver.name) ?? {};
    const [first] = queue;
    return {
      name: receiver.name,
      kind: receiver.kind,
      queued: queue.length,
      ...defined({
        oldest: first && new Date(first.since).toISOString(),
        lastSuccess: lastSuccess === undefined ? undefined : new Date(lastSuccess).toISOString(),
        lastFault: lastFault && { time: new Date(lastFault.time).toISOString(), fault: lastFault.fault },
      }),
    };
  }

  #random(): number {
    return Buffer.from(this.#ports.random.bytes(4)).readUInt32LE() / 2 ** 32;
  }
}
