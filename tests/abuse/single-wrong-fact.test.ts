/**
 * AC-61: one fact of a token, a process or a job is not what was asked for. Every row spoils just one, and the types make
 * sure that no fact is without a row.
 */
import { describe, expect, it } from 'vitest';
import { createAgent, type Agent } from '../../src/agent/index.ts';
import type { StartedFacts, TokenFacts } from '../../src/agent/ports.ts';
import { PRIVILEGES, privilegeRow } from '../../src/model/privileges.ts';
import { namesOf } from '../../src/model/rule-action.ts';
import { BOB, caller, context, FakeMachine, SETUP } from '../unit/agent/fake-machine.ts';

const start = (machine: FakeMachine): Promise<Agent> => createAgent(machine.ports(), { version: '1', processId: 1 });
const elevate = (agent: Agent) => agent.elevate(caller(), { path: SETUP }, context().value);

/** The name of the fact that is told, what is spoilt, and how. */
type TokenRow = readonly [fact: string, what: string, spoil: (good: TokenFacts) => Partial<TokenFacts>];

const MARKER = 'S-1-5-107-0';
const ADMINISTRATORS = 'S-1-5-32-544';
const LOGON = 'S-1-5-5-0-4711';

const withGroup =
  (sid: string, attributes: number) =>
  ({ groups }: TokenFacts) => ({ groups: [...groups, { sid, attributes }] });
const withoutGroup =
  (sid: string) =>
  ({ groups }: TokenFacts) => ({ groups: groups.filter((group) => group.sid !== sid) });
const withAttributes =
  (sid: string, attributes: number) =>
  ({ groups }: TokenFacts) => ({
    groups: groups.map((group) => (group.sid === sid ? { sid, attributes } : group)),
  });
const withPrivilege =
  (name: string, attributes = 0) =>
  ({ privileges }: TokenFacts) => ({
    privileges: [...privileges.filter((each) => each.name !== name), { name, attributes }],
  });

