/**
 * The test bed in the words of the test runner: `describeWindows` gives a group of tests a Windows to work on,
 * `windowsOnly` marks what only a real one can show. What cannot run is skipped with its reason.
 */
import { afterAll, beforeAll, describe, it, type TestContext } from 'vitest';
import { isWindows } from '../../testbed/machine.ts';
import { makeTestBed, whyNot, type Need } from '../../testbed/make-test-bed.ts';
import type { TestBed } from '../../testbed/test-bed.ts';
import { describeUnless } from '../describe-unless.ts';

export {
  identitySid,
  type Identity,
  type Outcome,
  type Program,
  type Running,
  type TestBed,
} from '../../testbed/test-bed.ts';
export { machine, projectRoot } from '../../testbed/machine.ts';
export type { Need } from '../../testbed/make-test-bed.ts';

/**
 * A group of tests with one fresh bed. `tests` receives a function that answers the bed, to be called inside a test
 * or hook. Without a Windows every test of the group is skipped and names the reason. When the last test is done the
 * bed is disposed of, and programs that were left running fail the group.
 */
export function describeWindows(name: string, needs: readonly Need[], tests: (bed: () => TestBed) => void): void {
  describe(name, () => {
    const reason = whyNot(needs);
    if (reason !== undefined) {
      // The reporter reads the reason from the name.
      describe.skip(`skipped: ${reason}`, () => {
        tests(() => {
          throw new Error(reason);
        });
      });
      return;
    }
    let bed: TestBed | undefined;
    let making: Promise<TestBed> | undefined;
    beforeAll(async () => {
      making = makeTestBed();
      bed = await making;
    });
    // Also of a bed that was finished only after the hook had run out of time.
    afterAll(async () => {
      await (await making)?.dispose();
    });
    tests(() => {
      if (bed === undefined) throw new Error('The test bed exists only inside tests and hooks.');
      return bed;
    });
  });
}

/** A group within the group of a bed that needs more than that. What it lacks is the reason why it is skipped. */
export function describeNeeding(name: string, needs: readonly Need[], tests: () => void): void {
  describeUnless(whyNot(needs), name, tests);
}

/** A test of what only the console of a bed in Wine can do, such as typing. */
export function consoleOnly(name: string, test: () => unknown): void {
  if (isWindows) it(name, (context) => context.skip('the test bed cannot type in a console of Windows'));
  else it(name, test);
}

/** A test with users whose logon the edition of the test bed plays, because Wine accepts every password. */
export function playedLogonOnly(name: string, test: () => unknown): void {
  if (isWindows) it(name, (context) => context.skip('logons are played in Wine only'));
  else it(name, test);
}

/**
 * A test that Wine would pass without enforcing what it is about, so it counts only on Windows.
 * @param reason what Wine does not enforce
 */
export function windowsOnly(name: string, reason: string, test: (context: TestContext) => unknown): void {
  if (isWindows) it(name, test);
  else it(name, (context) => context.skip(`windows-only: ${reason}`));
}
