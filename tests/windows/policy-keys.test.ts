/** What happens to the policy in force while its keys are half there, damaged or taken away. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { device, KEY, rule, RULES } from './policy-keys.ts';
import { DENY_RULE, PolicyUnderTest } from './policy-under-test.ts';
import { changeRegistry, REG, registryText } from './registry-steps.ts';

describeWindows('AC-76 policy keys that cannot be used', ['epm'], (bed) => {
  let test: PolicyUnderTest;

  beforeAll(async () => {
    test = await PolicyUnderTest.start(bed());
  });
  afterAll(async () => test.agent.stop());

  it('is about a policy that denies one program and elevates another', async () => {
    await test.expectDenied();
    expect(await test.elevated()).toBe(true);
  });

  it('keeps the last good policy while the keys are gone whole', async () => {
    await bed().deleteRegistry(`HKLM\\${KEY}`);
    await test.expectKept('EPM_POLICY_MISSING');
    const { output } = await test.agent.verb(['status']);
    expect(output).toMatch(/^Agent +\S+, degraded/m);
    expect(output).toMatch(/^Policy fault +since \S+Z \(\d+ seconds?\)\r?$/m);
    expect(output).toMatch(/^Warning: .*EPM_POLICY_MISSING.* last good policy stays in force\.\r?$/m);
    const shown = await test.agent.verb(['policy', 'show']);
    expect(shown.exitCode).toBe(1);
    expect(shown.output).toMatch(
      /^The delivered policy cannot be used since \S+Z \(\d+ seconds?\); the last good one stays/,
    );
    expect(shown.output).toMatch(/^Read +\S+Z\r?$/m);
    await test.repair();
  });

  it('keeps it while the list of rules has another shape than a list', async () => {
    await changeRegistry(test.agent, [
      device({ name: 'x', type: REG.SZ, data: registryText('{}') }, `${RULES}\\Below`),
    ]);
    await test.expectKept('EPM_POLICY_INVALID');
    await bed().deleteRegistry(`HKLM\\${RULES}\\Below`);
    await test.repair();
  });

  it('keeps it while a value is larger than anything that is read', async () => {
    await changeRegistry(test.agent, [rule('Huge', 'x'.repeat(600_000))]);
    await test.expectKept('EPM_POLICY_UNREADABLE');
    await test.repair();
  });

  it('takes an older policy that comes back, and the audit shows which', async () => {
    const before = (await test.status())['policyDigest'];
    await test.agent.writeByHand({ ...test.policy, id: 'newer', rules: [DENY_RULE] });
    await test.agent.untilRules(1);
    await test.repair();
    expect((await test.status())['policyDigest']).toBe(before);
    const changes = (await test.agent.records()).filter(({ event }) => event === 'policyChanged');
    expect(changes.at(-1)?.['message']).toContain(String(before).slice(0, 16));
  });
});
