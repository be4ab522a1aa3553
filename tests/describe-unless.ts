/** Groups of tests that need what a machine may lack. */
import { describe } from 'vitest';

/**
 * A group, or the same group skipped; the reporter reads the reason from the name.
 * @param reason what is lacking; undefined: nothing is
 */
export function describeUnless(reason: string | undefined, name: string, tests: () => void): void {
  describe(name, () => {
    if (reason === undefined) tests();
    else describe.skip(`skipped: ${reason}`, tests);
  });
}
