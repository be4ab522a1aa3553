import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { caller, context, FakeMachine, SETUP } from './fake-machine.ts';

describe('a rule with hours', () => {
  it('is decided by the clock of the device, and what runs goes on when they end', async () => {
    const machine = new FakeMachine().withRule({ activeHours: ['Mon 08:00-18:00'] });
    const agent = await createAgent(machine.ports(), { version: '1', processId: 1 });
    const elevate = () => agent.elevate(caller(), { path: SETUP }, context().value);
    machine.now = Date.UTC(2026, 10, 30, 16, 59);
    machine.zoneOffset = 120;
    expect(await elevate()).toMatchObject({ outcome: 'denied', reason: 'defaultResponse' });
    machine.zoneOffset = 60;
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    const { process } = machine;
    machine.now += 60_000;
    expect(await elevate()).toMatchObject({ outcome: 'denied' });
    const test = await agent.test(caller(), { path: SETUP }, context().value);
    expect(JSON.stringify(test.trace)).toContain('outsideHours');
    expect(process.terminatedWith).toBeUndefined();
    process.exit(0);
  });
});
