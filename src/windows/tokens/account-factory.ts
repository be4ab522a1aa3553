import { ACCOUNT_DOMAINS } from '../../agent/account-sids.ts';
import type {
  AccountDomain,
  AccountFactory,
  AccountRequest,
  AccountToken,
  LogonKind,
  StateStore,
  TokenFacts,
} from '../../agent/ports.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32 } from '../dll/win32-error.ts';
import { profileState } from '../machine/accounts.ts';
import { AccountEnvironments } from './account-environments.ts';
import { type AccountName, AccountNames } from './account-names.ts';
import { sweepServiceRights, withServiceRight } from './service-right.ts';
import { tokenFacts } from './token-facts.ts';

/** An account token of this adapter; `number` is what the native part calls it. */
export interface NativeToken extends AccountToken {
  readonly number: number;
}

/** Names of the domain of isolated accounts, the preferred one first: it may be that of this machine or of its domain. */
const DOMAIN_NAMES = ['EPM', 'EPM-Accounts'];

/** LOGON32_LOGON_INTERACTIVE, LOGON32_LOGON_SERVICE (winbase.h). */
const LOGONS: Readonly<Record<LogonKind, number>> = { interactive: 2, service: 5 };
/** @throws EpmError EPM_INTERNAL when the token is not one of this adapter */
export function tokenNumber(token: AccountToken): number {
  const { number } = token as Partial<NativeToken>;
  if (typeof number !== 'number') {
    throw new EpmError('EPM_INTERNAL', 'The token was not made by the account factory of this system.');
  }
  return number;
}

/**
 * Makes isolated accounts with the native part: names in the LSA and LogonUserExExW in a production build, NtCreateToken in
 * a build for the test bed.
 * @param state where it is written down which names are given
 */
export function createAccountFactory(
  { native, advapi32 }: Pick<WindowsDlls, 'native' | 'advapi32'>,
  systemRoot: string,
  state: StateStore,
): AccountFactory {
  return new NativeAccounts(native, new AccountNames(native, state), {
    environments: new AccountEnvironments((account) => profileState(advapi32, systemRoot, account)),
  });
}

class NativeAccounts implements AccountFactory {
  readonly #native: EpmNative;
  readonly #names: AccountNames;
  readonly #environments: AccountEnvironments;
  #domain: AccountDomain | undefined;

  constructor(
    native: EpmNative,
    names: AccountNames,
    { environments }: { readonly environments: AccountEnvironments },
  ) {
    this.#native = native;
    this.#names = names;
    this.#environments = environments;
  }

