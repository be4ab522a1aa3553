import { POLICY_KEY } from '../../policy/declaration/declaration.ts';
import { policyFromTree } from '../../policy/registry/policy-keys.ts';
import type { RegistrySnapshot } from '../../policy/registry/registry-snapshot.ts';
import { loadDlls } from '../../windows/index.ts';
import { readTree } from '../../windows/registry/snapshot.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json } from '../output/text.ts';
import { checkPolicy, shownRules } from '../input/check-policy.ts';
import { describeFile } from './policy-show.ts';

/**
 * Shows the device's policy as it is in the registry now, whoever put it there, whether or not the agent runs.
 * @returns 1 when there is none, or a rule or a setting cannot be taken
 * @throws EpmError EPM_PLATFORM elsewhere than on Windows, EPM_WINDOWS_API, EPM_POLICY_UNREADABLE, EPM_POLICY_INVALID
 */
export function policyShowRegistry(io: Io, options: { readonly json?: true }): ExitCode {
  return showTree(io, readTree(loadDlls().advapi32, 'HKLM', POLICY_KEY), options);
}

/** @param tree undefined: there is no such key */
export function showTree(io: Io, tree: RegistrySnapshot | undefined, options: { readonly json?: true }): ExitCode {
  const key = `HKLM\\${POLICY_KEY}`;
  if (tree === undefined) {
    io.out(options.json === true ? json({ key, present: false }) : `There is no ${key}: no policy for this device.\n`);
    return EXIT.negative;
  }
  const checked = checkPolicy(policyFromTree(tree, { kind: 'device' }));
  const { id, settings, problems } = checked.file;
  io.out(
    options.json === true
      ? json({ key, present: true, id, settings, rules: shownRules(checked), problems })
      : describeFile(checked),
  );
  return checked.rejected.length === 0 && problems.length === 0 ? EXIT.done : EXIT.negative;
}
