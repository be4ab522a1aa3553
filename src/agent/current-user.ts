/**
 * Elevate as current user: the requester's own account with administrator rights, in a logon session of its own. The same
 * person's other programs have the same SID, so nothing here is open to that SID: objects belong to Administrators, as
 * they do after a prompt of User Account Control, or a program of the user could change what the elevated one makes.
 */
import { sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import { ADMINISTRATORS, type VerifiedCaller } from './caller.ts';
import type { AccountRequest, LoadedProfile, Machine } from './ports.ts';

/**
 * @param account the isolated account that the elevation would have otherwise
 * @returns the same wishes for the requester's own account
 */
export function asCurrentUser(account: AccountRequest, caller: VerifiedCaller): AccountRequest {
  const [domainName, accountName] = namesOf(caller);
  return {
    ...account,
    domainName,
    accountName,
    accountSid: caller.sid,
    ownerSid: sid(ADMINISTRATORS),
    defaultDacl: 'D:(A;;GA;;;SY)(A;;GA;;;BA)',
    logons: ['interactive'],
  };
}

/**
 * The requester's own profile, by the profile list of the machine: what their registry says is theirs to write.
 * @throws EpmError EPM_ACCOUNT_UNAVAILABLE when the machine has no profile of the user
 */
export function currentUserProfile(caller: VerifiedCaller, machine: Machine): LoadedProfile {
  const folder = machine.profileFolder(caller.sid);
  if (folder === undefined) {
    throw new EpmError('EPM_ACCOUNT_UNAVAILABLE', 'The profile list of this machine has no folder for the user.', {
      hint: 'Sign out and in again; if it stays, repair the profile of the user.',
      data: { step: 'profileList' },
    });
  }
  return { folder, temporary: `${folder}\\AppData\\Local\\Temp`, release: () => Promise.resolve() };
}

/**
 * The variables that say who it is, from the machine's own configuration: what Windows makes for the account includes
 * what the user may write into their own registry.
 * @param entries `NAME=value`, as Windows makes them for the token
 */
export function currentUserEnvironment(entries: readonly string[], caller: VerifiedCaller): readonly string[] {
  const [domain, name] = namesOf(caller);
  const own = { USERDOMAIN: domain, USERNAME: name };
  const others = entries.filter((entry) => !Object.hasOwn(own, entry.slice(0, entry.indexOf('=')).toUpperCase()));
  return [...others, ...Object.entries(own).map(([variable, value]) => `${variable}=${value}`)];
}

/** Without a name, the SID stands for it. */
function namesOf({ accountName, sid: user }: VerifiedCaller): readonly [domain: string, name: string] {
  const at = accountName?.indexOf('\\') ?? -1;
  if (accountName === undefined || at < 0) return ['', accountName ?? user];
  return [accountName.slice(0, at), accountName.slice(at + 1)];
}
