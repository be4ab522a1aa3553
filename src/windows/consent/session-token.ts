/** The token with which a program is started for a person who has not called the agent, where they are signed in. */
import type { AccountToken } from '../../agent/ports.ts';
import type { Sid } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';
import { type NativeToken, nativeToken } from '../tokens/account-factory.ts';

/**
 * @returns a token of a session that the user is at: active, and not locked; undefined: there is none. The caller closes it
 * @throws EpmError EPM_START_FAILED
 */
export function sessionToken(native: EpmNative, user: Sid): AccountToken | undefined {
  const number: [number] = [0];
  const answer = jsonCall(
    'epm_session_token',
    (...out) => native.epm_session_token(user, number, ...out),
    'EPM_START_FAILED',
  );
  if (!new CheckedObject(answer, 'the session', 'EPM_START_FAILED').boolean('found')) return undefined;
  const token = nativeToken(native, number[0]);
  const { user: its, type } = token.facts();
  if (its !== user || type !== 'primary') {
    token.close();
    throw new EpmError('EPM_START_FAILED', 'The session of the user gave the token of somebody else.');
  }
  return {
    ...token,
    factory: 'windowsLogon',
    logon: 'interactive',
    // It has no name that was given to it.
    release: () => undefined,
  } satisfies NativeToken;
}
