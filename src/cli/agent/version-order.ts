/** Which version of EPM may take the place of which. */
import { compareVersions, parseRuleVersion } from '../../engine/version.ts';
import { EpmError } from '../../model/errors.ts';
import { VERSION } from '../version.ts';

/**
 * Refuses to go back behind a version that was in service: what was mended since would be open again.
 * @param recorded version that was put into service last; undefined: none
 * @throws EpmError EPM_DOWNGRADE
 */
export function requireNoDowngrade(recorded: string | undefined, version: string = VERSION): void {
  if (recorded === undefined) return;
  const [before, now] = [parseRuleVersion(recorded), parseRuleVersion(version)];
  // A record that is not a version is none of ours, and gives no way around.
  if (before !== undefined && now !== undefined && compareVersions(now, before) >= 0) return;
  throw new EpmError('EPM_DOWNGRADE', `Version ${recorded.slice(0, 32)} was installed here, and this is ${version}.`, {
    data: { recorded: recorded.slice(0, 32), version },
  });
}
