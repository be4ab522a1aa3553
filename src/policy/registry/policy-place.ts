/** What a place of policy comes to: a key of the registry, as it is now, whole or not. */
import { EpmError } from '../../model/errors.ts';
import type { PolicyDocument, PolicyScope } from '../../model/policy.ts';
import { POLICY_DIGEST } from '../declaration/lists.ts';
import { digestState } from '../declaration/policy-digest.ts';
import { readPolicy } from './registry-policy.ts';
import type { RegistrySnapshot } from './registry-snapshot.ts';

export interface PolicyPlace {
  /** None, or one. */
  readonly policies: readonly PolicyDocument[];
  /** The place carries a digest, which its policy fits. */
  readonly isWhole?: true;
}

/**
 * @param snapshot undefined: the key does not exist
 * @param path of the key, for people
 * @throws EpmError EPM_POLICY_INCOMPLETE when the content does not fit the digest that it carries (decision D3);
 *   EPM_POLICY_INVALID as {@link readPolicy}
 */
export function readPlace(snapshot: RegistrySnapshot | undefined, path: string, scope: PolicyScope): PolicyPlace {
  if (snapshot === undefined) return { policies: [] };
  const state = digestState(snapshot);
  if (state === 'differs') {
    throw new EpmError('EPM_POLICY_INCOMPLETE', `What is in ${path} does not fit its ${POLICY_DIGEST.valueName}.`, {
      data: { key: path },
    });
  }
  return { policies: [readPolicy(snapshot, scope)], ...(state === 'fits' ? { isWhole: true } : {}) };
}
