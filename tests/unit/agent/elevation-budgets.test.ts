import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { ALICE, caller, context, FakeMachine, SETUP } from './fake-machine.ts';

const OPTIONS = { version: '1', processId: 1 };
const HOUR = 60 * 60_000;

function machineWith(settings: SettingsInput): FakeMachine {
  const machine = new FakeMachine().withRule();
  machine.addPolicy([], { enabled: true, ...settings });
  machine.now = Date.UTC(2026, 10, 30, 11);
  machine.zoneOffset = 60;
  return machine;
}

describe('a budget of elevations', () => {
  it('denies what is more, with when it begins again, and what runs goes on', async () => {
    const machine = machineWith({ maximumElevationsPerDay: 2 });
    let agent = await createAgent(machine.ports(), OPTIONS);
    const elevate = () => agent.elevate(caller(), { path: SETUP }, context().value);
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    const denied = await elevate();
    expect(denied).toMatchObject({ outcome: 'denied', reason: 'budgetUsed', rule: { name: 'Setup' } });
    expect(JSON.stringify(denied)).toContain('from Tue 2026-12-01 00:00 on');
    const test = await agent.test(caller(), { path: SETUP }, context().value);
    expect(test).toMatchObject({ outcome: 'denied', reason: 'budgetUsed', requirements: [], rule: { name: 'Setup' } });
    expect(test.explanation).toContain('from Tue 2026-12-01 00:00 on');
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', reason: 'budgetUsed', userSid: ALICE });
    expect(machine.processes.map(({ terminatedWith }) => terminatedWith)).toEqual([undefined, undefined]);

    // A start of the agent, and a clock that is set back, give nothing anew.
    for (const process of machine.processes) process.exit(0);
    await agent.stop();
    agent = await createAgent(machine.ports(), OPTIONS);
    machine.now -= 48 * HOUR;
    expect(await elevate()).toMatchObject({ reason: 'budgetUsed' });
    machine.now = Date.UTC(2026, 10, 30, 23);
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    machine.process.exit(0);
    await agent.stop();
  });

  it('counts nothing that did not start', async () => {
    const machine = machineWith({ maximumElevationsPerDay: 1 });
    const agent = await createAgent(machine.ports(), OPTIONS);
    const elevate = () => agent.elevate(caller(), { path: SETUP }, context().value);
    machine.profileFault = new EpmError('EPM_PROFILE_UNAVAILABLE', 'Windows did not load it.', {});
    await expect(elevate()).rejects.toMatchObject({ code: 'EPM_PROFILE_UNAVAILABLE' });
    machine.profileFault = undefined;
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    expect(await elevate()).toMatchObject({ reason: 'budgetUsed' });
    machine.process.exit(0);
    await agent.stop();
  });

  it('starts nothing where it cannot be kept, and says so', async () => {
    const machine = machineWith({ maximumElevationsPerDay: 1 });
    const ports = machine.ports();
    const write = (): never => {
      throw new EpmError('EPM_DATA_FOLDER', 'The disk is full.');
    };
    const agent = await createAgent({ ...ports, budgetState: { ...ports.budgetState, write } }, OPTIONS);
    const elevate = () => agent.elevate(caller(), { path: SETUP }, context().value);
    await expect(elevate()).rejects.toMatchObject({ code: 'EPM_DATA_FOLDER' });
    await expect(elevate()).rejects.toMatchObject({ code: 'EPM_DATA_FOLDER' });
    expect(machine.processes).toHaveLength(0);
    await agent.stop();
  });

  it('asks nobody who has used it up', async () => {
    const machine = machineWith({ maximumElevationsPerDay: 1 });
    machine.addPolicy([], { enabled: true, defaultElevationResponse: 'requireUserConfirmation' });
    const other = 'C:\\Tools\\other.exe';
    machine.addFile(other);
    const agent = await createAgent(machine.ports(), OPTIONS);
    const elevate = (path: string) => agent.elevate(caller(), { path }, context().value);
    expect(await elevate(other)).toMatchObject({ outcome: 'needs' });
    expect(await elevate(SETUP)).toMatchObject({ outcome: 'started' });
    expect(await elevate(other)).toMatchObject({ outcome: 'denied', reason: 'budgetUsed' });
    machine.process.exit(0);
    await agent.stop();
  });
});

describe('a budget of minutes', () => {
  it('denies once programs have run for so long, the one that runs included', async () => {
    const machine = machineWith({ maximumElevatedMinutesPerDay: 30 });
    const agent = await createAgent(machine.ports(), OPTIONS);
    const elevate = () => agent.elevate(caller(), { path: SETUP }, context().value);
    const pass = (milliseconds: number): void => {
      machine.now += milliseconds;
      machine.monotonic += milliseconds;
    };
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    pass(29 * 60_000);
    expect(await elevate()).toMatchObject({ outcome: 'started' });
    pass(60_000);
    expect(await elevate()).toMatchObject({ reason: 'budgetUsed' });
    expect(machine.processes.map(({ terminatedWith }) => terminatedWith)).toEqual([undefined, undefined]);
    for (const process of machine.processes) process.exit(0);
    await expect
      .poll(() => (machine.budgetState as { users: object } | undefined)?.users)
      .toEqual({
        [ALICE]: { elevations: 2, milliseconds: 30 * 60_000 },
      });
    await agent.stop();
  });
});
