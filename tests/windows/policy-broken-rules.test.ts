/** What becomes of rules whose values cannot be read, beside others that can. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { rule } from './policy-keys.ts';
import { PolicyUnderTest } from './policy-under-test.ts';
import { changeRegistry, REG } from './registry-steps.ts';

describeWindows('AC-76 rules that cannot be read', ['epm'], (bed) => {
  let test: PolicyUnderTest;

  beforeAll(async () => {
    test = await PolicyUnderTest.start(bed());
  });
  afterAll(async () => test.agent.stop());

  it.each([
    ['cut off', rule('Denied', '{"type":"deny","fileName":"denied.exe","filePath":"C:\\\\Prog')],
    ['with a member nobody knows', rule('Denied', '{"type":"deny","fileName":"denied.exe","newer":true}')],
    ['with a value of another type', rule('Denied', '{"type":"deny","fileName":"denied.exe"}', REG.EXPAND_SZ)],
    ['with a broken hash', rule('Denied', '{"type":"deny","fileName":"denied.exe","fileHash":"12"}')],
    ['of a type that is none', rule('Denied', '{"type":"alwaysDenied","fileName":"denied.exe"}')],
  ])('deny by what is left of a deny rule %s', async (_what, step) => {
    await changeRegistry(test.agent, [step]);
    await test.untilStatus({ rejectedRules: 1 });
    await test.expectDenied();
    expect(await test.elevated()).toBe(true);
    await test.repair();
  });

  it('elevate by no half of another rule', async () => {
    await changeRegistry(test.agent, [rule('Probe', '{"type":"automatic","fileName":"probe.exe","fileHash":"')]);
    await test.untilStatus({ rejectedRules: 1 });
    expect(await test.elevated()).toBe(false);
    await test.expectDenied();
    await test.repair();
  });
});