const TOKEN: { readonly [Fact in keyof TokenFacts]-?: readonly TokenRow[] } = {
  user: [['user', 'another account', () => ({ user: BOB })]],
  groups: [
    ['administrators', 'no Administrators', withoutGroup(ADMINISTRATORS)],
    ['administrators', 'Administrators for denying only', withAttributes(ADMINISTRATORS, 0x10)],
    ['administrators', 'Administrators enabled and for denying', withAttributes(ADMINISTRATORS, 0x1f)],
    ['administrators', 'Administrators not enabled', withAttributes(ADMINISTRATORS, 0xb)],
    ['administrators', 'Administrators that owns nothing', withAttributes(ADMINISTRATORS, 0x7)],
    ['markerGroup', 'no marker group', withoutGroup(MARKER)],
    ['markerGroup', 'the marker group not enabled', withAttributes(MARKER, 0x3)],
    ['logonGroup', 'no logon SID', withoutGroup(LOGON)],
    ['logonGroup', 'the logon SID as any group', withAttributes(LOGON, 0x7)],
    ['logonKind', 'not INTERACTIVE', withoutGroup('S-1-5-4')],
    ['groups', 'SERVICE in an interactive logon', withGroup('S-1-5-6', 7)],
    ['groups', 'LOCAL SERVICE', withGroup('S-1-5-19', 7)],
    ['groups', 'a group of the domain', withGroup('S-1-5-21-1-2-3-512', 7)],
    ['groups', 'a foreign group for denying only', withGroup('S-1-5-21-1-2-3-512', 0x10)],
    ['groups', 'a second logon SID', withGroup('S-1-5-5-0-99', 0xc0000007)],
    ['groups', 'the marker of another domain', withGroup('S-1-5-108-0', 7)],
    ['groups', 'a system label', withGroup('S-1-16-16384', 0x60)],
    ['groups', 'a group twice', withGroup('S-1-1-0', 7)],
    ['groupAttributes', 'Everyone not enabled', withAttributes('S-1-1-0', 0x3)],
    ['groupAttributes', 'Everyone for denying only', withAttributes('S-1-1-0', 0x17)],
    ['groupAttributes', 'Authenticated Users as owner', withAttributes('S-1-5-11', 0xf)],
    ['groupAttributes', 'a label that is a group', withAttributes('S-1-16-12288', 0x7)],
  ],
  privileges: [
    ['privileges', 'an unheard of one', withPrivilege('SeUnheardOfPrivilege')],
    ...namesOf(PRIVILEGES)
      .filter((name) => privilegeRow(name).of === 'system')
      .map((name): TokenRow => ['privileges', name, withPrivilege(name)]),
    ['privilegeState', 'SeDebugPrivilege enabled', withPrivilege('SeDebugPrivilege', 2)],
    ['privilegeState', 'SeLoadDriverPrivilege enabled by default', withPrivilege('SeLoadDriverPrivilege', 3)],
    ['privilegeState', 'SeChangeNotifyPrivilege not enabled', withPrivilege('SeChangeNotifyPrivilege', 0)],
    ['privilegeState', 'a removed one that is there', withPrivilege('SeShutdownPrivilege', 4)],
  ],
  integrity: [
    ['integrity', 'medium', () => ({ integrity: 0x2000 })],
    ['integrity', 'system', () => ({ integrity: 0x4000 })],
    ['integrity', 'not known', () => ({ integrity: null })],
  ],
  session: [['session', 'another one', () => ({ session: 2 })]],
  type: [['type', 'for impersonation', () => ({ type: 'impersonation' })]],
  elevated: [
    ['elevated', 'no', () => ({ elevated: false })],
    ['elevated', 'not known', () => ({ elevated: null })],
  ],
  elevationType: [
    ['elevationType', 'the filtered half', () => ({ elevationType: 3 })],
    ['elevationType', 'not known', () => ({ elevationType: null })],
  ],
  authenticationId: [
    ['authenticationId', 'that of the requester', () => ({ authenticationId: '0000000000012345' })],
    ['authenticationId', 'that of the system', () => ({ authenticationId: '00000000000003E7' })],
    ['authenticationId', 'not known', () => ({ authenticationId: null })],
  ],
  logonSid: [
    ['logonSid', 'another one', () => ({ logonSid: 'S-1-5-5-0-9' })],
    ['logonSid', 'none', () => ({ logonSid: '' })],
  ],
  owner: [['owner', 'Administrators', () => ({ owner: ADMINISTRATORS })]],
  primaryGroup: [
    ['primaryGroup', 'a group of the domain', () => ({ primaryGroup: 'S-1-5-21-1-2-3-513' })],
    ['primaryGroup', 'Users', () => ({ primaryGroup: 'S-1-5-32-545' })],
  ],
  defaultDacl: [
    ['defaultDacl', 'none', () => ({ defaultDacl: '' })],
    ['defaultDacl', 'an empty one', () => ({ defaultDacl: 'D:' })],
    ['defaultDacl', 'open to everyone', () => ({ defaultDacl: 'D:NO_ACCESS_CONTROL' })],
    ['defaultDacl', 'open to the logon session', () => ({ defaultDacl: 'D:(A;;GA;;;SY)(A;;GXGR;;;S-1-5-5-0-4711)' })],
  ],
  appContainer: [
    ['appContainer', 'yes', () => ({ appContainer: true })],
    ['appContainer', 'not known', () => ({ appContainer: null })],
  ],
  restricted: [
    ['restricted', 'yes', () => ({ restricted: true })],
    ['restricted', 'not known', () => ({ restricted: null })],
  ],
  virtualizationEnabled: [
    ['virtualizationEnabled', 'yes', () => ({ virtualizationEnabled: true })],
    ['virtualizationEnabled', 'not known', () => ({ virtualizationEnabled: null })],
  ],
  mandatoryPolicy: [
    ['mandatoryPolicy', 'without NEW_PROCESS_MIN', () => ({ mandatoryPolicy: 1 })],
    ['mandatoryPolicy', 'not known', () => ({ mandatoryPolicy: null })],
  ],
  source: [
    ['source', 'the test bed', () => ({ source: 'EPMBed  ' })],
    ['source', 'a user logon', () => ({ source: 'User32  ' })],
    ['source', 'not known', () => ({ source: null })],
  ],
  securityAttributes: [
    ['securityAttributes', 'no mark', () => ({ securityAttributes: [] })],
    ['securityAttributes', 'the mark of another request', () => ({ securityAttributes: ['EPM://request=another'] })],
    [
      'securityAttributes',
      'a second mark',
      ({ securityAttributes }) => ({ securityAttributes: [...(securityAttributes ?? []), 'EPM://request=another'] }),
    ],
    ['securityAttributes', 'not known', () => ({ securityAttributes: null })],
  ],
};
const TOKEN_ROWS = Object.values(TOKEN).flat();

