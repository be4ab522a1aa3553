import { describe, expect, it } from 'vitest';
import { createAgent } from '../../../src/agent/index.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { SettingsInput } from '../../../src/model/settings.ts';
import { BOB, caller, context, FakeMachine, hashOf, program, SETUP } from './fake-machine.ts';

const start = (machine: FakeMachine) => createAgent(machine.ports(), { version: '1', processId: 1 });

describe('an elevation for which there is no isolated account', () => {
  it.each([
    ['no logon is allowed', (machine: FakeMachine) => (machine.refusedLogons = ['interactive', 'service'])],
    [
      'no domain is free',
      (machine: FakeMachine) => (machine.domainFault = new EpmError('EPM_ACCOUNT_UNAVAILABLE', 'None is free.')),
    ],
  ])('AC-54 is denied with that reason when %s, and nothing weaker runs', async (_why, spoil) => {
    const machine = new FakeMachine().withRule();
    spoil(machine);
    const agent = await start(machine);
    const answer = await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(answer).toMatchObject({ outcome: 'denied', reason: 'accountUnavailable', rule: { name: 'Setup' } });
    expect(machine.processes).toEqual([]);
    expect(machine.openHandles).toBe(0);
    expect(machine.namedAccounts).toEqual([]);
    expect(machine.records().at(-1)).toMatchObject({
      event: 'elevationDenied',
      reason: 'accountUnavailable',
      errorCode: 'EPM_ACCOUNT_UNAVAILABLE',
    });
    expect(agent.status(caller()).counters).toMatchObject({ denied: 1, failed: 0 });
  });

  it('AC-54 under Administrator Protection asks for no interactive logon, and starts', async () => {
    const machine = new FakeMachine().withRule();
    machine.administratorProtection = true;
    const answer = await (await start(machine)).elevate(caller(), { path: SETUP }, context().value);
    expect(answer).toMatchObject({ outcome: 'started' });
    expect(machine.accountRequests).toMatchObject([{ logons: ['service'] }]);
    machine.process.exit(0);
  });
});

describe('the account of an elevation', () => {
  it('is shared as the scope says', async () => {
    const other = program('other');
    const accounts = async (settings: SettingsInput): Promise<readonly string[]> => {
      const machine = new FakeMachine().withRule();
      machine.addFile('C:\\Tools\\other.exe', other);
      machine.addPolicy(
        [{ name: 'Other', type: 'automatic', fileName: 'other.exe', fileHash: hashOf(other) }],
        settings,
      );
      const agent = await start(machine);
      for (const [path, who] of [
        [SETUP, caller()],
        [SETUP, caller()],
        ['C:\\Tools\\other.exe', caller()],
        [SETUP, caller({ user: BOB })],
      ] as const)
        await agent.elevate(who, { path }, context().value);
      return machine.accountRequests.map(({ accountSid }) => accountSid);
    };
    const [first, again, rule, user] = await accounts({ enabled: true });
    expect(again).toBe(first);
    expect(new Set([first, rule, user]).size).toBe(3);
    const [person, personAgain, personRule, another] = await accounts({ enabled: true, accountScope: 'user' });
    expect([personAgain, personRule]).toEqual([person, person]);
    expect(another).not.toBe(person);
    expect(person).not.toBe(first);
    expect(new Set(await accounts({ enabled: true, accountScope: 'launch' })).size).toBe(4);
  });

  it('has its names until its tree is empty, and none is left when the agent stops', async () => {
    const machine = new FakeMachine().withRule();
    const agent = await start(machine);
    expect(machine.accountsSwept).toBe(1);
    await agent.elevate(caller(), { path: SETUP }, context().value);
    expect(machine.namedAccounts).toHaveLength(1);
    machine.process.exit(0);
    await expect.poll(() => machine.namedAccounts).toEqual([]);
    await agent.elevate(caller(), { path: SETUP }, context().value);
    await agent.stop();
    expect(machine.namedAccounts).toEqual([]);
    expect(machine.accountsSwept).toBe(2);
  });
});
