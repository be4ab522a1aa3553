/** What the policies of the device say about approvals and rights (decisions D1, G3, R1). */
import type { PolicyApprovals } from '../../model/policy.ts';
import { isEpmError } from '../../model/errors.ts';
import { ApproverKeys } from '../../requests/grants/approver-keys.ts';
import type { GrantTerms } from '../../requests/grants/grant-book.ts';
import { readGrantText, type ReadGrant } from '../../requests/grants/grant-text.ts';
import { deviceSettings } from '../enablement.ts';
import type { PolicyInForce } from '../policy-in-force.ts';

/** A grant as the device knows it. */
export interface KnownGrant extends ReadGrant {
  readonly text: string;
}

/** Of the device's own place: what policy says to users of approvers and roles does not count. */
export function approvalPolicies({ documents }: PolicyInForce): readonly PolicyApprovals[] {
  return documents.flatMap(({ scope, trust, approvals }) =>
    scope.kind === 'device' && trust === undefined && approvals !== undefined ? [approvals] : [],
  );
}

/** @param unreadable called with how many texts of policy are no grants */
export function grantTerms(
  policy: PolicyInForce,
  deviceId: string,
  unreadable: (count: number) => void,
): GrantTerms<KnownGrant> {
  const parts = approvalPolicies(policy);
  const { deviceGroups, fourEyes } = deviceSettings(policy);
  const keys = parts.flatMap(({ approverKeys }) => approverKeys);
  const listed = new ApproverKeys(keys);
  const signers = new WeakMap<KnownGrant, ReturnType<typeof listed.signersOf>>();
  // Signed, so that it does not matter who delivers them; what only a hive says is left out all the same.
  const texts = policy.documents.flatMap(({ trust, grants = [] }) => (trust === undefined ? grants : []));
  const grants = texts.flatMap(({ text }) => knownGrantOrNone(text) ?? []);
  if (grants.length < texts.length) unreadable(texts.length - grants.length);
  return {
    keys,
    revocations: parts.flatMap(({ revocations }) => revocations),
    grants,
    deviceId,
    deviceGroups,
    fourEyes,
    signersOf(grant) {
      // Verifying takes long enough to be done once, and only of what somebody wants to use.
      const known = signers.get(grant) ?? listed.signersOf(grant.signed);
      signers.set(grant, known);
      return known;
    },
  };
}

/** @throws EpmError EPM_GRANT_INVALID */
export function knownGrant(text: string): KnownGrant {
  return { ...readGrantText(text), text: text.replace(/\s+/g, '') };
}

/** @returns undefined for a text that is no grant */
export function knownGrantOrNone(text: string): KnownGrant | undefined {
  try {
    return knownGrant(text);
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}
