/** What becomes of a journal between two runs of the agent, and who notices. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import { LOG_DELAY, NOTE_DELAY, NOTE_RECORDS } from '../../../src/agent/noted-heads.ts';
import { verifyJournal } from '../../../src/audit/verify.ts';
import type { AuditRecord } from '../../../src/model/audit-record.ts';
import { EpmError, isEpmError } from '../../../src/model/errors.ts';
import { caller, context, FakeMachine, SETUP } from './fake-machine.ts';
import { PortCalls } from './port-calls.ts';

const DAY = 24 * 60 * 60 * 1000;
let machine: FakeMachine;

beforeEach(() => {
  vi.useFakeTimers();
  machine = new FakeMachine().withRule();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Starts an agent and waits until it has read its journal. */
async function start(more: object = {}): Promise<Agent> {
  const agent = await createAgent({ ...machine.ports(), ...more }, { version: '1', processId: 1 });
  await settle();
  return agent;
}

async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(1);
}

async function advance(milliseconds: number): Promise<void> {
  machine.now += milliseconds;
  machine.monotonic += milliseconds;
  await vi.advanceTimersByTimeAsync(milliseconds);
}

const elevate = (agent: Agent) => agent.elevate(caller(), { path: SETUP }, context().value);
const status = (agent: Agent) => agent.status(caller());
const findings = (): AuditRecord[] => machine.records().filter(({ event }) => event === 'journalIncomplete');

/** An agent that ran a program and was stopped. */
async function ranOnce(): Promise<void> {
  const agent = await start();
  await elevate(agent);
  machine.process.exit(0);
  await agent.stop();
}

