import type { Caller, TokenFacts } from '../../agent/ports.ts';
import { sid } from '../../model/brands.ts';
import type { ErrorCode } from '../../model/error-codes.ts';
import { CheckedObject } from '../checked-json.ts';

const MAX_UINT32 = 0xffff_ffff;
/** A SID in string form ([MS-DTYP] 2.4.2.1), or nothing where a token need not have one. */
const SID = /^S-1-[0-9A-Fa-fx]{1,14}(?:-\d{1,10}){1,15}$/;
const SID_OR_EMPTY = /^(?:S-1-[0-9A-Fa-fx]{1,14}(?:-\d{1,10}){1,15})?$/;
const LUID = /^[0-9a-fA-F]{16}$/;

/**
 * Checks the native part's description of a token (epm_token_facts).
 * @throws EpmError `code` when a fact is absent or malformed
 */
export function tokenFacts(value: unknown, code: ErrorCode = 'EPM_TOKEN_REFUSED'): TokenFacts {
  return tokenFactsOf(new CheckedObject(value, 'a token', code));
}

export function tokenFactsOf(token: CheckedObject): TokenFacts {
  return {
    user: sid(token.matching('user', SID)),
    groups: token.objects('groups').map((group) => ({
      sid: group.matching('sid', SID),
      attributes: group.integer('attributes', 0, MAX_UINT32),
    })),
    privileges: token.objects('privileges').map((privilege) => ({
      name: privilege.text('name'),
      attributes: privilege.integer('attributes', 0, MAX_UINT32),
    })),
    integrity: token.integerOrNull('integrity', 0, 0xffff),
    session: token.integer('session', 0, MAX_UINT32),
    type: token.oneOf('type', ['primary', 'impersonation']),
    elevated: token.booleanOrNull('elevated'),
    elevationType: token.integerOrNull('elevationType', 1, 3),
    authenticationId: token.matchingOrNull('authenticationId', LUID),
    logonSid: token.matching('logonSid', SID_OR_EMPTY),
    owner: token.matching('owner', SID),
    primaryGroup: token.matching('primaryGroup', SID),
    defaultDacl: token.text('defaultDacl'),
    appContainer: token.booleanOrNull('appContainer'),
    restricted: token.booleanOrNull('restricted'),
    virtualizationEnabled: token.booleanOrNull('virtualizationEnabled'),
    mandatoryPolicy: token.integerOrNull('mandatoryPolicy', 0, MAX_UINT32),
    source: token.textOrNull('source'),
    securityAttributes: token.textsOrNull('securityAttributes'),
  };
}

/**
 * Checks the native part's description of a client (epm_pipe_caller).
 * @throws EpmError EPM_CALLER_UNKNOWN
 */
export function callerFacts(value: unknown): Omit<Caller, 'pipe'> {
  const caller = new CheckedObject(value, 'the caller', 'EPM_CALLER_UNKNOWN');
  return {
    token: tokenFactsOf(caller.object('token')),
    impersonationLevel: caller.integer('impersonationLevel', 0, 3),
    processId: caller.integer('processId', 0, MAX_UINT32),
  };
}
