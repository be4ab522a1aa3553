/**
 * The isolated account of an elevation, computed. Its SID is derived from the machine's secret, the requester and what
 * policy counts as one scope, usually the rule, so that the same person gets the same account (and profile) for the same
 * rule and nobody can predict or claim it.
 */
import { createHmac } from 'node:crypto';
import { sid, type Sid } from '../model/brands.ts';
import { HARMLESS_PRIVILEGES, PRIVILEGES, type Privilege } from '../model/privileges.ts';
import { namesOf } from '../model/rule-action.ts';
import { DOMAIN_SID, MARKER_GROUP } from './account-sids.ts';
import type { VerifiedCaller } from './caller.ts';
import type { Permission } from './permission.ts';
import type { AccountDomain, AccountRequest, LogonKind, Machine } from './ports.ts';

/** A base and five more: SECURITY_VIRTUALACCOUNT_ID_RID_COUNT in winnt.h. */
const SUB_AUTHORITIES = 5;
const GROUP_NAME = 'Elevated';
/** The domain of accounts where nothing else has its name and SID. */
export const PREFERRED_DOMAIN: AccountDomain = { name: 'EPM', sid: DOMAIN_SID };

type OriginTerms = Pick<Permission, 'basis' | 'accountScope'>;

/**
 * Logons to try, in this order. A logon at the console needs a right that hardened machines give to few. Under
 * Administrator Protection its full half belongs to another account, and the question for it alone logs that one on; a
 * service logon has no halves.
 */
function logonsFor(administratorProtection: boolean | null): readonly LogonKind[] {
  return administratorProtection === true ? ['service'] : ['interactive', 'service'];
}

interface AccountTerms {
  readonly requestId: string;
  readonly caller: Pick<VerifiedCaller, 'sid' | 'accountName' | 'session' | 'logonSid'>;
  /** The basis, and what policy says of the token. */
  readonly decision: Pick<Permission, 'basis' | 'accountScope' | 'reducedPrivileges'>;
  readonly machine: Pick<Machine, 'secret' | 'administratorProtection'>;
  readonly domain: AccountDomain;
}

/** Describes the token of one elevation. */
export function accountFor({ requestId, caller, decision, machine, domain }: AccountTerms): AccountRequest {
  return {
    ...describeAccount(originOf(decision, requestId), { requestId, caller, machine, domain }),
    removePrivileges: removedPrivileges(decision.reducedPrivileges),
    isAdministrator: true,
  };
}

/** Privileges of the account under which a person is asked: that of passing through folders, which everybody has. */
const WINDOW_PRIVILEGES: readonly Privilege[] = ['SeChangeNotifyPrivilege'];

/**
 * Describes the account under which a person is asked on a desktop of its own: isolated like that of an elevated program,
 * and without any right of an administrator.
 */
export function windowAccountFor(terms: Omit<AccountTerms, 'decision'>): AccountRequest {
  return {
    ...describeAccount(['consentWindow'], terms),
    removePrivileges: namesOf(PRIVILEGES).filter((name) => !WINDOW_PRIVILEGES.includes(name)),
    isAdministrator: false,
  };
}

/** @param origin what the uses of one account have in common besides the requester */
function describeAccount(
  origin: readonly string[],
  { requestId, caller, machine, domain }: Omit<AccountTerms, 'decision'>,
): Omit<AccountRequest, 'removePrivileges' | 'isAdministrator'> {
  const key = accountKey(machine.secret, [...origin, caller.sid]);
  const accountSid = sid([domain.sid, ...subAuthorities(key)].join('-'));
  return {
    domainName: domain.name,
    domainSid: domain.sid,
    accountName: accountName(caller.accountName, key),
    accountSid,
    groupName: GROUP_NAME,
    groupSid: MARKER_GROUP,
    logonSid: caller.logonSid,
    session: caller.session,
    logons: logonsFor(machine.administratorProtection()),
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

/**
 * Security of the process: the system and the owner of what it makes, and nothing for lower integrity levels.
 * @param level of the process, as SDDL names it: high, or medium
 */
export function processSecurity(owner: Sid, level: 'HI' | 'ME' = 'HI'): string {
  return `${OWNED_BY_SYSTEM}(A;;0x1fffff;;;SY)(A;;0x1fffff;;;${owner})S:(ML;;NWNRNX;;;${level})`;
}

/** Security of the token object: the account may use its own token and not open it to others. */
export function tokenSecurity(owner: Sid): string {
  return `${OWNED_BY_SYSTEM}(A;;GA;;;SY)(A;;${OWN_TOKEN};;;${owner})`;
}

/**
 * What tells an account from others of its domain.
 * @param origin what elevations with one account have in common besides the requester
 */
export function accountNumbers(secret: Uint8Array, origin: readonly string[], requester: Sid): string {
  return subAuthorities(accountKey(secret, [...origin, requester])).join('-');
}

/** What elevations with one account have in common besides the requester. */
export function originOf({ accountScope, basis }: OriginTerms, requestId: string): readonly string[] {
  if (accountScope === 'user') return [accountScope];
  if (accountScope === 'launch') return [accountScope, requestId];
  const origin =
    basis.kind === 'rule' ? ['rule', basis.rule.scope, basis.rule.policyId, basis.rule.name] : [basis.kind];
  return ['userAndRule', ...origin];
}

/** HMAC-SHA256 of the parts. JSON keeps them apart whatever they contain. */
function accountKey(secret: Uint8Array, parts: readonly string[]): Buffer {
  return createHmac('sha256', secret).update(JSON.stringify(parts), 'utf8').digest();
}

/** Privileges to remove, not only to disable: none, or all but the harmless and those that the rule keeps. */
function removedPrivileges(reduced: Permission['reducedPrivileges']): readonly Privilege[] {
  if (reduced === undefined) return [];
  const kept = new Set<Privilege>([...HARMLESS_PRIVILEGES, ...reduced.keep]);
  return namesOf(PRIVILEGES).filter((name) => !kept.has(name));
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
