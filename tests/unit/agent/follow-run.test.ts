import { describe, expect, it, vi } from 'vitest';
import { createAgent, type Agent } from '../../../src/agent/index.ts';
import { caller, context, FakeMachine, SETUP } from './fake-machine.ts';

const ENDED = 0xc000_013a;
const start = (machine: FakeMachine): Promise<Agent> => createAgent(machine.ports(), { version: '1', processId: 1 });
const lastRecord = (machine: FakeMachine) => machine.records().findLast(({ event }) => event === 'elevationEnded');

describe('a program whose output is asked for', () => {
  it('gets streams and a console without window, and is waited for', async () => {
    const machine = new FakeMachine().withRule();
    const { value, runs, pieces } = context();
    const input = Buffer.from('typed').toString('base64');
    const answer = (await start(machine)).elevate(caller(), { path: SETUP, output: 'stream', input }, value);
    await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
    const { process } = machine;
    expect(process.request).toMatchObject({ console: 'hidden', streams: { input: Buffer.from('typed') } });
    expect(runs).toMatchObject([{ processId: 777, codePage: 437 }]);
    process.output?.write('out');
    process.output?.write('err', 'stderr');
    process.output?.end();
    process.exit(0xc000_0005);
    expect(await answer).toMatchObject({ outcome: 'finished', exitCode: 0xc000_0005 });
    expect(pieces.map(({ stream, bytes }) => [stream, Buffer.from(bytes).toString()])).toEqual([
      ['stdout', 'out'],
      ['stderr', 'err'],
    ]);
    await expect.poll(() => machine.openHandles).toBe(0);
    // What it wrote and read is in no record and no log.
    expect(JSON.stringify([machine.records(), machine.log])).not.toMatch(/typed|dHlwZWQ/);
  });

  it('has its console otherwise', async () => {
    const machine = new FakeMachine().withRule();
    await (await start(machine)).elevate(caller(), { path: SETUP }, context().value);
    expect(machine.process.request).toMatchObject({ console: 'window' });
    expect(machine.process.request.streams).toBeUndefined();
  });

  it('ends when its only reader is gone, and the record says why', async () => {
    const machine = new FakeMachine().withRule();
    const { value, gone } = context();
    const answer = (await start(machine)).elevate(caller(), { path: SETUP, output: 'stream' }, value);
    await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
    gone.abort();
    expect(await answer).toMatchObject({ outcome: expect.stringMatching(/started|finished/) as string });
    expect(machine.process.terminatedWith).toBe(ENDED);
    await expect.poll(() => lastRecord(machine)).toMatchObject({ reason: 'readerGone', result: ENDED });
    await expect.poll(() => machine.openHandles).toBe(0);
  });

  it('goes on without a client otherwise', async () => {
    const machine = new FakeMachine().withRule();
    const { value, gone } = context();
    const answer = (await start(machine)).elevate(caller(), { path: SETUP, wait: true }, value);
    await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
    gone.abort();
    expect(await answer).toMatchObject({ outcome: 'started' });
    expect(machine.process.terminatedWith).toBeUndefined();
  });

  it('keeps the streams until the client has them, though no process is left', async () => {
    const machine = new FakeMachine().withRule();
    const { value } = context();
    let take: (taken: boolean) => void = () => undefined;
    const slow = { ...value, output: () => new Promise<boolean>((resolve) => (take = resolve)) };
    const answer = (await start(machine)).elevate(caller(), { path: SETUP, output: 'stream' }, slow);
    await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
    const { process } = machine;
    process.output?.write('all');
    process.output?.end();
    process.exit(0);
    await expect.poll(() => lastRecord(machine)).toBeDefined();
    expect(process.released).toBe(false);
    take(true);
    expect(await answer).toMatchObject({ outcome: 'finished' });
    await expect.poll(() => process.released).toBe(true);
  });
});

describe('a program that is tied to its client', () => {
  const tied = { path: SETUP, wait: true, endsWithClient: true };

  it('ends when the client is gone, and the record says why', async () => {
    const machine = new FakeMachine().withRule();
    const { value, gone } = context();
    const answer = (await start(machine)).elevate(caller(), tied, value);
    await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
    gone.abort();
    expect(await answer).toMatchObject({ outcome: expect.stringMatching(/started|finished/) as string });
    expect(machine.process.terminatedWith).toBe(ENDED);
    await expect.poll(() => lastRecord(machine)).toMatchObject({ reason: 'clientGone', result: ENDED });
    await expect.poll(() => machine.openHandles).toBe(0);
  });

  it('ends when the client has gone in the moment of the start', async () => {
    const machine = new FakeMachine().withRule();
    const { value, gone } = context();
    const leaving = { ...value, started: () => gone.abort() };
    await (await start(machine)).elevate(caller(), tied, leaving);
    expect(machine.process.terminatedWith).toBe(ENDED);
    await expect.poll(() => lastRecord(machine)).toMatchObject({ reason: 'clientGone' });
  });

  it('has no reason of its own when the client took the request back before it went', async () => {
    const machine = new FakeMachine().withRule();
    const { value, cancel, gone } = context();
    const answer = (await start(machine)).elevate(caller(), tied, value);
    await expect.poll(() => machine.processes[0]?.resumed).toBe(true);
    cancel.abort();
    gone.abort();
    await answer;
    await expect.poll(() => lastRecord(machine)).toMatchObject({ result: ENDED });
    expect(lastRecord(machine)?.reason).toBeUndefined();
  });

  it('is not started for a client that does not wait', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    for (const how of [{}, { wait: false }]) {
      const request = { path: SETUP, endsWithClient: true, ...how };
      await expect(agent.elevate(caller(), request, context().value)).rejects.toMatchObject({
        code: 'EPM_REQUEST_MALFORMED',
      });
    }
    expect(machine.processes).toEqual([]);
  });
});

describe('a limit of time', () => {
  it.each([{ wait: true }, { output: 'stream' }, {}] as const)('ends the tree of a request with %o', async (how) => {
    vi.useFakeTimers();
    try {
      const machine = new FakeMachine().withRule();
      const agent = await start(machine);
      const answer = agent.elevate(caller(), { path: SETUP, timeLimit: 60, ...how }, context().value);
      await vi.advanceTimersByTimeAsync(0);
      expect(machine.processes[0]?.resumed).toBe(true);
      await vi.advanceTimersByTimeAsync(59_000);
      expect(machine.process.terminatedWith).toBeUndefined();
      await vi.advanceTimersByTimeAsync(1_001);
      expect(machine.process.terminatedWith).toBe(ENDED);
      const outcome = Object.keys(how).length === 0 ? 'started' : 'timedOut';
      expect(await answer).toMatchObject({ outcome });
      expect(lastRecord(machine)).toMatchObject({ reason: 'timedOut', result: ENDED });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is over with the tree', async () => {
    vi.useFakeTimers();
    try {
      const machine = new FakeMachine().withRule();
      const agent = await start(machine);
      // What the start left for the next turn is no timer of the run.
      await vi.advanceTimersByTimeAsync(0);
      const before = vi.getTimerCount();
      const answer = agent.elevate(caller(), { path: SETUP, timeLimit: 60, wait: true }, context().value);
      await vi.advanceTimersByTimeAsync(0);
      expect(machine.processes[0]?.resumed).toBe(true);
      machine.process.exit(0);
      expect(await answer).toMatchObject({ outcome: 'finished', exitCode: 0 });
      expect(vi.getTimerCount()).toBe(before);
      expect(lastRecord(machine)?.reason).toBeUndefined();
    } finally {
      vi.useRealTimers();
    }
  });
});
