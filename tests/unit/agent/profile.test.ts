import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import { ALICE, caller, context, FakeMachine, PROFILE, SETUP } from './fake-machine.ts';

const start = (machine: FakeMachine) => createAgent(machine.ports(), { version: '1', processId: 1 });
const elevate = async (machine: FakeMachine) =>
  (await start(machine)).elevate(caller(), { path: SETUP }, context().value);

describe('the profile of an elevated program', () => {
  it('is loaded for its account before the start, and given back when the tree is empty', async () => {
    const machine = new FakeMachine().withRule();
    await elevate(machine);
    const { accountSid } = machine.accountRequests[0] ?? {};
    expect(machine.profileRequests).toMatchObject([
      { account: { accountSid }, requester: ALICE, showUserFolders: false, deleteAfterUse: false },
    ]);
    expect(machine.profilesLoaded).toBe(1);
    machine.process.exit(0);
    await expect.poll(() => machine.profilesLoaded).toBe(0);
  });

  it('gives the program its folders, whatever Windows says of the account', async () => {
    const machine = new FakeMachine().withRule();
    machine.accountEnvironment = ['USERPROFILE=C:\\evil', 'TEMP=C:\\evil', 'APPDATA=C:\\evil', 'HOMEPATH=\\evil'];
    await elevate(machine);
    const { environment } = machine.process.request;
    expect(environment).toEqual(
      expect.arrayContaining([
        `USERPROFILE=${PROFILE}`,
        `TEMP=${PROFILE}\\AppData\\Local\\Temp`,
        `TMP=${PROFILE}\\AppData\\Local\\Temp`,
        `APPDATA=${PROFILE}\\AppData\\Roaming`,
      ]),
    );
    expect(environment.join()).not.toContain('evil');
  });

  it('shows the folders of the person by a rule that says so', async () => {
    const machine = new FakeMachine().withRule({ showUserFolders: true });
    await elevate(machine);
    expect(machine.profileRequests).toMatchObject([{ requester: ALICE, showUserFolders: true }]);
  });

  it('is deleted with its program where each start has an account of its own', async () => {
    const machine = new FakeMachine().withRule();
    machine.addPolicy([], { enabled: true, accountScope: 'launch' });
    const agent = await start(machine);
    for (let count = 0; count < 2; count += 1) await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(machine.profileRequests).toMatchObject([{ deleteAfterUse: true }, { deleteAfterUse: true }]);
    expect(new Set(machine.profileRequests.map(({ account }) => account.accountSid)).size).toBe(2);
  });

  it('that is not there starts nothing, with its reason', async () => {
    const machine = new FakeMachine().withRule();
    machine.profileFault = new EpmError('EPM_PROFILE_UNAVAILABLE', 'Windows did not load it.', {
      data: { reason: 'notLoaded' },
    });
    await expect(elevate(machine)).rejects.toMatchObject({
      code: 'EPM_PROFILE_UNAVAILABLE',
      data: { reason: 'notLoaded' },
    });
    expect(machine.processes).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.records().at(-1)).toMatchObject({
      event: 'elevationDenied',
      errorCode: 'EPM_PROFILE_UNAVAILABLE',
    });
  });

  it('is given back when the program does not start', async () => {
    const machine = new FakeMachine().withRule();
    machine.inJob = false;
    await expect(elevate(machine)).rejects.toMatchObject({ code: 'EPM_START_FAILED' });
    expect(machine).toMatchObject({ profilesLoaded: 0, openHandles: 0 });
  });

  it('is given back when the agent stops', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    await agent.elevate(caller(), { path: SETUP }, context().value);
    await agent.stop();
    expect(machine.profilesLoaded).toBe(0);
  });

  it('AC-62 is looked for when the agent starts: what an agent before left is swept', async () => {
    const machine = new FakeMachine();
    await start(machine);
    expect(machine.profilesSwept).toBe(1);
  });

  it('AC-62 a sweep that fails is logged, and the agent serves', async () => {
    const machine = new FakeMachine().withRule();
    const ports = machine.ports();
    const sweep = () => Promise.reject(new EpmError('EPM_WINDOWS_API', 'It cannot be read.'));
    const agent = await createAgent(
      { ...ports, profiles: { ...ports.profiles, sweep } },
      { version: '1', processId: 1 },
    );
    expect(machine.log.map(({ event }) => event)).toContain('profileSweepFailed');
    expect((await agent.elevate(caller(), { path: SETUP }, context().value)).outcome).toBe('started');
  });
});