describe('AC-61 a token of which one fact is wrong', () => {
  it.each(TOKEN_ROWS)('%s: %s, refused before a process exists', async (fact, _what, spoil) => {
    const machine = new FakeMachine().withRule();
    machine.tokenOverrides = spoil;
    await expect(elevate(await start(machine))).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED', data: { fact } });
    expect(machine.processes).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.namedAccounts).toEqual([]);
    expect(machine.records().at(-1)).toMatchObject({ event: 'elevationFailed', errorCode: 'EPM_TOKEN_REFUSED' });
  });

  it.each(TOKEN_ROWS)('%s: %s, in the started process, ended before it ran', async (fact, _what, spoil) => {
    const machine = new FakeMachine().withRule();
    machine.processTokenOverrides = spoil;
    machine.processOverrides = { session: 1 };
    await expect(elevate(await start(machine))).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED', data: { fact } });
    expect(machine.process).toMatchObject({ resumed: false, terminatedWith: 0xc0000022, released: true });
    expect(machine.openHandles).toBe(0);
    expect(machine.namedAccounts).toEqual([]);
  });

  it('of a service logon has SERVICE, and not INTERACTIVE', async () => {
    const machine = new FakeMachine().withRule();
    machine.refusedLogons = ['interactive'];
    const agent = await start(machine);
    machine.tokenOverrides = withGroup('S-1-5-4', 7);
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED', data: { fact: 'groups' } });
    machine.tokenOverrides = withoutGroup('S-1-5-6');
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED', data: { fact: 'logonKind' } });
    machine.tokenOverrides = {};
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
  });

  it('with a privilege that was to be removed is refused, and one that the local policy gives besides is not', async () => {
    const machine = new FakeMachine().withRule({ reducedPrivileges: true, keepPrivileges: ['SeBackupPrivilege'] });
    const agent = await start(machine);
    for (const name of ['SeDebugPrivilege', 'SeLoadDriverPrivilege', 'SeLockMemoryPrivilege']) {
      machine.tokenOverrides = withPrivilege(name);
      await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED', data: { fact: 'privileges' } });
    }
    machine.tokenOverrides = {};
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
    const full = new FakeMachine().withRule();
    full.tokenOverrides = withPrivilege('SeLockMemoryPrivilege');
    full.processTokenOverrides = full.tokenOverrides;
    expect(await elevate(await start(full))).toMatchObject({ outcome: 'started' });
  });

  it('with a local group is taken only where the machine gives that group to everyone who signs in', async () => {
    const machine = new FakeMachine().withRule();
    const group = 'S-1-5-21-1-2-3-1005';
    machine.tokenOverrides = withGroup(group, 7);
    machine.processTokenOverrides = machine.tokenOverrides;
    const agent = await start(machine);
    machine.localGroups.set(group, ['S-1-5-21-1-2-3-1001']);
    await expect(elevate(agent)).rejects.toMatchObject({ code: 'EPM_TOKEN_REFUSED', data: { fact: 'groups' } });
    machine.localGroups.set(group, ['S-1-5-21-1-2-3-1001', 'S-1-5-4']);
    expect(await elevate(agent)).toMatchObject({ outcome: 'started' });
  });
});

type ProcessRow = readonly [fact: string, what: string, spoil: (good: StartedFacts) => Partial<StartedFacts>];
const job = (change: Partial<StartedFacts['job']>) => (good: StartedFacts) => ({ job: { ...good.job, ...change } });
/** One for each fact of the job, which each row changes alone. */
const JOB: { readonly [Fact in keyof StartedFacts['job']]-?: readonly ProcessRow[] } = {
  limitFlags: [
    ['jobLimits', 'it outlives the agent', job({ limitFlags: 0x8 })],
    ['jobLimits', 'no limit of processes', job({ limitFlags: 0x2000 })],
    ['jobLimits', 'breakaway', job({ limitFlags: 0x2808 })],
    ['jobLimits', 'not known', job({ limitFlags: null })],
    ['jobLimits', 'silent breakaway', job({ limitFlags: 0x3008 })],
  ],
  activeProcessLimit: [
    ['activeProcessLimit', 'more processes', job({ activeProcessLimit: 2 })],
    ['activeProcessLimit', 'not known', job({ activeProcessLimit: null })],
  ],
};

const PROCESS: { readonly [Fact in Exclude<keyof StartedFacts, 'token'>]-?: readonly ProcessRow[] } = {
  image: [['', 'another file', ({ image }) => ({ image: { ...image, file: 'f'.repeat(32) } })]],
  parentProcessId: [
    ['parentProcessId', 'a child of another process', () => ({ parentProcessId: 4242 })],
    ['parentProcessId', 'no parent', () => ({ parentProcessId: 0 })],
  ],
  session: [['session', 'another one', () => ({ session: 2 })]],
  inJob: [['inJob', 'outside its job', () => ({ inJob: false })]],
  job: Object.values(JOB).flat(),
  security: (['process', 'thread', 'job', 'token'] as const).map((object): ProcessRow => [
    `${object}Security`,
    `an open ${object}`,
    ({ security }) => ({ security: { ...security, [object]: 'O:BAD:(A;;GA;;;WD)' } }),
  ]),
};

describe('AC-61 a process of which one fact is wrong', () => {
  it.each(Object.values(PROCESS).flat())('%s: %s, ended before it ran', async (fact, _what, spoil) => {
    const machine = new FakeMachine().withRule({ childProcesses: 'deny' });
    machine.processOverrides = spoil;
    const code = fact === '' ? 'EPM_IMAGE_CHANGED' : 'EPM_START_FAILED';
    await expect(elevate(await start(machine))).rejects.toMatchObject({
      code,
      ...(fact === '' ? {} : { data: { fact } }),
    });
    expect(machine.process).toMatchObject({ resumed: false, terminatedWith: 0xc0000022, released: true });
    expect(machine.openHandles).toBe(0);
  });
});
