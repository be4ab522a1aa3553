/** Policies in the hives of users: whom they apply to, when they count, and what ends that. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows, identitySid } from '../bed/index.ts';
import { PROGRAM } from './agent-under-test.ts';
import { device, RULES, SECRET, touch, TRUSTED } from './policy-keys.ts';
import { changeRegistry, REG, registryText } from './registry-steps.ts';
import { DENY_PROBE, mine, USER, USER_KEY, UserPolicyUnderTest } from './user-policy-under-test.ts';
import { eventually } from '../eventually.ts';

const PROFILES = 'Software\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList';
const WARNING: unknown = expect.objectContaining({
  code: 'policyFault',
  data: { errorCode: 'EPM_POLICY_UNREADABLE', lastGood: true },
});

describeWindows('AC-76 policies in hives of users', ['epm'], (bed) => {
  let test: UserPolicyUnderTest;

  beforeAll(async () => {
    test = await UserPolicyUnderTest.make(bed());
    await test.agent.start();
    await test.agent.untilRules(2);
  });
  afterAll(async () => test.agent.stop());

  it('apply to their user alone', async () => {
    expect(await test.outcome()).toBe('denied');
    const { body } = await test.agent.ask('elevate', { path: PROGRAM, wait: true }, 'otherUser');
    expect(body).toMatchObject({ outcome: 'finished' });
  });

  it.each([
    ['the user may write the list', `${USER_KEY}\\Rules`, `${TRUSTED}(A;;KA;;;${USER})`],
    ['the user may write the parent', `${USER}\\Software\\Policies`, `${TRUSTED}(A;;0x4;;;${USER})`],
    ['everyone may write the key', USER_KEY, `${TRUSTED}(A;;0x2;;;WD)`],
    ['the user may change its permissions', USER_KEY, `${TRUSTED}(A;;WD;;;${USER})`],
    ['the user owns it', USER_KEY, TRUSTED.replace('O:BA', `O:${USER}`)],
  ])('are not read any more when %s, and what was added then has no effect', async (_why, key, sddl) => {
    const told = test.log().split('userPolicyNotUsed').length;
    await test.inHive([{ sddl }], key);
    const allow = `{"type":"automatic","fileName":"probe.exe","fileHash":"${test.agent.putProbe()}"}`;
    await test.inHive([mine(allow)]);
    await eventually(() => expect(test.log().split('userPolicyNotUsed').length).toBeGreaterThan(told));
    // The user's last good policy stays, and with it the deny.
    expect(await test.outcome()).toBe('denied');
    expect(await test.agent.ask('status')).toMatchObject({
      body: { state: 'degraded', rules: 2, warnings: expect.arrayContaining([WARNING]) as unknown },
    });
    const others = await test.agent.ask('status', {}, 'otherUser');
    expect(others).toMatchObject({ body: { state: 'running' } });
    expect(JSON.stringify(others.body['warnings'])).not.toContain(USER);
    const faults = (await test.agent.records()).filter(({ event }) => event === 'policyFault');
    expect(faults.at(-1)).toMatchObject({ userSid: USER, errorCode: 'EPM_POLICY_UNREADABLE' });

    await test.inHive([{ sddl: TRUSTED }], key);
    await test.inHive([DENY_PROBE]);
    await test.untilStatus({ state: 'running', rules: 2 });
    expect((await test.agent.ask('policy')).body['rules']).toContainEqual(
      expect.objectContaining({ name: 'Mine', type: 'deny' }),
    );
  });

  it('AC-77 put nothing into force for the user when the agent never saw them good', async () => {
    await test.agent.stop();
    await test.inHive([{ sddl: `${TRUSTED}(A;;KA;;;${USER})` }], USER_KEY);
    await test.agent.start();
    expect((await test.agent.ask('policy')).body).toMatchObject({
      rules: [],
      fault: { code: 'EPM_POLICY_UNREADABLE' },
    });
    expect(await test.outcome()).toBe('notManaged');
    expect((await test.agent.ask('status')).body['warnings']).toContainEqual(
      expect.objectContaining({
        code: 'policyFault',
        message: expect.stringContaining(`${USER} may change it.`) as string,
        data: { errorCode: 'EPM_POLICY_UNREADABLE', lastGood: false },
      }),
    );
    expect((await test.agent.ask('policy', {}, 'otherUser')).body['rules']).toEqual([
      expect.objectContaining({ name: 'Probe', scope: 'device' }),
    ]);
    expect(test.log()).toMatch(new RegExp(`userPolicyNotUsed.*EPM_POLICY_UNREADABLE.*because ${USER} may change it`));
    await test.inHive([{ sddl: TRUSTED }], USER_KEY);
    // Only a value that differs is a change.
    await test.inHive([mine('{"type":"deny","fileName":"PROBE.exe"}')]);
    await test.untilStatus({ state: 'running', rules: 2 });
    expect(await test.outcome()).toBe('denied');
  });

  it('count as they come although the device’s policy cannot be read', async () => {
    await test.inHive([mine('{"type":"deny","fileName":"other.exe"}')]);
    await test.untilOutcome('finished');
    await changeRegistry(test.agent, [device({ sddl: SECRET }, RULES), touch()]);
    await test.untilStatus({ state: 'degraded' });
    expect(await test.outcome()).toBe('finished');
    await test.inHive([DENY_PROBE]);
    await test.untilOutcome('denied');
    await changeRegistry(test.agent, [device({ sddl: TRUSTED }, RULES), touch()]);
    await test.untilStatus({ state: 'running' });
  });

  it('come with a hive that is loaded while the agent runs, and go with it', async () => {
    const other = identitySid.otherUser;
    const own = expect.objectContaining({ name: 'Own' }) as unknown;
    const rulesOfOther = async (): Promise<unknown> => (await test.agent.ask('policy', {}, 'otherUser')).body['rules'];
    const rule = { name: 'Own', type: REG.SZ, data: registryText('{"type":"deny","fileName":"probe.exe"}') };
    const comes = () => changeRegistry(test.agent, [{ root: 'HKU', key: `${other}\\${RULES}`, ...rule }], 'system');
    await comes();
    await bed().setRegistry(`HKLM\\${PROFILES}\\${other}`, 'State', 'REG_DWORD', '1');
    await eventually(async () => expect(await rulesOfOther()).toContainEqual(own));
    await bed().deleteRegistry(`HKU\\${other}`);
    await bed().setRegistry(`HKLM\\${PROFILES}\\${other}`, 'State', 'REG_DWORD', '2');
    await eventually(async () => expect(await rulesOfOther()).not.toContainEqual(own));
    // Nothing has told that the user is there again; the request has to.
    await comes();
    expect((await test.agent.ask('elevate', { path: PROGRAM }, 'otherUser')).body).toMatchObject({ outcome: 'denied' });
  });
});
