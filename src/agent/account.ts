/**
 * The isolated account of an elevation, computed. Its SID is derived from the machine's secret, the requester and the
 * rule, so that the same person gets the same account (and profile) for the same rule and nobody can predict or claim it.
 */
import { createHmac } from 'node:crypto';
import { sid, type Sid } from '../model/brands.ts';
import type { Basis } from '../model/decision.ts';
import { DOMAIN_SID, MARKER_GROUP } from './account-sids.ts';
import type { VerifiedCaller } from './caller.ts';
import type { AccountRequest, Machine } from './ports.ts';

/** A base and five more: SECURITY_VIRTUALACCOUNT_ID_RID_COUNT in winnt.h. */
const SUB_AUTHORITIES = 5;
const DOMAIN_NAME = 'EPM';
const GROUP_NAME = 'Elevated';

/**
 * Privileges that are removed, not only disabled. Together with ALLOWED_PRIVILEGES these are all a local policy can
 * give to Administrators ("Privilege Constants", winnt.h).
 */
export const REMOVED_PRIVILEGES: readonly string[] = [
  'SeAssignPrimaryTokenPrivilege',
  'SeAuditPrivilege',
  'SeBackupPrivilege',
  'SeCreatePermanentPrivilege',
  'SeCreateTokenPrivilege',
  'SeDebugPrivilege',
  'SeDelegateSessionUserImpersonatePrivilege',
  'SeEnableDelegationPrivilege',
  'SeImpersonatePrivilege',
  'SeLoadDriverPrivilege',
  'SeLockMemoryPrivilege',
  'SeMachineAccountPrivilege',
  'SeManageVolumePrivilege',
  'SeRelabelPrivilege',
  'SeRestorePrivilege',
  'SeSecurityPrivilege',
  'SeSyncAgentPrivilege',
  'SeSystemEnvironmentPrivilege',
  'SeTakeOwnershipPrivilege',
  'SeTcbPrivilege',
  'SeTrustedCredManAccessPrivilege',
];

/** Privileges an elevated program may hold. */
export const ALLOWED_PRIVILEGES: ReadonlySet<string> = new Set([
  'SeChangeNotifyPrivilege',
  'SeCreateGlobalPrivilege',
  'SeCreatePagefilePrivilege',
  'SeCreateSymbolicLinkPrivilege',
  'SeIncreaseBasePriorityPrivilege',
  'SeIncreaseQuotaPrivilege',
  'SeIncreaseWorkingSetPrivilege',
  'SeProfileSingleProcessPrivilege',
  'SeRemoteShutdownPrivilege',
  'SeShutdownPrivilege',
  'SeSystemProfilePrivilege',
  'SeSystemtimePrivilege',
  'SeTimeZonePrivilege',
  'SeUndockPrivilege',
]);

/** Describes the token of one elevation. */
export function accountFor(caller: VerifiedCaller, basis: Basis, requestId: string, machine: Machine): AccountRequest {
  const key = accountKey(machine.secret, caller.sid, basis);
  const accountSid = sid([DOMAIN_SID, ...subAuthorities(key)].join('-'));
  return {
    domainName: DOMAIN_NAME,
    domainSid: DOMAIN_SID,
    accountName: accountName(caller.accountName, key),
    accountSid,
    groupName: GROUP_NAME,
    groupSid: MARKER_GROUP,
    logonSid: caller.logonSid,
    session: caller.session,
    allowServiceLogon: true,
    removePrivileges: REMOVED_PRIVILEGES,
    // The logon session's own default would let the requester, whose logon SID the token carries, read the objects
    // that the elevated program makes.
    defaultDacl: `D:(A;;GA;;;SY)(A;;GA;;;${accountSid})`,
    ownerSid: accountSid,
    requestId,
  };
}

/**
 * Whoever owns an object may change its permissions, and the agent's objects would belong to Administrators, which every
 * elevated program has. They belong to the system, and being the owner gives nothing but reading the permissions
 * (OWNER RIGHTS, [MS-DTYP] 2.4.2.4).
 */
const OWNED_BY_SYSTEM = 'O:SYG:SYD:P(A;;RC;;;OW)';
/** TOKEN_ALL_ACCESS (winnt.h) without changing permissions and owner. */
const OWN_TOKEN = '0x201ff';

/** Security of the process: the system and the account itself, and nothing for lower integrity levels. */
export function processSecurity(account: Sid): string {
  return `${OWNED_BY_SYSTEM}(A;;0x1fffff;;;SY)(A;;0x1fffff;;;${account})S:(ML;;NWNRNX;;;HI)`;
}

/** Security of the token object: the account may use its own token and not open it to others. */
export function tokenSecurity(account: Sid): string {
  return `${OWNED_BY_SYSTEM}(A;;GA;;;SY)(A;;${OWN_TOKEN};;;${account})`;
}

/** HMAC-SHA256 over the requester and what allowed the elevation. JSON keeps the parts apart whatever they contain. */
function accountKey(secret: Uint8Array, requester: Sid, basis: Basis): Buffer {
  const origin =
    basis.kind === 'rule' ? ['rule', basis.rule.scope, basis.rule.policyId, basis.rule.name] : [basis.kind];
  return createHmac('sha256', secret)
    .update(JSON.stringify(['userAndRule', requester, ...origin]), 'utf8')
    .digest();
}

function subAuthorities(key: Buffer): string[] {
  return Array.from({ length: SUB_AUTHORITIES }, (_, index) => String(key.readUInt32LE(index * 4)));
}

/** Readable and unique: the requester's name as far as it is plain, and a part of the key. At most 31 characters. */
function accountName(requester: string | undefined, key: Buffer): string {
  const plain = (requester ?? '')
    .slice((requester ?? '').lastIndexOf('\\') + 1)
    .replace(/[^A-Za-z0-9._-]/g, '')
    .replace(/\.+$/, '')
    .slice(0, 20);
  return `${plain === '' ? 'user' : plain}_${key.subarray(20, 25).toString('hex')}`;
}
