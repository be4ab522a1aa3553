/** What the agent makes of a user's hive that nothing confirms, and whom it tells. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { describeReport } from '../../../src/cli/output/describe-policy.ts';
import type { PolicyDocument } from '../../../src/model/policy.ts';
import { start } from './started.ts';
import { administrator, ALICE, BOB, caller, FakeMachine, hashOf } from './fake-machine.ts';

const ADMINISTRATOR = administrator();
/** By which the file of every machine here is elevated. */
const SETUP_RULE = {
  name: 'Setup',
  type: 'automatic',
  fileName: 'setup.exe',
  fileHash: hashOf(new FakeMachine().addFile('C:\\x.exe').bytes),
} as const;
const DENY_ALL: PolicyDocument = {
  id: 'device',
  scope: { kind: 'device' },
  settings: { enabled: true, defaultElevationResponse: 'denyAll', blockInternetFiles: true },
  rules: [],
  rejected: [],
};
const HIVE: PolicyDocument = {
  id: 'mine',
  scope: { kind: 'user', sid: ALICE },
  trust: 'unconfirmed',
  settings: { enabled: true, defaultElevationResponse: 'requireUserConfirmation', blockInternetFiles: false },
  rules: [SETUP_RULE],
  rejected: [],
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('AC-76 grants nothing for it, and says what does not count: in report, status, journal and log', async () => {
  const machine = new FakeMachine().withRule();
  machine.policies = [DENY_ALL, HIVE];
  const { agent, outcome } = await start(machine);
  expect(await outcome()).toBe('denied');

  const report = agent.policy(caller());
  expect(report.rules).toMatchObject([
    { name: SETUP_RULE.name, scope: 'user', state: 'rejected', reasons: [{ code: 'unconfirmedUserPolicy' }] },
  ]);
  expect(report.settings).toMatchObject({
    defaultElevationResponse: 'denyAll',
    blockInternetFiles: true,
    leftOut: [{ setting: 'enabled' }, { setting: 'defaultElevationResponse' }, { setting: 'blockInternetFiles' }],
  });
  expect(report.settingSources.find(({ name }) => name === 'blockInternetFiles')).toMatchObject({
    value: true,
    policies: [{ id: 'device' }],
    unconfirmed: [{ id: 'mine', value: false }],
  });
  expect(describeReport(report)).toMatch(/Left out +blockInternetFiles: only the hive of the user/);

  const warning = { code: 'unconfirmedUserPolicy', data: { userSid: ALICE, rules: 1, settings: 3 } };
  expect(agent.status(caller()).warnings).toMatchObject([warning]);
  expect(agent.status(ADMINISTRATOR).warnings).toMatchObject([warning]);
  expect(agent.status(caller({ user: BOB })).warnings).toEqual([]);
  expect(machine.records().filter(({ event }) => event === 'policyFault')).toMatchObject([
    {
      userSid: ALICE,
      errorCode: 'EPM_POLICY_UNCONFIRMED',
      message: expect.stringMatching(/1 rule \(".+"\); 3 settings \("enabled", /) as string,
    },
  ]);
  expect(machine.log).toContainEqual(
    expect.objectContaining({ level: 'warning', event: 'userPolicyNotUsed' }) as unknown,
  );
  await agent.stop();
});

it('records it once, and again when something else is left out; nothing once it is confirmed', async () => {
  const machine = new FakeMachine().withRule();
  machine.policies = [DENY_ALL, HIVE];
  const { agent, changed, outcome } = await start(machine);
  const told = () => machine.records().filter(({ event }) => event === 'policyFault').length;
  machine.policies = [{ ...DENY_ALL, id: 'other' }, HIVE];
  await changed();
  expect(told()).toBe(1);
  machine.policies = [DENY_ALL, { ...HIVE, rules: [SETUP_RULE, { ...SETUP_RULE, name: 'Two' }] }];
  await changed();
  expect(told()).toBe(2);
  const { trust: _, ...confirmed } = HIVE;
  machine.policies = [DENY_ALL, confirmed];
  await changed();
  expect([told(), agent.status(caller()).warnings]).toEqual([2, []]);
  expect(await outcome()).toBe('started');
  await agent.stop();
});

it('lets a hive deny what the device allows, without a warning', async () => {
  const machine = new FakeMachine().withRule();
  const deny = { name: 'No', type: 'deny', fileName: 'setup.exe' } as const;
  machine.policies = [...machine.policies, { ...HIVE, settings: { blockInternetFiles: true }, rules: [deny] }];
  const { agent, outcome } = await start(machine);
  expect(await outcome()).toBe('denied');
  expect(await outcome(caller({ user: BOB }))).toBe('started');
  expect(agent.status(caller()).warnings).toEqual([]);
  await agent.stop();
});

it('names a few of many, so that a hive cannot fill a message', async () => {
  const machine = new FakeMachine().withRule();
  const rules = Array.from({ length: 500 }, (_, index) => ({ ...SETUP_RULE, name: `${index} ${'x'.repeat(200)}` }));
  machine.policies = [DENY_ALL, { ...HIVE, rules }];
  const { agent } = await start(machine);
  const [warning] = agent.status(caller()).warnings;
  expect(warning?.data).toMatchObject({ rules: 500 });
  expect(warning?.message).toContain('500 rules');
  expect(warning?.message.length).toBeLessThan(1000);
  await agent.stop();
});
