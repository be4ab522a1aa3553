/** The account that an elevated program runs as, and its token. */
import { EpmError, isEpmError } from '../model/errors.ts';
import { accountFor, PREFERRED_DOMAIN } from './account.ts';
import type { Attempt } from './audit-entries.ts';
import { authenticate, type AuthenticationPorts } from './authentication.ts';
import type { VerifiedCaller } from './caller.ts';
import { asCurrentUser, currentUserEnvironment, currentUserProfile } from './current-user.ts';
import type { Permission } from './permission.ts';
import type {
  AccountDomain,
  AccountFactory,
  AccountRequest,
  AccountToken,
  LoadedProfile,
  ProfileKeeper,
} from './ports.ts';

export interface AccountPorts extends AuthenticationPorts {
  readonly accounts: AccountFactory;
  readonly profiles: ProfileKeeper;
}

interface ProgramAccount {
  readonly account: AccountRequest;
  readonly token: AccountToken;
}

/**
 * Authenticates the requester where that is asked for, and makes the token.
 * @param credential gives what was sent for the authentication; undefined: none is asked for
 * @throws EpmError those of {@link authenticate}; NoIsolatedAccount
 */
export async function makeProgramAccount(
  attempt: Attempt,
  decision: Permission,
  credential: (() => Uint8Array) | undefined,
  ports: AccountPorts,
): Promise<ProgramAccount> {
  const { caller, requestId } = attempt;
  const authenticates = decision.outcome === 'needs' && decision.requirements.includes('authentication');
  if ((authenticates || decision.identity === 'currentUser') && credential === undefined) {
    throw new EpmError('EPM_INTERNAL', 'Nobody was asked to authenticate.');
  }
  const { machine, accounts } = ports;
  // Only an isolated account needs its name.
  const domain = decision.identity === 'currentUser' ? PREFERRED_DOMAIN : freeDomain(accounts);
  const isolated = accountFor({ requestId, caller, decision, machine, domain });
  if (decision.identity === 'currentUser' && credential !== undefined) {
    const account = asCurrentUser(isolated, caller);
    return { account, token: await authenticate(credential, attempt, account, ports) };
  }
  if (credential !== undefined) (await authenticate(credential, attempt, undefined, ports)).close();
  try {
    return { account: isolated, token: await accounts.create(isolated) };
  } catch (error) {
    throw unavailable(error);
  }
}

/** No isolated account can be made on this device: a denial, and no fault of the request. */
export class NoIsolatedAccount extends Error {
  readonly reason: EpmError;

  constructor(reason: EpmError) {
    super(reason.message);
    this.reason = reason;
  }
}

function unavailable(error: unknown): unknown {
  return isEpmError(error) && error.code === 'EPM_ACCOUNT_UNAVAILABLE' ? new NoIsolatedAccount(error) : error;
}

function freeDomain(accounts: AccountFactory): AccountDomain {
  try {
    return accounts.domain();
  } catch (error) {
    throw unavailable(error);
  }
}

/**
 * The profile that the program runs with: one that the agent loads for an isolated account. Whoever is elevated as
 * themselves is signed in, and so has theirs loaded.
 * @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_ACCOUNT_UNAVAILABLE when the machine has no profile of the current user
 */
export async function loadProgramProfile(
  decision: Permission,
  { account, token }: ProgramAccount,
  caller: VerifiedCaller,
  { profiles, machine }: AccountPorts,
): Promise<LoadedProfile> {
  if (decision.identity === 'currentUser') return currentUserProfile(caller, machine);
  return profiles.load({
    account,
    token,
    requester: caller.sid,
    showUserFolders: decision.start?.showUserFolders === true,
    deleteAfterUse: decision.accountScope === 'launch',
  });
}

/**
 * @param entries `NAME=value`, as Windows makes them for the account
 * @returns those that the environment of the program may take facts of the account from
 */
export function programEnvironment(
  { identity }: Permission,
  entries: readonly string[],
  caller: VerifiedCaller,
): readonly string[] {
  return identity === 'currentUser' ? currentUserEnvironment(entries, caller) : entries;
}
