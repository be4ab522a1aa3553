/** Policies from wherever a verb is pointed: a file in any form, standard input, or on Windows a key of the registry. */
import { EpmError } from '../../model/errors.ts';
import type { PolicyForm, ReadPolicies } from '../../policy/form.ts';
import { readPolicies } from '../../policy/forms.ts';
import { fullKeyName, policyFromTree, scopeOfKey } from '../../policy/policy-keys.ts';
import { loadDlls, readTree } from '../../windows/index.ts';
import type { Io } from '../io.ts';
import { readBytes } from './read-file.ts';

/** Bytes of one input. The longest policy file in UTF-16 has half of it. */
const LONGEST_INPUT = 64 * 1024 * 1024;

export interface PolicyInput {
  readonly from?: PolicyForm;
  /** Files with reusable settings of Graph. */
  readonly certificates?: readonly string[];
}

/**
 * Reads the policies of an input.
 * @param place a path, `-`, or the name of a policy key
 * @throws EpmError EPM_POLICY_INVALID, the codes of reading files, and for a key EPM_PLATFORM, EPM_WINDOWS_API,
 *   EPM_POLICY_UNREADABLE
 */
export async function readPoliciesFrom(
  io: Io,
  place: string,
  { from, certificates = [] }: PolicyInput,
): Promise<ReadPolicies & { readonly form: PolicyForm }> {
  if (isKeyName(place)) return { ...readKeyPolicy(place), form: 'registry' };
  const input = place === '-' ? await io.input(LONGEST_INPUT) : await readBytes(place);
  if (input.length > LONGEST_INPUT) {
    throw new EpmError('EPM_POLICY_INVALID', `The input has more than ${LONGEST_INPUT} bytes.`);
  }
  return readPolicies(input, from, { certificates: await Promise.all(certificates.map(readBytes)) });
}

function isKeyName(place: string): boolean {
  return fullKeyName(place) !== undefined && place.includes('\\');
}

function readKeyPolicy(name: string): ReadPolicies {
  const [root, ...rest] = (fullKeyName(name) ?? '').split('\\');
  const scope = scopeOfKey([root, ...rest].join('\\'));
  const hive = root === 'HKEY_LOCAL_MACHINE' ? 'HKLM' : root === 'HKEY_USERS' ? 'HKU' : undefined;
  if (scope === undefined || hive === undefined) {
    throw new EpmError('EPM_ARGUMENT', `"${name.slice(0, 256)}" is not the key of a policy.`, {
      hint: 'Give HKLM\\Software\\Policies\\EPM or HKU\\<SID>\\Software\\Policies\\EPM.',
    });
  }
  const tree = readTree(loadDlls().advapi32, hive, rest.join('\\'));
  if (tree === undefined) {
    throw new EpmError('EPM_POLICY_INVALID', `There is no key ${name.slice(0, 256)}: no policy of this scope.`, {
      hint: 'Deliver a policy first.',
    });
  }
  return { policies: [policyFromTree(tree, scope)], problems: [] };
}