  domain(): AccountDomain {
    refuseWine(this.#native);
    return (this.#domain ??= this.#freeDomain());
  }

  create(request: AccountRequest): Promise<AccountToken> {
    // Everything below is synchronous: no other elevation comes between a right and the logon it is for.
    return Promise.resolve().then(() => this.#create(request));
  }

  sweep(): void {
    refuseWine(this.#native);
    let failure: unknown;
    for (const sweep of [() => sweepServiceRights(this.#native), () => this.#names.sweep()]) {
      try {
        sweep();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure as Error;
  }

  #create(request: AccountRequest): AccountToken {
    refuseWine(this.#native);
    const release = this.#hold(namesOf(request));
    try {
      return this.#logOn(request, release);
    } catch (error) {
      // The SID or name of the domain may have become another's.
      this.#domain = undefined;
      release();
      throw error;
    }
  }

  /** @throws EpmError EPM_ACCOUNT_UNAVAILABLE: an account whose names cannot be written down would stay */
  #hold(names: readonly AccountName[]): () => void {
    try {
      return this.#names.hold(names);
    } catch (cause) {
      if (!isEpmError(cause) || cause.code !== 'EPM_DATA_FOLDER') throw cause;
      throw new EpmError('EPM_ACCOUNT_UNAVAILABLE', cause.message, { cause });
    }
  }

  /**
   * Only what is somebody else's makes way for the next one: with another domain every account has another SID, and what was
   * made for the account before, such as its profile, is not found again.
   */
  #freeDomain(): AccountDomain {
    let taken: unknown;
    for (const name of DOMAIN_NAMES) {
      for (const domainSid of ACCOUNT_DOMAINS) {
        try {
          const release = this.#hold([{ domain: name, name: '', sid: domainSid }]);
          giveBack(release);
          return { name, sid: domainSid };
        } catch (error) {
          if (!isTaken(error)) throw error;
          taken = error;
        }
      }
    }
    throw taken as Error;
  }

  /** Tries the kinds of logon in their order. Each token is verified alike, so that none is a weaker one. */
  #logOn(request: AccountRequest, release: () => void): AccountToken {
    const failures: Record<string, string> = {};
    let last: unknown;
    for (const logon of request.logons) {
      try {
        return this.#logOnAs(logon, request, release);
      } catch (error) {
        if (!isEpmError(error)) throw error;
        failures[logon] = error.message;
        last = error;
      }
    }
    throw new EpmError(
      'EPM_ACCOUNT_UNAVAILABLE',
      `The account could not be logged on. ${Object.entries(failures)
        .map(([logon, message]) => `Logon ${logon}: ${message}`)
        .join(' ')}`,
      { cause: last, data: isEpmError(last) ? (last.data ?? {}) : {} },
    );
  }

  #logOnAs(logon: LogonKind, request: AccountRequest, release: () => void): AccountToken {
    const make = (): AccountToken => this.#makeToken(logon, request, release);
    if (logon === 'interactive') return make();
    return withServiceRight(this.#native, request.accountSid, make, (token) => token.close());
  }

  #makeToken(logon: LogonKind, request: AccountRequest, release: () => void): AccountToken {
    const native = this.#native;
    const number: [number] = [0];
    const answer = jsonCall(
      'epm_token_create',
      (...out) => native.epm_token_create(accountOf(request, logon), number, ...out),
      'EPM_ACCOUNT_UNAVAILABLE',
    );
    const keep = (make: () => readonly string[]): readonly string[] => this.#environments.of(request, make);
    return accountToken(native, number[0], answer, { logon, keep, release });
  }
}

/**
 * Of a domain that is free all the same: another one would make another account of the same person and rule. Its name stays
 * written down, and the tree that it is for gives it back.
 */
function giveBack(release: () => void): void {
  try {
    release();
  } catch {
    // Windows keeps the name for now.
  }
}

/** The name or the SID is somebody else's. */
function isTaken(error: unknown): boolean {
  return isEpmError(error) && error.data?.['win32'] === WIN32.ALREADY_EXISTS;
}

/** @throws EpmError EPM_WINE_REFUSED */
function refuseWine(native: Pick<EpmNative, 'epm_is_wine' | 'epm_is_test_build'>): void {
  if (native.epm_is_wine() !== 1 || native.epm_is_test_build() === 1) return;
  throw new EpmError(
    'EPM_WINE_REFUSED',
    'This is Wine: tokens and logons only pretend to be made here, so nothing is elevated.',
  );
}

/**
 * What an account needs to have a name: its domain first, because the LSA maps nothing outside of one, and so gives the
 * group none when the account is of another domain.
 */
function namesOf(request: AccountRequest): readonly AccountName[] {
  const domain = request.domainName;
  const isOfDomain = request.groupSid.startsWith(`${request.domainSid}-`);
  return [
    { domain, name: '', sid: request.domainSid },
    ...(isOfDomain ? [{ domain, name: request.groupName, sid: request.groupSid }] : []),
    { domain, name: request.accountName, sid: request.accountSid },
  ];
}

export function accountOf(
  request: AccountRequest,
  logon: LogonKind = 'interactive',
): Parameters<EpmNative['epm_token_create']>[0] {
  return {
    domain_name: request.domainName,
    domain_sid: request.domainSid,
    account_name: request.accountName,
    account_sid: request.accountSid,
    group_name: request.groupName,
    group_sid: request.groupSid,
    logon_sid: request.logonSid,
    session: request.session,
    logon_type: LOGONS[logon],
    remove_privileges: request.removePrivileges.join(','),
    default_dacl: request.defaultDacl,
    owner_sid: request.ownerSid,
    request_id: request.requestId,
    administrator: request.isAdministrator ? 1 : 0,
  };
}

interface TokenTerms {
  readonly logon: LogonKind;
  /** Gives what was made for the account before, or what it makes now. */
  readonly keep: (make: () => readonly string[]) => readonly string[];
  readonly release: () => void;
}

function accountToken(
  native: EpmNative,
  number: number,
  answer: unknown,
  { logon, keep, release }: TokenTerms,
): NativeToken {
  const token = nativeToken(native, number);
  try {
    const factory = new CheckedObject(answer, 'the account', 'EPM_ACCOUNT_UNAVAILABLE').oneOf('factory', [
      'virtualAccount',
      'testBed',
    ]);
    return { ...token, factory, logon, release, environment: () => keep(token.environment) };
  } catch (error) {
    token.close();
    throw error;
  }
}

/** What every token of the native part can be asked. */
export function nativeToken(native: EpmNative, number: number): Omit<NativeToken, 'factory' | 'logon' | 'release'> {
  let open = true;
  return {
    number,
    close() {
      if (!open) return;
      open = false;
      native.epm_token_close(number);
    },
    facts: (): TokenFacts =>
      tokenFacts(jsonCall('epm_token_facts', (...out) => native.epm_token_facts(number, ...out), 'EPM_TOKEN_REFUSED')),
    environment: () =>
      environmentOf(
        jsonCall(
          'epm_token_environment',
          (...out) => native.epm_token_environment(number, ...out),
          'EPM_ACCOUNT_UNAVAILABLE',
        ),
      ),
  };
}

/**
 * Entries of the environment block. Windows keeps the current folder of each drive in entries that start with "="
 * (GetEnvironmentStrings); those belong to the process that has them and are left out.
 */
function environmentOf(value: unknown): readonly string[] {
  return new CheckedObject(value, 'the environment', 'EPM_ACCOUNT_UNAVAILABLE')
    .texts('environment')
    .filter((entry) => entry.indexOf('=') > 0 && !entry.includes('\0'));
}
