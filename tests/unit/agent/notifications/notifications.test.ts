/** Receivers are told of requests: nothing is lost or held up, whatever receivers and disks do. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backOff } from '../../../../src/agent/notifications/back-off.ts';
import { Notifications } from '../../../../src/agent/notifications/notifications.ts';
import { SEND_FAULTS } from '../../../../src/agent/notifications/send-faults.ts';
import type { OutgoingMessage, Sender, Senders, SendResult } from '../../../../src/agent/notifications/sender.ts';
import type { PolicyInForce } from '../../../../src/agent/policy-in-force.ts';
import type { StateStore } from '../../../../src/agent/ports.ts';
import { compile } from '../../../../src/engine/index.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../../../src/engine/default-windows-folders.ts';
import { EpmError } from '../../../../src/model/errors.ts';
import type { Notification, NotificationEvent } from '../../../../src/model/notification.ts';
import type { SettingsInput } from '../../../../src/model/settings.ts';
import type { SupportRequest } from '../../../../src/model/support-request.ts';
import { ALICE, BOB, MemoryEntries } from '../fake-machine.ts';
import { supportRequest } from './requests.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const webhook = (name: string, events: readonly NotificationEvent[] = ['requested']): Notification => ({
  kind: 'webhook',
  name,
  url: `https://${name}.example`,
  format: 'generic',
  events,
});

/** What outlives the agent, a clock, and receivers. */
class Bed {
  now = Date.UTC(2026, 5, 1);
  readonly outbox = new MemoryEntries();
  state: unknown;
  stateFault: EpmError | undefined;
  requests: SupportRequest[] = [];
  readonly dropped: object[] = [];
  readonly log: object[] = [];
  /** Keys and events in the order in which receivers took them. */
  readonly taken: { readonly to: string; readonly message: OutgoingMessage }[] = [];
  /** What a receiver answers next; then it takes everything. */
  readonly answers = new Map<string, SendResult[] | (() => Promise<SendResult>)>();
  #timers: { at: number; action: () => void }[] = [];
  /** Stops the clock of an agent that was killed. */
  #agent = 0;

