/**
 * Every privilege of Windows ("Privilege Constants", winnt.h), each with who has it and what becomes of it in the token of
 * an elevated program. Lists of the engine, the agent, schemas and documentation derive from the rows.
 */
interface PrivilegeRow {
  /**
   * `administrators`: what a default installation gives Administrators or everyone ("User Rights Assignment", Microsoft
   * Learn; the elevated token of a member of Administrators). `policy`: nobody in the token has it unless the local policy
   * gives it; it is less than what Administrators have. `system`: of the system only; with it a program could be anyone.
   */
  readonly of: 'administrators' | 'policy' | 'system';
  /** Windows gives it enabled; all others must be enabled by the program. */
  readonly isEnabled?: true;
  /** Stays when the privileges of a token are reduced. */
  readonly isHarmless?: true;
  /** Opens programs of everyone, other elevated ones among them. */
  readonly reachesOthers?: true;
}

export const PRIVILEGES = {
  SeAssignPrimaryTokenPrivilege: { of: 'system' },
  SeAuditPrivilege: { of: 'policy' },
  SeBackupPrivilege: { of: 'administrators' },
  SeChangeNotifyPrivilege: { of: 'administrators', isEnabled: true, isHarmless: true },
  SeCreateGlobalPrivilege: { of: 'administrators', isEnabled: true, isHarmless: true },
  SeCreatePagefilePrivilege: { of: 'administrators', isHarmless: true },
  SeCreatePermanentPrivilege: { of: 'policy' },
  SeCreateSymbolicLinkPrivilege: { of: 'administrators', isHarmless: true },
  SeCreateTokenPrivilege: { of: 'system' },
  SeDebugPrivilege: { of: 'administrators', reachesOthers: true },
  SeDelegateSessionUserImpersonatePrivilege: { of: 'administrators', reachesOthers: true },
  SeEnableDelegationPrivilege: { of: 'policy' },
  SeImpersonatePrivilege: { of: 'administrators', isEnabled: true },
  SeIncreaseBasePriorityPrivilege: { of: 'administrators', isHarmless: true },
  SeIncreaseQuotaPrivilege: { of: 'administrators', isHarmless: true },
  SeIncreaseWorkingSetPrivilege: { of: 'administrators', isHarmless: true },
  SeLoadDriverPrivilege: { of: 'administrators' },
  SeLockMemoryPrivilege: { of: 'policy' },
  SeMachineAccountPrivilege: { of: 'policy' },
  SeManageVolumePrivilege: { of: 'administrators' },
  SeProfileSingleProcessPrivilege: { of: 'administrators', isHarmless: true },
  SeRelabelPrivilege: { of: 'system' },
  SeRemoteShutdownPrivilege: { of: 'administrators', isHarmless: true },
  SeRestorePrivilege: { of: 'administrators' },
  SeSecurityPrivilege: { of: 'administrators' },
  SeShutdownPrivilege: { of: 'administrators', isHarmless: true },
  SeSyncAgentPrivilege: { of: 'policy' },
  SeSystemEnvironmentPrivilege: { of: 'administrators' },
  SeSystemProfilePrivilege: { of: 'administrators', isHarmless: true },
  SeSystemtimePrivilege: { of: 'administrators', isHarmless: true },
  SeTakeOwnershipPrivilege: { of: 'administrators' },
  SeTcbPrivilege: { of: 'system' },
  SeTimeZonePrivilege: { of: 'administrators', isHarmless: true },
  SeTrustedCredManAccessPrivilege: { of: 'system' },
  SeUndockPrivilege: { of: 'administrators', isHarmless: true },
  SeUnsolicitedInputPrivilege: { of: 'policy' },
} as const satisfies Readonly<Record<string, PrivilegeRow>>;

export type Privilege = keyof typeof PRIVILEGES;

/** What reducing takes from Administrators, and a rule can give back. */
export type ReducedPrivilege = {
  [Name in Privilege]: (typeof PRIVILEGES)[Name] extends { readonly of: 'administrators' }
    ? (typeof PRIVILEGES)[Name] extends { readonly isHarmless: true }
      ? never
      : Name
    : never;
}[Privilege];

export function privilegeRow(name: Privilege): PrivilegeRow {
  return PRIVILEGES[name];
}

const NAMES = Object.keys(PRIVILEGES) as readonly Privilege[];

function isReduced(name: Privilege): name is ReducedPrivilege {
  return privilegeRow(name).of === 'administrators' && privilegeRow(name).isHarmless !== true;
}

/** In the order of the alphabet. */
export const REDUCED_PRIVILEGES: readonly ReducedPrivilege[] = NAMES.filter(isReduced);

/** What a token that keeps everything may hold: what Administrators have, and what the local policy gives besides. */
export const FULL_PRIVILEGES: readonly Privilege[] = NAMES.filter((name) => privilegeRow(name).of !== 'system');

/** What a reduced token may hold of itself. */
export const HARMLESS_PRIVILEGES: readonly Privilege[] = NAMES.filter((name) => privilegeRow(name).isHarmless === true);
