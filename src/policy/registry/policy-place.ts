/** What a place of policy comes to: a key of the registry, as it is now, whole or not. */
import { EpmError } from '../../model/errors.ts';
import type { PolicyScope } from '../../model/policy.ts';
import { POLICY_DIGEST } from '../declaration/lists.ts';
import { digestState } from '../declaration/policy-digest.ts';
import type { PolicyMemory, PolicyPlace } from './policy-memory.ts';
import { readPolicy } from './registry-policy.ts';
import type { RegistrySnapshot } from './registry-snapshot.ts';

/**
 * @param found undefined: the key does not exist
 * @param path of the key, for people
 * @param memory what this place and others held before; the same place without a change comes to the same objects
 * @throws EpmError EPM_POLICY_INCOMPLETE when the content does not fit the digest that it carries (decision D3);
 *   EPM_POLICY_INVALID as {@link readPolicy}
 */
export function readPlace(
  found: RegistrySnapshot | undefined,
  path: string,
  scope: PolicyScope,
  memory: PolicyMemory,
): PolicyPlace {
  if (found === undefined) return { policies: [] };
  const snapshot = memory.known(path, found);
  const known = memory.placeOf(snapshot);
  if (known !== undefined) return known;
  const state = digestState(snapshot, memory.digests);
  if (state === 'differs') {
    throw new EpmError('EPM_POLICY_INCOMPLETE', `What is in ${path} does not fit its ${POLICY_DIGEST.valueName}.`, {
      data: { key: path },
    });
  }
  const policies = [readPolicy(snapshot, scope, memory.rules)];
  return memory.keep(snapshot, { policies, ...(state === 'fits' ? { isWhole: true } : {}) });
}
