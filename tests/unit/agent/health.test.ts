import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HEALTH_INTERVAL } from '../../../src/agent/health.ts';
import { createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { caller, SOUND_MACHINE, FakeMachine } from './fake-machine.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const start = (machine: FakeMachine) => createAgent(machine.ports(), { version: '1', processId: 1 });
const logged = (machine: FakeMachine) =>
  machine.log.filter(({ event }) => event.startsWith('prerequisite')).map(({ event, data }) => ({ event, ...data }));

it('a sound machine is not mentioned', async () => {
  const machine = new FakeMachine().withRule();
  const agent = await start(machine);
  expect(agent.status(caller())).toMatchObject({ state: 'running', warnings: [] });
  expect(logged(machine)).toEqual([]);
  await agent.stop();
});

it('a prerequisite that is not met is logged at the start and told with what to do, and the agent serves', async () => {
  const machine = new FakeMachine().withRule();
  machine.machineState = { ...SOUND_MACHINE, userAccountControl: false, join: 'none', build: null };
  const agent = await start(machine);
  expect(logged(machine)).toEqual([{ event: 'prerequisiteFailed', prerequisite: 'userAccountControl', found: 'off' }]);
  expect(agent.status(caller())).toMatchObject({
    state: 'running',
    warnings: [
      {
        code: 'prerequisiteFailed',
        message: 'User Account Control: off.',
        hint: 'Set EnableLUA to 1 and restart: without it every program has the rights of its user.',
        data: { prerequisite: 'userAccountControl', found: 'off' },
      },
    ],
  });
  await agent.stop();
});

it('is read again after ten minutes at the earliest, and only when somebody asks', async () => {
  const machine = new FakeMachine().withRule();
  const agent = await start(machine);
  machine.machineState = { ...SOUND_MACHINE, architecture: 'x86' };
  machine.monotonic += HEALTH_INTERVAL - 1;
  for (let count = 0; count < 5; count++) expect(agent.status(caller()).warnings).toEqual([]);
  expect(machine.machineStateReads).toBe(1);
  machine.monotonic += 1;
  for (let count = 0; count < 5; count++)
    expect(agent.status(caller()).warnings).toMatchObject([{ data: { prerequisite: 'architecture' } }]);
  expect(machine.machineStateReads).toBe(2);
  machine.machineState = SOUND_MACHINE;
  machine.monotonic += 10 * HEALTH_INTERVAL;
  expect(agent.status(caller()).warnings).toEqual([]);
  expect(logged(machine)).toEqual([
    { event: 'prerequisiteFailed', prerequisite: 'architecture', found: '32-bit Windows' },
    { event: 'prerequisiteMet', prerequisite: 'architecture' },
  ]);
  await agent.stop();
});

it('a machine that cannot be asked stops nothing and clears nothing', async () => {
  const machine = new FakeMachine().withRule();
  machine.machineState = { ...SOUND_MACHINE, userAccountControl: false };
  const ports = machine.ports();
  let broken = false;
  const machineState = (): typeof machine.machineState => {
    if (broken) throw new EpmError('EPM_WINDOWS_API', 'secret path');
    return ports.machineState();
  };
  const agent = await createAgent({ ...ports, machineState }, { version: '1', processId: 1 });
  broken = true;
  machine.monotonic += HEALTH_INTERVAL;
  expect(agent.status(caller()).warnings).toMatchObject([{ data: { prerequisite: 'userAccountControl' } }]);
  expect(logged(machine).slice(1)).toEqual([{ event: 'prerequisitesUnread', code: 'EPM_WINDOWS_API' }]);
  expect(JSON.stringify(machine.log)).not.toContain('secret');
  await agent.stop();
});

it('AC-50 packages that install as the system for a user are told, by the users for whom they do', async () => {
  const machine = new FakeMachine().withRule();
  machine.machineState = { ...SOUND_MACHINE, alwaysInstallElevated: ['HKLM', 'S-1-5-21-1-2-3-1001'] };
  const agent = await start(machine);
  expect(agent.status(caller()).warnings).toMatchObject([
    {
      code: 'prerequisiteFailed',
      data: { prerequisite: 'alwaysInstallElevated', found: 'on for S-1-5-21-1-2-3-1001' },
    },
  ]);
  await agent.stop();
});
