import { toPolicyDocuments, writePolicyFile } from '../../policy/policy-file.ts';
import { POLICY_KEY } from '../../policy/declaration.ts';
import { writePolicy } from '../../policy/registry-policy.ts';
import { policyOperations, renderSyncMl } from '../../policy/syncml.ts';
import { EpmError } from '../../model/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { readPolicyFile } from './read-file.ts';
import { regFile } from './reg-file.ts';

/**
 * Prints a policy file in the form of another carrier: a .reg file, the SyncML that an MDM server sends, or its own
 * canonical form.
 * @throws EpmError EPM_POLICY_INVALID, EPM_POLICY_RULE_REJECTED
 */
export async function policyRender(
  io: Io,
  path: string,
  options: { readonly to: 'reg' | 'syncml' | 'json' },
): Promise<ExitCode> {
  const [document] = toPolicyDocuments(await readPolicyFile(path), { kind: 'device' });
  if (document === undefined) throw new EpmError('EPM_POLICY_INVALID', `"${path}" holds no policy.`);
  switch (options.to) {
    case 'reg':
      io.out(regFile(`HKEY_LOCAL_MACHINE\\${POLICY_KEY}`, writePolicy(document)));
      break;
    case 'syncml':
      io.out(renderSyncMl(policyOperations(document)));
      break;
    case 'json':
      io.out(writePolicyFile(document));
      break;
  }
  return EXIT.done;
}
