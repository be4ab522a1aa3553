/**
 * Logons of people: LsaLogonUser in a production build, a table of test users in a build for the test bed. Windows can
 * think for long about one, a domain controller away; it then occupies a worker thread, so they take turns.
 */
import type { LogonRefusal, LogonToken, UserLogons } from '../../agent/ports.ts';
import { FairQueue } from '../../facts/fair-queue.ts';
import { type Sid, sid } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { nativeError, parseNativeJson } from '../dll/json-call.ts';
import { WIN32 } from '../dll/win32-error.ts';
import { accountOf, type NativeToken, nativeToken } from './account-factory.ts';
import { logonRefusal } from './logon-status.ts';

/** Bytes; every answer is short. */
const CAPACITY = 4096;
/** The package that Windows uses for names and passwords (epmnative.h). */
const NEGOTIATE = 0xffff_ffff;
const MAX_UINT32 = 0xffff_ffff;
const SID_OR_EMPTY = /^(?:S-1-[0-9A-Fa-fx]{1,14}(?:-\d{1,10}){1,15})?$/;

type Done = (error: unknown, result: number) => void;

export function createUserLogons(native: EpmNative): UserLogons {
  const turns = new FairQueue({ what: 'logging people on', slots: 1, perUser: 1 });
  const inTurn = (user: Sid, name: string, start: (out: Uint8Array, length: [number], done: Done) => void) =>
    turns.run({ user }, () => answerOf(name, start));
  return {
    async accountSid(requester, name): Promise<Sid | undefined> {
      const answer = await inTurn(requester, 'epm_user_sid', (out, length, done) =>
        native.epm_user_sid.async(name, out, CAPACITY, length, done),
      );
      const text = answer.matching('sid', SID_OR_EMPTY);
      return text === '' ? undefined : sid(text);
    },
    async logOn(requester, { authenticationPackage, buffer }, account): Promise<LogonToken | LogonRefusal> {
      refuseWine(native);
      const token: [number] = [0];
      const answer = await inTurn(requester, 'epm_user_logon', (out, length, done) =>
        native.epm_user_logon.async(
          authenticationPackage ?? NEGOTIATE,
          buffer,
          buffer.length,
          account === undefined ? null : accountOf(account),
          token,
          out,
          CAPACITY,
          length,
          done,
        ),
      );
      return token[0] === 0 ? refusalOf(answer) : logonToken(native, token[0], answer);
    },
  };
}

function refuseWine(native: EpmNative): void {
  if (native.epm_is_wine() === 1 && native.epm_is_test_build() !== 1) {
    throw new EpmError('EPM_WINE_REFUSED', 'This is Wine, which accepts every password: nobody is logged on here.');
  }
}

function refusalOf(answer: CheckedObject): LogonRefusal {
  if (answer.boolean('otherUser')) return 'otherUser';
  return logonRefusal(answer.integer('status', 0, MAX_UINT32), answer.integer('substatus', 0, MAX_UINT32));
}

function logonToken(native: EpmNative, number: number, answer: CheckedObject): LogonToken & NativeToken {
  const token = nativeToken(native, number);
  try {
    return {
      ...token,
      logon: 'interactive',
      // It has no name that was given to it.
      release: () => undefined,
      factory: answer.oneOf('factory', ['windowsLogon', 'testBed']),
      authenticationPackage: answer.text('package'),
      logonType: answer.integerOrNull('logonType', 0, 0xff),
    };
  } catch (error) {
    token.close();
    throw error;
  }
}

/** @throws EpmError EPM_ACCOUNT_UNAVAILABLE with the step and number that the native part reports */
async function answerOf(
  name: string,
  start: (out: Uint8Array, length: [number], done: Done) => void,
): Promise<CheckedObject> {
  const out = new Uint8Array(CAPACITY);
  const length: [number] = [0];
  const result = await new Promise<number>((resolve, reject) => {
    start(out, length, (error, code) => {
      if (error === null || error === undefined) resolve(code);
      else reject(new EpmError('EPM_ACCOUNT_UNAVAILABLE', `${name} could not be called.`, { cause: error }));
    });
  });
  const text = Buffer.from(out.buffer, 0, Math.min(length[0], CAPACITY)).toString('utf8');
  if (result !== WIN32.SUCCESS) throw nativeError(name, result, text, 'EPM_ACCOUNT_UNAVAILABLE');
  return new CheckedObject(
    parseNativeJson(name, text, 'EPM_ACCOUNT_UNAVAILABLE'),
    'a logon',
    'EPM_ACCOUNT_UNAVAILABLE',
  );
}
