/** Programs of this machine that the test bed and tests use. */
import { spawnSync } from 'node:child_process';

/** Of these programs those that are not there, as a reason; undefined when all are. */
export function whyNoTools(names: readonly string[]): string | undefined {
  // Whatever they make of the switch, they end at once.
  const missing = names.filter((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).error !== undefined);
  return missing.length === 0 ? undefined : `not installed: ${missing.join(', ')} (npm run bootstrap)`;
}
