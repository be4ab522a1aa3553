/** Client state and requester are asked before anything of the file, its name included (decision P9). */
import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { caller, context, program, SETUP, FakeMachine } from './fake-machine.ts';

const OPTIONS = { version: '1', processId: 1 };
const ADMINISTRATOR = caller({ groups: [{ sid: 'S-1-5-32-544', attributes: 0xf }] });
const REFUSED = 'C:\\Tools\u00a0\\setup.exe';
const LARGE = 'C:\\Tools\\large.exe';
const PATHS = [REFUSED, 'C:\\Tools\\setup.exe:x', '\\\\srv\\s\\setup.exe', LARGE, 'C:\\Tools\\none.exe', SETUP];

function machineWith(settings: SettingsInput | undefined): FakeMachine {
  const machine = new FakeMachine();
  machine.addFile(SETUP);
  machine.addFile(LARGE, Buffer.concat([program(), Buffer.alloc(1024 ** 2)]));
  if (settings !== undefined) machine.addPolicy([], { maximumFileSize: 1, ...settings });
  return machine;
}

describe.each([
  ['noPolicy', undefined, caller()],
  ['clientDisabled', { enabled: false }, caller()],
  ['administrator', { enabled: true }, ADMINISTRATOR],
] as const)('%s', (reason, settings, who) => {
  it.each(PATHS)('is the answer for %j, and what is recorded, and nothing is opened', async (path) => {
    const machine = machineWith(settings);
    const agent = await createAgent(machine.ports(), OPTIONS);
    const result = await agent.elevate(who, { path }, context().value);
    expect(result).toMatchObject({ outcome: 'notManaged', reason, hint: expect.stringMatching(/\S/) as string });
    expect(machine.opened).toEqual([]);
    const record = machine.records().at(-1);
    expect(record).toMatchObject({ event: 'requestRefused', reason, elevationType: 'undetermined', filePath: path });
    expect(record).not.toHaveProperty('errorCode');
    expect(agent.status(who).counters.failed).toBe(0);
  });

  it.each(PATHS)('is what a test of %j answers', async (path) => {
    const machine = machineWith(settings);
    const agent = await createAgent(machine.ports(), OPTIONS);
    const result = await agent.test(who, { path }, context().value);
    expect(result).toMatchObject({ outcome: 'notManaged', reason, explanation: expect.stringMatching(/\S/) as string });
    expect(machine.openHandles).toBe(0);
  });
});

it.each(PATHS)('a program that EPM elevated is denied for being one, whatever it asks for: %j', async (path) => {
  const machine = machineWith({ enabled: true });
  const agent = await createAgent(machine.ports(), OPTIONS);
  const elevated = caller({ groups: [{ sid: 'S-1-5-107-0', attributes: 7 }] });
  const result = await agent.elevate(elevated, { path }, context().value);
  expect(result).toMatchObject({ outcome: 'denied', reason: 'elevatedRequester' });
  expect(machine.records().at(-1)).toMatchObject({ event: 'elevationDenied', elevationType: 'denied' });
});

describe('a record of a request', () => {
  it.each([
    [REFUSED, 'EPM_FILE_NAME_REFUSED'],
    [LARGE, 'EPM_FILE_TOO_LARGE'],
  ])('for %j is that of a denial', async (path, code) => {
    const machine = machineWith({ enabled: true });
    const agent = await createAgent(machine.ports(), OPTIONS);
    await expect(agent.elevate(caller(), { path }, context().value)).rejects.toMatchObject({ code });
    await expect(agent.test(caller(), { path }, context().value)).rejects.toMatchObject({ code });
    expect(machine.records().at(-1)).toMatchObject({
      event: 'elevationDenied',
      elevationType: 'denied',
      errorCode: code,
    });
  });

  it.each([
    ['requireUserConfirmation', 'userConfirmedElevation'],
    ['requireSupportApproval', 'supportApprovedElevation'],
    ['denyAll', 'denied'],
  ] as const)('under the default response %s is of type %s', async (defaultElevationResponse, elevationType) => {
    const machine = machineWith({ enabled: true, defaultElevationResponse });
    const agent = await createAgent(machine.ports(), OPTIONS);
    await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(machine.records().at(-1)).toMatchObject({ elevationType });
  });
});