function cutLines(count: number): void {
  const lines = machine.journal.open.toString('ascii').trimEnd().split('\n').slice(0, -count);
  machine.journal.open = Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

describe('AC-75 AC-96 a journal that is not the one the agent left', () => {
  it('that is whole is called so', async () => {
    await ranOnce();
    const agent = await start();
    expect(status(agent)).toMatchObject({
      state: 'running',
      journal: { state: 'whole', firstRecord: 1, eventLog: 'available' },
      warnings: [],
    });
    expect(findings()).toEqual([]);
  });

  it('cut at the end: the first record says so, the status warns for as long as records are kept, elevation goes on', async () => {
    await ranOnce();
    const before = machine.records().length;
    cutLines(3);
    const agent = await start();
    const [first] = machine.records().slice(before - 3);
    expect(first).toMatchObject({ event: 'journalIncomplete', reason: 'cut', notedRecords: before });
    expect(status(agent)).toMatchObject({
      state: 'degraded',
      journal: { state: 'cut' },
      warnings: [{ code: 'journalIncomplete', data: { state: 'cut', record: before - 2, noted: before } }],
    });
    expect((await elevate(agent)).outcome).toBe('started');
    machine.process.exit(0);
    await agent.stop();
    // The next start knows it, and does not find it again.
    const next = await start();
    expect(findings()).toHaveLength(1);
    expect(status(next).journal.state).toBe('cut');
    machine.now += 31 * DAY;
    expect(status(next)).toMatchObject({ state: 'running', journal: { state: 'whole' } });
  });

  it('replaced by an older copy of itself', async () => {
    await ranOnce();
    const copy = Buffer.from(machine.journal.open);
    await ranOnce();
    machine.journal.open = copy;
    expect(status(await start())).toMatchObject({ state: 'degraded', journal: { state: 'older' } });
  });

  it('replaced together with the state of the agent: the event log tells it', async () => {
    await ranOnce();
    const copy = { open: Buffer.from(machine.journal.open), state: structuredClone(machine.journalState) };
    await ranOnce();
    machine.journal.open = copy.open;
    machine.journalState = copy.state;
    expect(status(await start()).journal.state).toBe('older');
  });

  it('replaced together with the state, where there is no event log, is not noticed and not called proved by one', async () => {
    machine.eventLog = undefined;
    await ranOnce();
    const copy = { open: Buffer.from(machine.journal.open), state: structuredClone(machine.journalState) };
    await ranOnce();
    machine.journal.open = copy.open;
    machine.journalState = copy.state;
    expect(status(await start()).journal).toMatchObject({ state: 'whole', eventLog: 'notAvailable' });
  });

  it('replaced by another one', async () => {
    const other = new FakeMachine().withRule();
    other.now += 1;
    await createAgent(other.ports(), { version: '1', processId: 1 });
    for (let run = 0; run < 3; run += 1) {
      const agent = await createAgent(other.ports(), { version: '1', processId: 1 });
      await agent.stop();
    }
    await ranOnce();
    machine.journal.open = other.journal.open;
    expect(status(await start()).journal.state).toBe('replaced');
  });

  it('deleted, and deleted with the state of the agent', async () => {
    await ranOnce();
    machine.journal.open = Buffer.alloc(0);
    const agent = await start();
    expect(machine.records()[0]).toMatchObject({ sequence: 1, event: 'journalIncomplete', reason: 'missing' });
    await agent.stop();
    machine.journal.open = Buffer.alloc(0);
    machine.journalState = undefined;
    expect(status(await start()).journal.state).toBe('missing');
  });

  it('changed in a segment that is not read at the start: found in the background, and recorded once', async () => {
    await ranOnce();
    machine.now += DAY;
    await ranOnce();
    const changed = machine.journal.segments.get(1)?.toString('ascii').replace('agentStopped', 'agentStarted') ?? '';
    machine.journal.segments.set(1, Buffer.from(changed));
    const agent = await start();
    expect(status(agent)).toMatchObject({ state: 'degraded', journal: { state: 'changed' } });
    expect(findings()).toMatchObject([{ reason: 'changed' }]);
    await agent.stop();
    await (await start()).stop();
    expect(findings()).toHaveLength(1);
  });

  it('is noticed even when the record of it cannot be written yet', async () => {
    await ranOnce();
    cutLines(2);
    machine.journal.fails = true;
    const agent = await start();
    expect(status(agent)).toMatchObject({ state: 'degraded', journal: { state: 'cut' } });
    await agent.stop();
    machine.journal.fails = false;
    await start();
    expect(findings()).toMatchObject([{ reason: 'cut' }]);
  });

  it('entries of the event log that others wrote do not count beside the own ones', async () => {
    await ranOnce();
    const forged = { records: 9_999_999, headHash: 'ab'.repeat(32), removed: false, code: 'cd'.repeat(32) };
    machine.eventLog?.unshift(JSON.stringify(forged), 'not JSON', '{}', '[]', JSON.stringify({ ...forged, code: 1 }));
    expect(status(await start()).journal.state).toBe('whole');
  });
});

describe('the note of the head', () => {
  it('is never ahead of the journal, whenever the agent is killed', async () => {
    for (let kill = 0; kill < 12; kill += 1) {
      machine = new FakeMachine().withRule();
      const agent = await start();
      for (let count = 0; count < kill * 17; count += 1) {
        machine.now += 2000;
        await agent.elevate(caller(), { path: 'C:\\missing.exe' }, context().value).catch(() => undefined);
      }
      const noted = machine.journalState as { head: { records: number } };
      expect(machine.records().length - noted.head.records).toBeLessThan(NOTE_RECORDS);
      // Nothing is stopped: the process is gone.
      vi.clearAllTimers();
      expect(status(await start()).journal.state, `killed after ${kill * 17} requests`).toBe('whole');
    }
  });

  it('comes some seconds after a record', async () => {
    const agent = await start();
    await elevate(agent);
    const { length } = machine.records();
    await advance(NOTE_DELAY);
    expect(machine.journalState).toMatchObject({ head: { records: length } });
  });

  it('comes into the event log at start and stop, and in between now and then', async () => {
    const agent = await start();
    expect(machine.eventLog).toHaveLength(1);
    for (let count = 0; count < 5; count += 1) {
      await elevate(agent);
      await advance(NOTE_DELAY);
    }
    expect(machine.eventLog).toHaveLength(1);
    await advance(LOG_DELAY);
    await elevate(agent);
    await advance(NOTE_DELAY);
    expect(machine.eventLog).toHaveLength(2);
    await agent.stop();
    expect(machine.eventLog).toHaveLength(3);
  });

  it('that cannot be written or read stops nothing', async () => {
    const broken = (): never => {
      throw new EpmError('EPM_DATA_FOLDER', 'It cannot be used.');
    };
    const ports = {
      journalState: { read: broken, write: broken },
      eventLog: { isAvailable: () => true, read: broken, write: broken },
    };
    const agent = await start(ports);
    expect((await elevate(agent)).outcome).toBe('started');
    await agent.stop();
    expect(machine.log.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['journalStateUnreadable', 'journalStateNotWritten', 'eventLogUnreadable']),
    );
  });

  it('that holds anything else is as good as none', async () => {
    for (const state of [1, 'x', [], { head: { records: -1, headHash: 'x' } }, { finding: { state: 'whole' } }]) {
      machine = new FakeMachine().withRule();
      machine.journalState = state;
      expect(status(await start()).journal.state).toBe('whole');
    }
  });

  it('is ended by the agent that removes its data itself', async () => {
    machine.addPolicy([], { enabled: true });
    let agent = await start();
    machine.policies = [];
    machine.changed?.();
    const expired = vi.fn();
    await agent.stop();
    machine.policies = [];
    machine.state = { phase: 'inactive', counted: 8 * DAY, time: machine.now, session: 'first', uptime: 0 };
    machine.uptime = DAY;
    agent = await createAgent(machine.ports(), { version: '1', processId: 1, dataExpired: expired });
    await settle();
    expect(expired).toHaveBeenCalledOnce();
    await agent.stop();
    machine.journal.open = Buffer.alloc(0);
    machine.journalState = undefined;
    expect(status(await start()).journal.state).toBe('whole');
  });
});

