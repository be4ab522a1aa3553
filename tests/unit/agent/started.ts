/** An agent that runs over recorded facts, on a clock that the test moves. Timers must be faked. */
import { vi } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { caller, context, SETUP, type FakeMachine } from './fake-machine.ts';

export async function start(machine: FakeMachine) {
  const ports = machine.ports();
  let reads = 0;
  const policies = { ...ports.policies, read: () => ((reads += 1), ports.policies.read()) };
  const agent = await createAgent({ ...ports, policies }, { version: '1', processId: 1 });
  const advance = async (milliseconds: number): Promise<void> => {
    machine.monotonic += milliseconds;
    machine.now += milliseconds;
    await vi.advanceTimersByTimeAsync(milliseconds);
  };
  return {
    agent,
    advance,
    reads: () => reads,
    changed: async () => {
      machine.changed?.();
      await advance(200);
    },
    outcome: async (who = caller()) => (await agent.elevate(who, { path: SETUP }, context().value)).outcome,
  };
}
