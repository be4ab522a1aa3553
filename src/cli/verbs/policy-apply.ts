import { EpmError } from '../../model/errors.ts';
import { LISTS, POLICY_KEY } from '../../policy/declaration.ts';
import { toPolicyDocuments } from '../../policy/policy-file.ts';
import { writePolicy } from '../../policy/registry-policy.ts';
import { loadDlls, replaceTree } from '../../windows/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json } from '../output.ts';
import { checkPolicy } from './check-policy.ts';
import { readPolicyFile } from './read-file.ts';

/**
 * Checks a policy file and makes it the policy of this machine. Approvals in the registry stay.
 * @throws EpmError EPM_POLICY_INVALID, EPM_POLICY_RULE_REJECTED, EPM_NOT_ADMINISTRATOR, EPM_PLATFORM, EPM_WINDOWS_API;
 * then nothing was changed, except for the last
 */
export async function policyApply(io: Io, path: string, options: { readonly json?: true }): Promise<ExitCode> {
  const policy = await readPolicyFile(path);
  const [problem] = policy.problems;
  if (problem !== undefined) {
    throw new EpmError('EPM_POLICY_INVALID', `Line ${problem.line} of "${path}" cannot be taken: ${problem.message}`, {
      hint: 'Check the file with `epm policy show --policy FILE`; nothing was changed.',
    });
  }
  const [rejected] = checkPolicy(policy).rejected;
  if (rejected !== undefined) {
    throw new EpmError(
      'EPM_POLICY_RULE_REJECTED',
      `Rule "${rejected.name}" cannot be taken: ${rejected.reasons[0]?.message ?? ''}`,
      {
        hint: 'Check the file with `epm policy show --policy FILE`; nothing was changed.',
      },
    );
  }
  const [document] = toPolicyDocuments(policy, { kind: 'device' });
  if (document === undefined) throw new EpmError('EPM_POLICY_INVALID', `"${path}" holds no policy.`);
  const snapshot = writePolicy(document);
  replaceTree(loadDlls().advapi32, 'HKLM', POLICY_KEY, snapshot, [LISTS.grants.subkey]);
  const summary = { policy: document.id, rules: document.rules.length, key: `HKLM\\${POLICY_KEY}` };
  io.out(
    options.json === true
      ? json(summary)
      : `Policy ${summary.policy} with ${summary.rules} rules is written to ${summary.key}.\n`,
  );
  return EXIT.done;
}