describe('any one fault of a port', () => {
  it('at the start, in an elevation or at the stop leaves a journal that verifies, and no false alarm', async () => {
    const seen = new Set<string>();
    for (let failAt = 1; ; failAt += 1) {
      machine = new FakeMachine().withRule();
      await ranOnce();
      machine.now += 40 * DAY;
      const calls = new PortCalls();
      calls.failAt = failAt;
      let hasFailed = false;
      try {
        const agent = await createAgent(calls.of(machine), { version: '1', processId: 1 });
        await advance(6 * 60_000);
        await elevate(agent).then(
          () => machine.process.exit(0),
          () => undefined,
        );
        await settle();
        await agent.stop();
      } catch (error) {
        hasFailed = true;
        expect(isEpmError(error), calls.calls.at(-1)).toBe(true);
      }
      const label = calls.calls[failAt - 1];
      if (label === undefined) break;
      seen.add(label);
      vi.clearAllTimers();
      const at = `${label}, call ${failAt}${hasFailed ? ', which ended the agent' : ''}`;
      const next = await start();
      expect(status(next).journal.state, at).toBe('whole');
      expect(findings(), at).toEqual([]);
      expect(await verifyJournal([machine.journal.content()]), at).toMatchObject({ ok: true });
      await next.stop();
    }
    expect([...seen]).toEqual(
      expect.arrayContaining([
        'journal.rotate',
        'journal.append',
        'journal.closed',
        'journal.remove',
        'journalState.read',
        'journalState.write',
        'eventLog.read',
        'eventLog.write',
      ]),
    );
  });
});

describe('a program whose end the agent did not record', () => {
  it('is closed by the next start, once, with all that its start told', async () => {
    const agent = await start();
    const run = await agent.elevate(caller(), { path: SETUP, arguments: ['/q'] }, context().value);
    vi.clearAllTimers();
    await start();
    const [closed, ...more] = machine.records().filter(({ event }) => event === 'elevationInterrupted');
    expect(more).toEqual([]);
    expect(closed).toMatchObject({
      requestId: run.requestId,
      arguments: ['/q'],
      filePath: SETUP,
      accountSid: expect.stringMatching(/^S-1-5-/),
      rule: { name: 'Setup' },
    });
    vi.clearAllTimers();
    await start();
    expect(machine.events().filter((event) => event === 'elevationInterrupted')).toHaveLength(1);
    expect(await verifyJournal([machine.journal.content()])).toMatchObject({ ok: true });
  });

  it('is closed across segments, and one that ended in another segment is not', async () => {
    const agent = await start();
    await elevate(agent);
    const ended = machine.process;
    const open = await elevate(agent);
    machine.now += DAY;
    ended.exit(0);
    await settle();
    machine.now += DAY;
    await elevate(agent);
    machine.process.exit(0);
    await settle();
    expect(machine.journal.closed().length).toBeGreaterThan(1);
    vi.clearAllTimers();
    await start();
    const closed = machine.records().filter(({ event }) => event === 'elevationInterrupted');
    expect(closed.map(({ requestId }) => requestId)).toEqual([open.requestId]);
  });

  it('is closed by a later start, when the next one is killed too', async () => {
    await elevate(await start());
    vi.clearAllTimers();
    // Killed before it has read its journal.
    await createAgent(machine.ports(), { version: '1', processId: 1 }).then(async (agent) => agent.stop());
    vi.clearAllTimers();
    await start();
    expect(machine.events().filter((event) => event === 'elevationInterrupted')).toHaveLength(1);
  });

  it('that runs when the journal is read is not closed', async () => {
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    await elevate(agent);
    await settle();
    expect(machine.events()).not.toContain('elevationInterrupted');
  });
});

