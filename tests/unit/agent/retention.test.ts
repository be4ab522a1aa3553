import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { Retention, RETENTION, type RetentionState } from '../../../src/agent/retention.ts';
import { sid, type Sid } from '../../../src/model/brands.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { caller, FakeMachine } from './fake-machine.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ALICE = sid('S-1-5-21-1-2-3-1001');
const BOB = sid('S-1-5-21-1-2-3-1002');
type Seen = Parameters<Retention['update']>[0];

const NONE: Seen['users'] = new Map();
const ON: Seen = { now: true, users: NONE };
const OFF: Seen = { now: false, users: NONE };
/** Only policies of users who are signed in: by SID, whether the user's policy enables EPM. */
const users = (...seen: [Sid, boolean][]): Seen => ({
  now: seen.some(([, enables]) => enables),
  users: new Map(seen),
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A machine whose real time, clock and boots a test moves. */
class Device {
  clock = 1_700_000_000_000;
  uptime = HOUR;
  session = 'boot 1';
  state: unknown;
  writes = 0;
  isFull = false;
  log: string[] = [];
  expired = 0;
  profiles = new Set<Sid>([ALICE, BOB]);
  profilesAreReadable = true;
  #boots = 1;

  agent(): Retention {
    return new Retention(
      {
        clock: { now: () => this.clock, monotonic: () => this.uptime, zoneOffset: () => 0 },
        boot: { session: this.session, uptime: () => this.uptime },
        state: {
          read: () => this.state,
          write: (value) => {
            if (this.isFull) throw new EpmError('EPM_DATA_FOLDER', 'The disk is full.');
            this.writes += 1;
            this.state = JSON.parse(JSON.stringify(value)) as RetentionState;
          },
        },
        log: { write: (_level, event) => void this.log.push(event) },
        hasProfile: (user) => {
          if (!this.profilesAreReadable) throw new EpmError('EPM_WINDOWS_API', 'RegOpenKeyExW failed.');
          return this.profiles.has(user);
        },
      },
      () => (this.expired += 1),
    );
  }

  async run(milliseconds: number): Promise<void> {
    // Timers see the real time in steps, as they would on a machine.
    for (let left = milliseconds; left > 0;) {
      const step = Math.min(left, 5 * 60_000);
      left -= step;
      this.clock += step;
      this.uptime += step;
      await vi.advanceTimersByTimeAsync(step);
    }
  }

  /** Off for a time, and started again. */
  restart(off: number): void {
    this.clock += off;
    this.uptime = 0;
    this.#boots += 1;
    this.session = `boot ${this.#boots}`;
  }
}

describe('agent data', () => {
  it('is never removed before a policy has enabled EPM once', async () => {
    const device = new Device();
    const retention = device.agent();
    retention.update(OFF);
    await device.run(8 * DAY);
    expect(device.expired).toBe(0);
    expect(device.writes).toBe(0);
    expect(retention.remaining).toBeUndefined();
  });

  it('is removed seven days after the policy is gone, once', async () => {
    const device = new Device();
    const retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    await device.run(7 * DAY - 10 * 60_000);
    expect(device.expired).toBe(0);
    await device.run(10 * 60_000);
    expect(device.expired).toBe(1);
    // Nothing is kept any more where the data was.
    const { writes } = device;
    retention.update(OFF);
    retention.update(ON);
    await device.run(8 * DAY);
    retention.stop();
    expect(device.expired).toBe(1);
    expect(device.writes).toBe(writes);
  });

  it('stays when a policy comes back, and the seven days begin anew after it', async () => {
    const device = new Device();
    const retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    await device.run(6 * DAY);
    retention.update(ON);
    expect(retention.remaining).toBeUndefined();
    await device.run(3 * DAY);
    retention.update(OFF);
    expect(retention.remaining).toBe(RETENTION);
    await device.run(6 * DAY);
    expect(device.expired).toBe(0);
    retention.stop();
  });

  it.each([
    ['forward by a year', 365 * DAY],
    ['back by a year', -365 * DAY],
  ])('does not depend on a clock that is set %s while the machine runs', async (_name, jump) => {
    const device = new Device();
    const retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    await device.run(3 * DAY);
    device.clock += jump;
    await device.run(3 * DAY);
    expect(retention.remaining).toBe(DAY);
    await device.run(DAY);
    expect(device.expired).toBe(1);
  });

  it('counts the time a machine is off, and waits an hour after the start for policy', async () => {
    const device = new Device();
    let retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    await device.run(DAY);
    retention.stop();
    device.restart(30 * DAY);
    await device.run(60_000);
    retention = device.agent();
    retention.update(OFF);
    expect(retention.remaining).toBe(0);
    expect(device.expired).toBe(0);
    await device.run(59 * 60_000);
    expect(device.expired).toBe(1);
  });

  it('is kept when the clock is behind after a start', async () => {
    const device = new Device();
    let retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    await device.run(DAY);
    retention.stop();
    device.restart(-400 * DAY);
    retention = device.agent();
    retention.update(OFF);
    await device.run(2 * HOUR);
    expect(retention.remaining).toBe(6 * DAY - 2 * HOUR);
    retention.stop();
  });

  it('counts from the start of the machine when the clock is behind and the agent comes later', async () => {
    const device = new Device();
    let retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    retention.stop();
    device.restart(-400 * DAY);
    await device.run(5 * HOUR);
    retention = device.agent();
    expect(retention.remaining).toBe(RETENTION - 5 * HOUR);
    retention.update(OFF);
    retention.stop();
  });

  it('does not count a year by which the clock was set just before the machine was stopped', async () => {
    const device = new Device();
    let retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    await device.run(5 * 60_000);
    device.clock += 365 * DAY;
    retention.stop();
    device.restart(HOUR);
    retention = device.agent();
    retention.update(OFF);
    expect(retention.remaining).toBe(RETENTION - HOUR - 5 * 60_000);
    retention.stop();
  });

  it('does not count a year by which the clock was set a quarter of an hour before the power failed', async () => {
    const device = new Device();
    let retention = device.agent();
    retention.update(ON);
    retention.update(OFF);
    await device.run(3 * DAY);
    device.clock += 365 * DAY;
    await device.run(15 * 60_000);
    vi.clearAllTimers();
    device.restart(HOUR);
    retention = device.agent();
    retention.update(OFF);
    expect(retention.remaining).toBe(4 * DAY - HOUR - 15 * 60_000);
    retention.stop();
  });

  it('counts on in memory when nothing can be kept', async () => {
    const device = new Device();
    const retention = device.agent();
    retention.update(ON);
    device.isFull = true;
    retention.update(OFF);
    await device.run(7 * DAY);
    expect(device.expired).toBe(1);
    expect(device.log).toContain('stateNotWritten');
  });

  it('is not kept longer by what was counted on a machine that ran for longer', () => {
    const device = new Device();
    device.state = { phase: 'inactive', counted: DAY, time: 0, session: 'boot 1', uptime: 300 * DAY };
    const retention = device.agent();
    expect(retention.remaining).toBe(6 * DAY);
    retention.update(OFF);
    retention.stop();
  });

  it('is removed after the time that passed, whatever restarts of agent and machine lie between', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            run: fc.integer({ min: 1, max: 20 }),
            then: fc.constantFrom('restartAgent', 'restartMachine', 'crash', 'setClock'),
            by: fc.integer({ min: -500, max: 500 }),
          }),
          { maxLength: 12 },
        ),
        async (steps) => {
          const device = new Device();
          let retention = device.agent();
          retention.update(ON);
          retention.update(OFF);
          let passed = 0;
          let lost = 0;
          for (const { run, then, by } of steps) {
            await device.run(run * HOUR);
            passed += run * HOUR;
            if (device.expired > 0) break;
            if (then === 'setClock') {
              device.clock += by * HOUR;
              continue;
            }
            if (then === 'crash') {
              retention.stop = () => undefined;
              lost += 10 * 60_000;
            } else {
              retention.stop();
            }
            vi.clearAllTimers();
            if (then === 'restartMachine') {
              const off = Math.abs(by) * 60_000;
              device.restart(off);
              passed += off;
            }
            retention = device.agent();
            retention.update(OFF);
          }
          if (device.expired > 0) {
            expect(passed).toBeGreaterThanOrEqual(RETENTION);
          } else {
            const remaining = retention.remaining ?? Number.NaN;
            expect(remaining).toBeGreaterThanOrEqual(Math.max(0, RETENTION - passed));
            expect(remaining).toBeLessThanOrEqual(Math.max(0, RETENTION - passed + lost));
          }
          vi.clearAllTimers();
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each([
    [{ phase: 'inactive', counted: 'x' }],
    [{ phase: 'inactive', counted: -1e15, time: 1, session: '', uptime: 1 }],
    ['text'],
    [{ phase: 'unknown' }],
    [{ phase: 'active', users: 'S-1-5-18' }],
    [{ phase: 'active', users: ['Alice'] }],
    [{ phase: 'active', users: Array(1001).fill('S-1-5-18') }],
    [null],
  ])('is kept for the whole time when what was kept is %j', (state) => {
    const device = new Device();
    device.state = state;
    const retention = device.agent();
    expect(device.log).toEqual(['stateUnreadable']);
    retention.update(OFF);
    expect(retention.remaining).toBe(RETENTION);
    retention.stop();
  });
});

describe('agent data that only policies of users ask for', () => {
  it('stays while they are signed out, over restarts of the agent', async () => {
    const device = new Device();
    const retention = device.agent();
    retention.update(users([ALICE, true], [BOB, false]));
    retention.update(OFF);
    expect(retention.remaining).toBeUndefined();
    await device.run(8 * DAY);
    retention.stop();
    device.restart(30 * DAY);
    const again = device.agent();
    again.update(OFF);
    again.update(users([BOB, false]));
    await device.run(8 * DAY);
    expect(again.remaining).toBeUndefined();
    expect(device.expired).toBe(0);
    again.stop();
  });

  it.each<[string, (device: Device) => Seen]>([
    ['the user is back and the policy is gone', () => users([ALICE, false])],
    [
      'the profile is gone from the machine',
      (device) => {
        device.profiles.delete(ALICE);
        return OFF;
      },
    ],
  ])('is counted from the moment at which %s', async (_, change) => {
    const device = new Device();
    const retention = device.agent();
    retention.update(users([ALICE, true]));
    retention.update(OFF);
    await device.run(DAY);
    retention.update(change(device));
    expect(retention.remaining).toBe(RETENTION);
    await device.run(RETENTION - HOUR);
    expect(device.expired).toBe(0);
    await device.run(2 * HOUR);
    expect(device.expired).toBe(1);
  });

  it('stays while one of several is away, and while it is not known who has a profile', async () => {
    const device = new Device();
    const retention = device.agent();
    retention.update(users([ALICE, true], [BOB, true]));
    retention.update(users([ALICE, false]));
    expect(retention.remaining).toBeUndefined();
    device.profilesAreReadable = false;
    device.profiles.clear();
    retention.update(OFF);
    expect(retention.remaining).toBeUndefined();
    device.profilesAreReadable = true;
    retention.update(OFF);
    expect(retention.remaining).toBe(RETENTION);
    retention.stop();
  });

  it('is not remembered of users to whom only the policy of the device applied', () => {
    const device = new Device();
    const retention = device.agent();
    retention.update({ now: true, users: new Map([[ALICE, false]]) });
    retention.update(OFF);
    expect(retention.remaining).toBe(RETENTION);
    retention.stop();
  });

  it('is written only when it changes, and never more than is read again', () => {
    const device = new Device();
    const crowd = Array.from({ length: 1500 }, (_, number) => sid(`S-1-5-21-1-2-3-${2000 + number}`));
    const retention = device.agent();
    for (let round = 0; round < 3; round += 1)
      retention.update(users(...crowd.map((user): [Sid, boolean] => [user, true])));
    expect(device.writes).toBe(1);
    retention.stop();
    device.agent();
    expect(device.log).toEqual([]);
  });
});

describe('the agent', () => {
  it('says in its status when data will be removed, and asks for it when the time is over', async () => {
    const machine = new FakeMachine().withRule();
    let expired = 0;
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1, dataExpired: () => (expired += 1) });
    expect(agent.status(caller()).dataRemoval).toBeUndefined();
    machine.policies = machine.policies.map((policy) => ({ ...policy, settings: { enabled: false } }));
    machine.changed?.();
    machine.monotonic += 200;
    await vi.advanceTimersByTimeAsync(200);
    expect(agent.status(caller())).toMatchObject({
      clientState: 'disabled',
      dataRemoval: new Date(machine.now + RETENTION).toISOString(),
      warnings: [
        {
          code: 'dataRemoval',
          message: expect.stringContaining('removed in 7 days'),
          data: { seconds: RETENTION / 1000 },
        },
      ],
    });
    for (let hours = 0; hours < 7 * 24; hours++) {
      machine.monotonic += HOUR;
      await vi.advanceTimersByTimeAsync(HOUR);
    }
    expect(expired).toBe(1);
    await agent.stop();
  });

  it('records how the journal ended that was removed', async () => {
    const machine = new FakeMachine();
    const removedJournal = { records: 7, headHash: 'ab'.repeat(32) };
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1, removedJournal });
    expect(machine.records()[0]?.message).toContain(`record 7, hash ${removedJournal.headHash}`);
    await agent.stop();
  });
});
