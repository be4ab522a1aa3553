/**
 * Rights over the agent of a device, and the roles that gather them (decision R1). Names and contents of the built-in roles
 * are those of Intune, so that a group that has one there can have the same here.
 */
import type { Sid } from './brands.ts';
import { isNameOf, namesOf } from './rule-action.ts';

interface RightRow {
  /** Completes "may …". */
  readonly title: string;
  /** Resource action of Intune that allows the same. */
  readonly intuneAction: string;
}

export const RIGHTS = {
  'policy.read': { title: 'read policies', intuneAction: 'Microsoft.Intune_EpmPolicy_Read' },
  'policy.create': { title: 'create policies', intuneAction: 'Microsoft.Intune_EpmPolicy_Create' },
  'policy.update': { title: 'change policies', intuneAction: 'Microsoft.Intune_EpmPolicy_Update' },
  'policy.delete': { title: 'delete policies', intuneAction: 'Microsoft.Intune_EpmPolicy_Delete' },
  'policy.assign': { title: 'assign policies', intuneAction: 'Microsoft.Intune_EpmPolicy_Assign' },
  'policy.viewReports': { title: 'read reports and the audit', intuneAction: 'Microsoft.Intune_EpmPolicy_ViewReports' },
  'requests.view': {
    title: 'see support requests',
    intuneAction: 'Microsoft.Intune_EpmPolicy_ViewElevationRequests',
  },
  'requests.modify': {
    title: 'approve, deny and revoke support requests',
    intuneAction: 'Microsoft.Intune_EpmPolicy_ModifyElevationRequests',
  },
} as const satisfies Readonly<Record<string, RightRow>>;

export type Right = keyof typeof RIGHTS;

interface RoleRow {
  readonly title: string;
  readonly rights: readonly Right[];
}

const READING: readonly Right[] = ['policy.viewReports', 'policy.read', 'requests.view'];

export const ROLES = {
  endpointPrivilegeManager: { title: 'Endpoint Privilege Manager', rights: namesOf(RIGHTS) },
  endpointPrivilegeReader: { title: 'Endpoint Privilege Reader', rights: READING },
  endpointSecurityManager: { title: 'Endpoint Security Manager', rights: namesOf(RIGHTS) },
  readOnlyOperator: { title: 'Read Only Operator', rights: READING },
} as const satisfies Readonly<Record<string, RoleRow>>;

export type RoleName = keyof typeof ROLES;

/** Why what a caller's groups give counts for nothing in the program that asks. */
export const WITHHELD_RIGHTS = {
  notHighIntegrity: 'They give nothing here: start the program as administrator.',
  elevatedByEpm: 'They give nothing here: EPM has elevated this program for something else.',
} as const;

export type WithheldRights = keyof typeof WITHHELD_RIGHTS;

/** What policy gives to the members of a group: roles, single rights, or both. */
export interface RoleAssignment {
  readonly group: Sid;
  readonly given: readonly (RoleName | Right)[];
}

/** Administrators have this one on every device, and nobody else has any unless policy says so. */
export const ROLE_OF_ADMINISTRATORS: RoleName = 'endpointPrivilegeManager';

/** The rights that roles and rights come to, each once, in the order of the table. */
export function rightsOf(given: readonly (RoleName | Right)[]): readonly Right[] {
  const held = new Set(
    given.flatMap((each): readonly Right[] => (isNameOf(ROLES, each) ? ROLES[each].rights : [each])),
  );
  return namesOf(RIGHTS).filter((right) => held.has(right));
}
