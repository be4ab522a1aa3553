/**
 * The agent looks again by itself at a policy that it could not read: Wine does not tell of changed permissions, nor does
 * Windows of those of keys above. The build for the test bed does it after two seconds, the ordinary one after thirty.
 */
import { expect, it } from 'vitest';
import { describeWindows } from '../bed/index.ts';
import { TRUSTED } from './policy-keys.ts';
import { USER, USER_KEY, UserPolicyUnderTest } from './user-policy-under-test.ts';

describeWindows('AC-76 a policy whose repair nobody tells the agent of', ['epm'], (bed) => {
  it('counts after the next look', async () => {
    const test = await UserPolicyUnderTest.make(bed());
    await test.inHive([{ sddl: `${TRUSTED}(A;;KA;;;${USER})` }], USER_KEY);
    await test.agent.start();
    try {
      await test.untilStatus({ state: 'degraded', rules: 0 });
      expect(await test.outcome()).toBe('notManaged');
      await test.inHive([{ sddl: TRUSTED }], USER_KEY);
      await test.untilStatus({ state: 'running', rules: 2 });
      expect(await test.outcome()).toBe('denied');
    } finally {
      await test.agent.stop();
    }
  });
});
