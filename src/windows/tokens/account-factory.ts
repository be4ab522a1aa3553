import type { AccountFactory, AccountRequest, AccountToken, TokenFacts } from '../../agent/ports.ts';
import { EpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { profileState } from '../machine/accounts.ts';
import { AccountEnvironments } from './account-environments.ts';
import { tokenFacts } from './token-facts.ts';

/** An account token of this adapter; `number` is what the native part calls it. */
export interface NativeToken extends AccountToken {
  readonly number: number;
}

/**
 * Makes isolated accounts with the native part's factory: LsaManageSidNameMapping and LogonUserExExW in a production
 * build, NtCreateToken in a build for the test bed.
 */
export function createAccountFactory({ native, advapi32 }: WindowsDlls, systemRoot: string): AccountFactory {
  const environments = new AccountEnvironments((account) => profileState(advapi32, systemRoot, account));
  return {
    async create(request: AccountRequest): Promise<AccountToken> {
      if (native.epm_is_wine() === 1 && native.epm_is_test_build() !== 1) {
        throw new EpmError(
          'EPM_WINE_REFUSED',
          'This is Wine: tokens and logons only pretend to be made here, so nothing is elevated.',
        );
      }
      const token: [number] = [0];
      const answer = jsonCall(
        'epm_token_create',
        (out, capacity, length) => native.epm_token_create(accountOf(request), token, out, capacity, length),
        'EPM_ACCOUNT_UNAVAILABLE',
      );
      return accountToken(native, token[0], answer, (make) => environments.of(request, make));
    },
  };
}

export function accountOf(request: AccountRequest): Parameters<EpmNative['epm_token_create']>[0] {
  return {
    domain_name: request.domainName,
    domain_sid: request.domainSid,
    account_name: request.accountName,
    account_sid: request.accountSid,
    group_name: request.groupName,
    group_sid: request.groupSid,
    logon_sid: request.logonSid,
    session: request.session,
    allow_service_logon: request.allowServiceLogon ? 1 : 0,
    remove_privileges: request.removePrivileges.join(','),
    default_dacl: request.defaultDacl,
    owner_sid: request.ownerSid,
    request_id: request.requestId,
  };
}

/** @param keep gives what was made for the account before, or what it makes now */
function accountToken(
  native: EpmNative,
  number: number,
  answer: unknown,
  keep: (make: () => readonly string[]) => readonly string[],
): NativeToken {
  const token = nativeToken(native, number);
  try {
    const factory = new CheckedObject(answer, 'the account', 'EPM_ACCOUNT_UNAVAILABLE').oneOf('factory', [
      'virtualAccount',
      'testBed',
    ]);
    return { ...token, factory, environment: () => keep(token.environment) };
  } catch (error) {
    token.close();
    throw error;
  }
}

/** What every token of the native part can be asked. */
export function nativeToken(native: EpmNative, number: number): Omit<NativeToken, 'factory'> {
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
