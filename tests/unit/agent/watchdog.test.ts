import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { LOOK_INTERVAL, MAX_ENDS } from '../../../src/agent/watchdog.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { administrator, caller, FakeMachine } from './fake-machine.ts';

const GIGABYTE = 1024 ** 3;
const DAY = 24 * 60 * 60_000;

describe('the watch over the agent', () => {
  let machine: FakeMachine;
  let ends: EpmError[];
  beforeEach(() => {
    vi.useFakeTimers();
    machine = new FakeMachine();
    ends = [];
  });
  afterEach(() => void vi.useRealTimers());

  const start = () =>
    createAgent(machine.ports(), { version: '1', processId: 1, unhealthy: (error) => ends.push(error) });
  async function looks(count: number): Promise<void> {
    machine.monotonic += count * LOOK_INTERVAL;
    machine.now += count * LOOK_INTERVAL;
    await vi.advanceTimersByTimeAsync(count * LOOK_INTERVAL);
  }
  const events = (): string[] => machine.log.map(({ event }) => event);

  it('tells administrators what the agent uses, and nobody else', async () => {
    const agent = await start();
    expect(agent.status(administrator()).health).toEqual({
      ...machine.vitals,
      requests: { open: 0, oldest: 0 },
      journal: { last: expect.any(Number) as number, max: expect.any(Number) as number },
      ends: 0,
    });
    expect(agent.status(caller())).not.toHaveProperty('health');
    await agent.stop();
  });

  it('gives a sign of life at every look, and none after the stop', async () => {
    const agent = await start();
    await looks(3);
    expect(machine.feedings).toBe(4);
    await agent.stop();
    await looks(3);
    expect(machine.feedings).toBe(4);
  });

  it.each([
    ['memoryHigh', { privateBytes: GIGABYTE / 2 }],
    ['handlesHigh', { handles: 10_000 }],
    ['eventLoopSlow', { loopDelay: { mean: 20, max: 5_000 } }],
  ])('%s is told with its number, and that it is over', async (code, vitals) => {
    const agent = await start();
    const before = machine.vitals;
    machine.vitals = { ...before, ...vitals };
    await looks(1);
    expect(agent.status(caller())).toMatchObject({
      state: 'degraded',
      warnings: [{ code, data: { value: expect.any(Number) as number, limit: expect.any(Number) as number } }],
    });
    await looks(2);
    expect(events().filter((event) => event === code)).toHaveLength(1);
    machine.vitals = before;
    await looks(1);
    expect(agent.status(caller())).toMatchObject({ state: 'running', warnings: [] });
    expect(events().at(-1)).toBe('healthRecovered');
    expect(ends).toEqual([]);
    await agent.stop();
  });

  it('AC-75 a request that nothing ends is told, and one that waits for its program is not', async () => {
    const agent = await start();
    const waiting = agent.load.enter();
    waiting.started();
    const stuck = agent.load.enter();
    await looks(60);
    expect(agent.status(caller()).warnings).toMatchObject([{ code: 'requestsStuck', data: { value: 600_000 } }]);
    expect(agent.status(administrator()).health?.requests).toEqual({ open: 2, oldest: 600_000 });
    stuck.ended();
    await looks(1);
    expect(agent.status(caller()).warnings).toEqual([]);
    waiting.ended();
    waiting.ended();
    expect(agent.load.open).toBe(0);
    await agent.stop();
  });

  it('AC-75 ends the agent once when its state is fatal at three looks in a row', async () => {
    const agent = await start();
    machine.vitals = { ...machine.vitals, privateBytes: GIGABYTE };
    await looks(2);
    expect(ends).toEqual([]);
    machine.vitals = { ...machine.vitals, privateBytes: 1 };
    await looks(1);
    machine.vitals = { ...machine.vitals, privateBytes: GIGABYTE };
    await looks(2);
    expect(ends).toEqual([]);
    await looks(5);
    expect(ends).toMatchObject([{ code: 'EPM_AGENT_UNHEALTHY', data: { fault: 'memoryHigh' } }]);
    await agent.stop();
  });

  it('AC-75 ends itself no more than a few times a day, then goes on degraded and says so', async () => {
    for (let run = 1; run <= MAX_ENDS + 2; run += 1) {
      machine.vitals = { ...machine.vitals, privateBytes: 1 };
      const agent = await start();
      machine.vitals = { ...machine.vitals, privateBytes: GIGABYTE };
      await looks(5);
      expect(ends).toHaveLength(Math.min(run, MAX_ENDS));
      expect(agent.status(caller()).state).toBe('degraded');
      await agent.stop();
    }
    expect(events()).toContain('unhealthyGoesOn');
    const agent = await start();
    expect(agent.status(caller()).warnings).toContainEqual(
      expect.objectContaining({ code: 'endedItself', data: { ends: MAX_ENDS } }),
    );
    await agent.stop();
    machine.now += DAY;
    machine.vitals = { ...machine.vitals, privateBytes: 1 };
    const later = await start();
    expect(later.status(caller())).toMatchObject({ state: 'running', warnings: [] });
    await later.stop();
  });

  it.each([
    ['holds nonsense', 'x'],
    ['holds a list that is too long', { ends: Array.from({ length: 101 }, () => 1) }],
  ])('does not end where the count of ends %s', async (_what, state) => {
    machine.healthState = state;
    const agent = await start();
    machine.vitals = { ...machine.vitals, privateBytes: GIGABYTE };
    await looks(5);
    expect(ends).toEqual([]);
    await agent.stop();
  });

  it('does not end where the end cannot be counted, because that could go on for ever', async () => {
    const ports = machine.ports();
    const agent = await createAgent(
      {
        ...ports,
        healthState: {
          read: () => undefined,
          write: () => {
            throw new EpmError('EPM_DATA_FOLDER', 'no room');
          },
        },
      },
      { version: '1', processId: 1, unhealthy: (error) => ends.push(error) },
    );
    machine.vitals = { ...machine.vitals, privateBytes: GIGABYTE };
    await looks(5);
    expect(ends).toEqual([]);
    expect(events()).toContain('unhealthyGoesOn');
    await agent.stop();
  });

  it('says when the system does not tell, and goes on', async () => {
    const ports = machine.ports();
    const agent = await createAgent(
      {
        ...ports,
        vitals: {
          ...ports.vitals,
          read: () => {
            throw new EpmError('EPM_WINDOWS_API', 'no');
          },
        },
      },
      { version: '1', processId: 1 },
    );
    expect(agent.status(administrator())).not.toHaveProperty('health');
    expect(events()).toContain('vitalsUnread');
    await agent.stop();
  });
});

it('policy is read at once when an administrator asks, and for nobody else', async () => {
  const machine = new FakeMachine();
  const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
  machine.withRule();
  expect(await agent.reload(administrator())).toMatchObject({
    digest: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
  });
  expect(agent.policy(caller()).rules).toHaveLength(1);
  await expect(agent.reload(caller())).rejects.toMatchObject({ code: 'EPM_NOT_ADMINISTRATOR' });
  await expect(agent.reload(administrator({ groups: [] }))).rejects.toMatchObject({ code: 'EPM_NOT_ADMINISTRATOR' });
  await agent.stop();
});
