/** The token with which programs are started for a person, in the session in which they asked. */
import type { AccountToken, TokenFacts } from '../../agent/ports.ts';
import type { VerifiedCaller } from '../../agent/caller.ts';
import { EpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';
import type { NativeCaller } from '../pipes/native-caller.ts';
import { type NativeToken, nativeToken } from '../tokens/account-factory.ts';

/**
 * @returns a token of the very logon that asked; the caller closes it
 * @throws EpmError EPM_START_FAILED when somebody else is signed in there, nobody is, or Windows does not give it
 */
export function requesterToken(native: EpmNative, who: VerifiedCaller): AccountToken {
  const { connection } = who.client as Partial<NativeCaller>;
  if (connection === undefined) throw new EpmError('EPM_START_FAILED', 'The caller has no connection to the agent.');
  const number: [number] = [0];
  const answer = jsonCall(
    'epm_pipe_requester_token',
    (...out) => native.epm_pipe_requester_token(connection, number, ...out),
    'EPM_START_FAILED',
  );
  const token = nativeToken(native, number[0]);
  try {
    requireSamePerson(token.facts(), who);
    const details = new CheckedObject(answer, 'the token', 'EPM_START_FAILED');
    return {
      ...token,
      factory: details.oneOf('factory', ['windowsLogon']),
      logon: 'interactive',
      // It has no name that was given to it.
      release: () => undefined,
    } satisfies NativeToken;
  } catch (error) {
    token.close();
    throw error;
  }
}

/** The agent runs nothing as anybody but who asked: a program of another user may run in the same session. */
function requireSamePerson(facts: TokenFacts, who: VerifiedCaller): void {
  const isSame = facts.user === who.sid && facts.session === who.session && facts.logonSid === who.logonSid;
  if (!isSame || facts.type !== 'primary') {
    throw new EpmError('EPM_START_FAILED', 'Somebody else is signed in to the session from which the request came.');
  }
}
