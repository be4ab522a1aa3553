/**
 * What a caller may do, and why (decision R1). Rights come from groups that policy gives them to, and from being an
 * administrator. They count in a program with high integrity that EPM did not elevate: what a person's ordinary programs ask
 * for is not what the person means to administer, and a program that was elevated was so for what its rule says.
 */
import { type Sid, sid } from '../model/brands.ts';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import {
  type Right,
  RIGHTS,
  ROLE_OF_ADMINISTRATORS,
  type RoleAssignment,
  type RoleName,
  rightsOf,
} from '../model/role.ts';
import type { RoleReport } from './contract.ts';
import { ADMINISTRATORS, HIGH, hasEnabled, type VerifiedCaller } from './caller.ts';

/** A group of the caller that gives something. */
interface HeldRole {
  readonly group: string;
  readonly given: readonly (RoleName | Right)[];
}

export interface CallerRights {
  readonly rights: readonly Right[];
  /** Where they come from. */
  readonly from: readonly HeldRole[];
  /** Why groups that would give something give nothing; absent: they give it. */
  readonly withheld?: 'notHighIntegrity' | 'elevatedByEpm';
}

/**
 * @param assignments of policy
 * @param which `policyOnly`: without the built-in role of administrators
 */
export function callerRights(
  caller: VerifiedCaller,
  assignments: readonly RoleAssignment[],
  which: 'all' | 'policyOnly' = 'all',
): CallerRights {
  const { token } = caller.client;
  const held: HeldRole[] = [
    ...(which === 'all' && hasEnabled(token, ADMINISTRATORS)
      ? [{ group: ADMINISTRATORS, given: [ROLE_OF_ADMINISTRATORS] }]
      : []),
    ...assignments.filter(({ group }) => hasEnabled(token, group)),
  ];
  if (held.length === 0) return { rights: [], from: [] };
  if (caller.isElevatedByEpm) return { rights: [], from: held, withheld: 'elevatedByEpm' };
  // Wine keeps no integrity; a production build refuses such callers before.
  if ((token.integrity ?? HIGH) < HIGH) return { rights: [], from: held, withheld: 'notHighIntegrity' };
  return { rights: rightsOf(held.flatMap(({ given }) => given)), from: held };
}

/** @throws EpmError EPM_RIGHT_MISSING */
export function requireRight(rights: CallerRights, right: Right, user: Sid): void {
  if (rights.rights.includes(right)) return;
  throw new EpmError('EPM_RIGHT_MISSING', `The user ${user} may not ${RIGHTS[right].title} on this device.`, {
    data: { right, ...(rights.withheld === undefined ? {} : { withheld: rights.withheld }) },
  });
}

export function roleReport(
  { sid: user, accountName }: VerifiedCaller,
  { rights, from, withheld }: CallerRights,
  nameOf: (group: Sid) => string | undefined,
): RoleReport {
  return {
    userSid: user,
    ...defined({ userName: accountName }),
    rights,
    from: from.map(({ group, given }) => ({ group, ...defined({ groupName: nameOf(sid(group)) }), given })),
    ...defined({ withheld }),
  };
}
