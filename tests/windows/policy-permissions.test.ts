/** What happens to the policy in force while the agent may not read its keys, or others may write them. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { PROGRAM } from './agent-under-test.ts';
import { device, KEY, RULES, SECRET, touch, TRUSTED } from './policy-keys.ts';
import { DENIED, DENY_RULE, PolicyUnderTest } from './policy-under-test.ts';
import { changeRegistry } from './registry-steps.ts';

describeWindows('AC-76 policy keys that are not to be trusted', ['epm'], (bed) => {
  let test: PolicyUnderTest;

  beforeAll(async () => {
    test = await PolicyUnderTest.start(bed());
  });
  afterAll(async () => test.agent.stop());

  it('leave the last good policy in force while the agent may not read a key', async () => {
    await changeRegistry(test.agent, [device({ sddl: SECRET }, RULES), touch()]);
    await test.expectKept('EPM_POLICY_UNREADABLE');
    await changeRegistry(test.agent, [device({ sddl: TRUSTED }, RULES)]);
    await test.repair();
  });

  it.each([
    ['the key', KEY, `${TRUSTED}(A;;KA;;;BU)`, 'S-1-5-32-545'],
    ['the list of rules', RULES, `${TRUSTED}(A;;KW;;;AU)`, 'S-1-5-11'],
    ['the parent key', 'Software\\Policies', `${TRUSTED}(A;CI;0x4;;;WD)`, 'S-1-1-0'],
  ])('leave it in force while users may write %s', async (_what, key, sddl, writer) => {
    await changeRegistry(test.agent, [device({ sddl }, key), touch()]);
    await test.expectKept('EPM_POLICY_UNREADABLE');
    expect((await test.agent.ask('policy')).body['fault']).toMatchObject({ data: { writer } });
    await changeRegistry(test.agent, [device({ sddl: TRUSTED }, key)]);
    await test.repair();
  });

  it('AC-77 let nothing be elevated after a start at which they cannot be read, and the agent says so', async () => {
    await test.agent.stop();
    await changeRegistry(test.agent, [device({ sddl: SECRET }), touch()]);
    const before = test.agent.probeRuns();
    await test.agent.start();
    const found = await test.status();
    expect(found).toMatchObject({ state: 'degraded', clientState: 'noPolicy', rules: 0 });
    expect(found).not.toHaveProperty('policyLastRead');
    expect(found['warnings']).toContainEqual(
      expect.objectContaining({ code: 'policyFault', data: { errorCode: 'EPM_POLICY_UNREADABLE', lastGood: false } }),
    );
    for (const path of [PROGRAM, DENIED]) {
      expect((await test.agent.ask('elevate', { path, wait: true })).body).toMatchObject({ outcome: 'notManaged' });
    }
    expect(test.agent.probeRuns()).toBe(before);
    expect((await test.agent.verb(['status'])).output).toMatch(/^Policy read +never whole/m);
    await changeRegistry(test.agent, [device({ sddl: TRUSTED })]);
    await test.repair();
    await test.expectDenied();
    // The key that could not be watched at the start is watched now.
    await test.agent.writeByHand({ ...test.policy, rules: [DENY_RULE] });
    await test.agent.untilRules(1);
  });
});