describe('AC-75 records of one user, who tries to fill the disk', () => {
  const ask = (agent: Agent) =>
    agent.elevate(caller(), { path: 'C:\\missing.exe' }, context().value).catch(() => undefined);

  it('are bounded in a minute: the rest is counted in one record, and nothing is elevated without its record', async () => {
    const agent = await start();
    for (let count = 0; count < 500; count += 1) await ask(agent);
    expect(machine.events().filter((event) => event === 'requestRefused')).toHaveLength(60);
    await expect(elevate(agent)).rejects.toMatchObject({
      code: 'EPM_AUDIT_QUOTA',
      hint: expect.stringMatching(/minute/),
    });
    expect(machine.processes.every(({ resumed }) => !resumed)).toBe(true);
    await advance(60_000);
    const omitted = machine.records().filter(({ event }) => event === 'recordsOmitted');
    expect(omitted).toMatchObject([{ userSid: caller().token.user, omittedRecords: 441 }]);
    expect((await elevate(agent)).outcome).toBe('started');
    expect(status(agent).state).toBe('running');
  });

  it('whom nobody could identify are bounded together', async () => {
    const agent = await start();
    for (let minute = 0; minute < 3; minute += 1) {
      for (let count = 0; count < 100; count += 1) agent.refusedClient({ reason: 'callerUnknown', user: '' });
      await advance(60_000);
    }
    const refused = machine.records().filter(({ event }) => event === 'requestRefused');
    expect(refused.length).toBeLessThanOrEqual(180);
    expect(refused.every(({ userSid }) => userSid === undefined)).toBe(true);
    expect((await elevate(agent)).outcome).toBe('started');
  });

  it('never leave out the end of a program', async () => {
    const agent = await start();
    await elevate(agent);
    for (let count = 0; count < 100; count += 1) await ask(agent);
    machine.process.exit(3);
    await settle();
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationEnded', result: 3 });
  });

  it('are bounded in a day, also through a restart, and others are not hindered', async () => {
    const long = 'x'.repeat(4096);
    let agent = await start();
    const flood = async (length = 30_000): Promise<void> => {
      machine.now += 2000;
      const path = `C:\\${'\u00e4'.repeat(length)}.exe`;
      const values = length > 1 ? [long] : [];
      await agent.elevate(caller(), { path, arguments: values }, context().value).catch(() => undefined);
    };
    for (let count = 0; count < 200; count += 1) await flood();
    // Ever shorter ones use up what is left.
    for (const length of [3000, 300, 1]) for (let count = 0; count < 60; count += 1) await flood(length);
    const bytes = machine.journal.content().length;
    expect(bytes).toBeLessThan(17 * 1024 * 1024);
    await agent.stop();
    agent = await start();
    await flood();
    expect(machine.journal.content().length).toBeLessThan(bytes + 10_000);
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_AUDIT_QUOTA', hint: expect.stringMatching(/day/) });
    expect(
      await agent.elevate(caller({ user: 'S-1-5-21-7' as never }), { path: SETUP }, context().value),
    ).toMatchObject({
      outcome: 'started',
    });
    expect(await verifyJournal([machine.journal.content()])).toMatchObject({ ok: true });
  });
});
