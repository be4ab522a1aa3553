/** The policy that decisions are made by, and what it was made of. */
import type { CompiledPolicy } from '../engine/index.ts';
import type { Sid } from '../model/brands.ts';
import type { PolicyApprovals, PolicyDocument, PolicyGrant } from '../model/policy.ts';

/** Keys, revocations, roles and receivers of the device, and the signed approvals of every place. */
interface ApprovalsInForce extends PolicyApprovals {
  readonly grants: readonly PolicyGrant[];
}

export interface PolicyInForce {
  readonly compiled: CompiledPolicy;
  readonly documents: readonly PolicyDocument[];
  readonly approvals: ApprovalsInForce;
  /** Users for whom nothing is in force, because their own policy is there and was never readable. */
  readonly withheld: ReadonlySet<Sid>;
  /** SHA-256 over the canonical form of every policy, hexadecimal; does not depend on the order of delivery. */
  readonly digest: string;
  /** Milliseconds since 1970, UTC. */
  readonly since: number;
}

/** What documents say of approvals and roles, as far as it counts (decision D1). */
export function approvalsInForce(documents: readonly PolicyDocument[]): ApprovalsInForce {
  const confirmed = documents.filter(({ trust }) => trust === undefined);
  const lists = confirmed.flatMap(({ scope, approvals }) =>
    scope.kind === 'device' && approvals !== undefined ? [approvals] : [],
  );
  return {
    approverKeys: lists.flatMap(({ approverKeys }) => approverKeys),
    revocations: lists.flatMap(({ revocations }) => revocations),
    roles: lists.flatMap(({ roles }) => roles),
    notifications: lists.flatMap(({ notifications }) => notifications),
    grants: confirmed.flatMap(({ grants = [] }) => grants),
  };
}