  start(receivers: readonly Notification[], settings: SettingsInput = {}): Notifications {
    this.#timers = [];
    this.#agent += 1;
    const mine = this.#agent;
    const sender: Sender<'webhook'> = async (receiver, message) => {
      const next = this.answers.get(receiver.name);
      const result = typeof next === 'function' ? await next() : (next?.shift() ?? { outcome: 'sent' as const });
      if (result.outcome === 'sent') this.taken.push({ to: receiver.name, message });
      return result;
    };
    const load = (): Promise<never> => Promise.resolve(sender as never);
    const senders: Senders = { webhook: load, mail: load, folder: load, eventLog: load };
    const state: StateStore = {
      read: () => this.state,
      write: (value) => {
        if (this.stateFault !== undefined) throw this.stateFault;
        this.state = structuredClone(value);
      },
    };
    const notifications = new Notifications({
      clock: { now: () => this.now },
      random: { bytes: (length) => new Uint8Array(length) },
      outbox: this.outbox,
      state,
      senders,
      secret: () => undefined,
      trail: { appendBestEffort: (entry) => this.dropped.push(entry) > 0 },
      log: { write: (level, event, data) => void this.log.push({ level, event, ...data }) },
      later: (milliseconds, action) => {
        const timer = { at: this.now + milliseconds, action: () => mine === this.#agent && action() };
        this.#timers.push(timer);
        return () => void (this.#timers = this.#timers.filter((each) => each !== timer));
      },
      requests: () => this.requests,
    });
    notifications.policyChanged(this.policy(receivers, settings));
    return notifications;
  }

  policy(receivers: readonly Notification[], settings: SettingsInput = {}): PolicyInForce {
    const document = {
      id: 'p',
      scope: { kind: 'device' },
      rules: [],
      rejected: [],
      settings: { enabled: true, ...settings },
    } as const;
    return {
      compiled: compile([document], { machine: DEFAULT_WINDOWS_FOLDERS }),
      documents: [document],
      approvals: { approverKeys: [], revocations: [], roles: [], grants: [], notifications: receivers },
      withheld: new Set(),
      digest: '',
      since: 0,
    };
  }

  /** The book has the change before anybody is told. */
  change(agent: Notifications, request: SupportRequest, change: NotificationEvent): void {
    this.requests = [...this.requests.filter(({ id }) => id !== request.id), request];
    agent.changed({ change: change === 'requested' ? 'created' : change, request });
  }

  /** Lets time pass, and everything happen that is due. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (let turns = 0; turns < 5_000; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      const due = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.now = Math.max(this.now, due.at);
      due.action();
    }
    await new Promise((resolve) => setImmediate(resolve));
    this.now = end;
  }

  told(to: string): readonly string[] {
    return this.taken.flatMap((each) =>
      each.to === to ? [`${each.message.payload.request.id} ${each.message.payload.event}`] : [],
    );
  }
}

let bed: Bed;
let agents: Notifications[];
beforeEach(() => {
  bed = new Bed();
  agents = [];
});
afterEach(() => {
  for (const agent of agents) agent.stop();
});
function start(receivers: readonly Notification[], settings?: SettingsInput): Notifications {
  const agent = bed.start(receivers, settings);
  agents.push(agent);
  return agent;
}
const ask = (id: string, more: Partial<SupportRequest> = {}): SupportRequest => supportRequest({ id, ...more });
const failed = (more: object = {}): SendResult => ({ outcome: 'failed', fault: 'serverError', ...more });

describe('receivers', () => {
  it('are told of what they want to hear, in its order', async () => {
    const agent = start([webhook('a'), webhook('b', ['approved', 'denied'])]);
    bed.change(agent, ask('1'), 'requested');
    bed.change(
      agent,
      ask('1', { status: 'approved', requestLastModifiedDateTime: '2026-06-01T09:00:00.000Z' }),
      'approved',
    );
    await bed.pass(0);
    expect(bed.told('a')).toEqual(['1 requested']);
    expect(bed.told('b')).toEqual(['1 approved']);
    expect(bed.outbox.entries.size).toBe(0);
    expect(agent.status.receivers).toMatchObject([
      { name: 'a', queued: 0 },
      { name: 'b', queued: 0 },
    ]);
  });

  it('never hold up who changes a request', () => {
    const agent = start([webhook('a')]);
    bed.outbox.fault = new EpmError('EPM_DATA_FOLDER', 'The disk is full.');
    expect(() => bed.change(agent, ask('1'), 'requested')).not.toThrow();
    expect(bed.taken).toEqual([]);
  });

  it('that do not answer keep their messages, and hold up nobody else', async () => {
    const agent = start([webhook('dead'), webhook('alive')]);
    bed.answers.set('dead', () => new Promise(() => undefined));
    for (const id of ['1', '2', '3']) bed.change(agent, ask(id), 'requested');
    await bed.pass(1_000);
    expect(bed.told('alive')).toEqual(['1 requested', '2 requested', '3 requested']);
    await bed.pass(61_000);
    expect(agent.status.receivers[0]).toMatchObject({ queued: 3, lastFault: { fault: 'timeout' } });
    bed.answers.delete('dead');
    await bed.pass(HOUR);
    expect(bed.told('dead')).toEqual(['1 requested', '2 requested', '3 requested']);
  });

  it('are tried again later and later, and as late as they ask', async () => {
    const agent = start([webhook('a')]);
    const tried: number[] = [];
    bed.answers.set('a', () => {
      tried.push(bed.now);
      return Promise.resolve(failed(tried.length === 3 ? { after: 10 * HOUR } : {}));
    });
    const begin = bed.now;
    bed.change(agent, ask('1'), 'requested');
    await bed.pass(12 * HOUR);
    expect(tried.slice(0, 4).map((time) => time - begin)).toEqual([0, 500, 1_500, 1_500 + 10 * HOUR]);
  });

  it('that never come back are given up after seven days, with a record', async () => {
    const agent = start([webhook('a')]);
    bed.answers.set('a', () => Promise.resolve(failed()));
    bed.change(agent, ask('1'), 'requested');
    await bed.pass(6 * DAY);
    expect(bed.dropped).toEqual([]);
    expect(bed.outbox.entries.size).toBe(1);
    await bed.pass(2 * DAY);
    expect(bed.dropped).toMatchObject([{ event: 'notificationDropped', supportRequestId: '1', reason: 'givenUp' }]);
    expect(bed.outbox.entries.size).toBe(0);
  });

  it('that refuse a message get the next one', async () => {
    const agent = start([webhook('a')]);
    bed.answers.set('a', [{ outcome: 'refused', fault: 'rejected' }]);
    bed.change(agent, ask('1'), 'requested');
    bed.change(agent, ask('2'), 'requested');
    await bed.pass(1_000);
    expect(bed.told('a')).toEqual(['2 requested']);
    expect(bed.dropped).toMatchObject([{ supportRequestId: '1', reason: 'rejected' }]);
  });

  it('whose adapter throws are tried again', async () => {
    const agent = start([webhook('a')]);
    let times = 0;
    bed.answers.set('a', () =>
      times++ === 0 ? Promise.reject(new Error('secret text')) : Promise.resolve({ outcome: 'sent' }),
    );
    bed.change(agent, ask('1'), 'requested');
    await bed.pass(HOUR);
    expect(bed.told('a')).toEqual(['1 requested']);
    expect(JSON.stringify(bed.log)).not.toContain('secret text');
  });

  it('that the policy names no more are forgotten', async () => {
    const agent = start([webhook('a'), webhook('b')]);
    bed.answers.set('b', () => Promise.resolve(failed()));
    bed.change(agent, ask('1'), 'requested');
    await bed.pass(1_000);
    agent.policyChanged(bed.policy([webhook('a')]));
    await bed.pass(HOUR);
    expect(bed.outbox.entries.size).toBe(0);
    expect(bed.log).toContainEqual(
      expect.objectContaining({ event: 'notificationsDiscarded', receiver: 'b', messages: 1 }),
    );
  });

  it('are tested with a marked message past the queue', async () => {
    const agent = start([webhook('a')]);
    bed.answers.set('a', [
      { outcome: 'sent', answer: '200' },
      { outcome: 'refused', fault: 'rejected', answer: '404' },
    ]);
    expect(await agent.test('a')).toEqual({ name: 'a', outcome: 'sent', answer: '200' });
    expect(bed.taken[0]?.message.payload).toMatchObject({ test: true, request: { applicationDetail: {} } });
    expect(await agent.test('a')).toEqual({ name: 'a', outcome: 'failed', fault: 'rejected', answer: '404' });
    await expect(agent.test('b')).rejects.toMatchObject({ code: 'EPM_NOTIFICATION_UNKNOWN' });
  });
});

describe('what leaves the device', () => {
  const folder = (path: string): Notification => ({ kind: 'folder', name: path, path, events: ['requested'] });
  const all = [
    webhook('a'),
    folder('C:\\requests'),
    folder('\\\\server\\share'),
    { kind: 'eventLog', name: 'log', events: ['requested'] } as const,
  ];
  const sentBy = async (settings: SettingsInput): Promise<readonly (readonly [string, object])[]> => {
    const agent = start(all, settings);
    bed.change(agent, ask('1'), 'requested');
    await bed.pass(1_000);
    return bed.taken.map(({ to, message }) => [to, message.payload.request] as const);
  };

  it('E4 is all of a managed elevation but its command line, where data may be sent', async () => {
    const sent = await sentBy({});
    expect(sent).toHaveLength(4);
    for (const [, request] of sent) {
      expect(request).toMatchObject({
        requestJustification: 'The printer.',
        applicationDetail: { fileName: 'setup.exe' },
      });
      expect(JSON.stringify(request)).not.toContain('hunter2');
    }
  });

  it('E4 names no person, file and reason where diagnostic data alone may be sent', async () => {
    const sent = new Map(await sentBy({ reportingScope: 'diagnosticOnly' }));
    for (const name of ['a', '\\\\server\\share']) {
      expect(JSON.stringify(sent.get(name))).not.toMatch(/alice|S-1-5-21|printer|setup|Tools|PC-1|abab/i);
      expect(sent.get(name)).toMatchObject({ id: '1', applicationDetail: { publisherName: 'CN=Contoso' } });
    }
    expect(JSON.stringify(sent.get('C:\\requests'))).toContain('printer');
  });

  it('E4 is nothing where no data may be sent', async () => {
    expect((await sentBy({ sendData: false })).map(([to]) => to)).toEqual(['C:\\requests', 'log']);
  });

  it('E4 follows the settings at the time of sending', async () => {
    const agent = start([webhook('a')]);
    bed.answers.set('a', [failed()]);
    bed.change(agent, ask('1'), 'requested');
    await bed.pass(100);
    agent.policyChanged(bed.policy([webhook('a')], { sendData: false }));
    await bed.pass(HOUR);
    expect(bed.taken).toEqual([]);
    expect(bed.dropped).toMatchObject([{ reason: 'notAllowed' }]);
  });
});

describe('the outbox', () => {
  it('outlives the agent: what waited is sent by the next one, under the same key', async () => {
    const keys: string[] = [];
    const first = start([webhook('a')]);
    bed.answers.set('a', () => Promise.resolve(failed()));
    bed.change(first, ask('1'), 'requested');
    await bed.pass(1_000);
    keys.push(...bed.outbox.entries.keys());
    bed.answers.delete('a');
    start([webhook('a')]);
    await bed.pass(HOUR);
    expect(bed.taken.map(({ message }) => message.key)).toEqual(keys);
  });

  it('makes up for what an agent that was killed did not come to, and for nothing older', async () => {
    bed.requests = [ask('old')];
    start([webhook('a')]);
    await bed.pass(100);
    // Killed between the book of requests and the outbox.
    bed.requests = [...bed.requests, ask('new')];
    start([webhook('a')]);
    await bed.pass(1_000);
    start([webhook('a')]);
    await bed.pass(1_000);
    expect(bed.told('a')).toEqual(['new requested']);
  });

  it('loses nothing, and repeats under one key only, wherever the power goes', async () => {
    for (let writes = 0; writes < 12; writes++) {
      bed = new Bed();
      start([webhook('a', ['requested', 'approved'])]);
      await bed.pass(1);
      const agent = start([webhook('a', ['requested', 'approved'])]);
      const cut = new EpmError('EPM_DATA_FOLDER', 'The power is gone.');
      let left = writes;
      const { write, remove } = bed.outbox;
      const spend = (): void => {
        if (left-- <= 0) bed.stateFault = bed.outbox.fault = cut;
      };
      bed.outbox.write = (key, value) => (spend(), write.call(bed.outbox, key, value));
      bed.outbox.remove = (key) => (spend(), remove.call(bed.outbox, key));
      bed.change(agent, ask('1'), 'requested');
      await bed.pass(10);
      bed.change(
        agent,
        ask('1', { status: 'approved', requestLastModifiedDateTime: '2026-06-01T09:00:00.000Z' }),
        'approved',
      );
      await bed.pass(10);
      // The next agent, with a disk that works.
      bed.outbox.fault = bed.stateFault = undefined;
      bed.outbox.write = write;
      bed.outbox.remove = remove;
      start([webhook('a', ['requested', 'approved'])]);
      await bed.pass(HOUR);
      const byKey = new Map(bed.taken.map(({ message }) => [message.key, message.payload.event]));
      // A state that was over before the crash was overcome is told by the one after it.
      expect([...byKey.values()].at(-1), `after ${writes} writes`).toBe('approved');
      if (writes > 0) expect([...byKey.values()], `after ${writes} writes`).toEqual(['requested', 'approved']);
      expect(bed.outbox.entries.size).toBe(0);
    }
  });

  it('that cannot be written says so, and keeps what comes until it can', async () => {
    const agent = start([webhook('a')]);
    await bed.pass(1);
    bed.outbox.fault = new EpmError('EPM_DATA_FOLDER', 'The disk is full.');
    bed.change(agent, ask('1'), 'requested');
    await bed.pass(1_000);
    expect(agent.fault?.code).toBe('EPM_DATA_FOLDER');
    bed.outbox.fault = undefined;
    await bed.pass(2 * 60_000);
    expect(agent.fault).toBeUndefined();
    expect(bed.told('a')).toEqual(['1 requested']);
  });

  it('takes no file that the agent did not write', async () => {
    bed.outbox.entries.set('planted', JSON.stringify({ key: 'planted', receiver: 'a' }));
    bed.outbox.entries.set('broken', '{');
    start([webhook('a')]);
    await bed.pass(1_000);
    expect(bed.taken).toEqual([]);
    expect(bed.outbox.entries.size).toBe(0);
  });

  it('is bounded, and whoever asks most gives way', async () => {
    const agent = start([webhook('a')]);
    bed.answers.set('a', () => new Promise(() => undefined));
    bed.change(agent, ask('bob', { requestedByUserId: BOB }), 'requested');
    for (let index = 0; index < 300; index++)
      bed.change(agent, ask(`alice${index}`, { requestedByUserId: ALICE }), 'requested');
    await bed.pass(1_000);
    expect(bed.outbox.entries.size).toBe(200);
    expect([...bed.outbox.entries.values()].join()).toContain('"id":"bob"');
    expect(bed.dropped).toHaveLength(101);
    expect(bed.dropped[0]).toMatchObject({ reason: 'outboxFull' });
  });
});

describe('the wait for the next attempt', () => {
  it('doubles from a second to an hour, half of it by chance', () => {
    expect([1, 2, 3, 12, 13, 1000].map((attempts) => backOff(attempts, 0))).toEqual([
      500,
      1000,
      2000,
      1_024_000,
      HOUR / 2,
      HOUR / 2,
    ]);
    expect(backOff(1, 1)).toBe(1000);
    expect(backOff(1000, 1)).toBe(HOUR);
    expect(backOff(1, 0, 5000)).toBe(5000);
    expect(backOff(1, 0, 30 * DAY)).toBe(DAY);
  });
});

it('the page of notifications has every fault', () => {
  const page = readFileSync(path.resolve(import.meta.dirname, '../../../../docs/notifications.md'), 'utf8');
  expect(Object.keys(SEND_FAULTS).filter((fault) => !page.includes(`\`${fault}\``))).toEqual([]);
});
