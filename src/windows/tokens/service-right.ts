/**
 * The right to log on as a service (SeServiceLogonRight), given to an isolated account for the length of one logon. It
 * stands in the policy database of the machine, where it would outlive the agent.
 */
import { isVirtualAccount } from '../../agent/account-sids.ts';
import type { Sid } from '../../model/brands.ts';
import { CheckedObject } from '../checked-json.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';

type NativeRights = Pick<EpmNative, 'epm_service_right' | 'epm_service_right_holders'>;

/**
 * Runs `action` while the account has the right.
 * @param undo what to do with the result when the right cannot be taken back; it is not given out then
 * @throws EpmError EPM_ACCOUNT_UNAVAILABLE, and what `action` throws
 */
export function withServiceRight<T>(native: NativeRights, account: Sid, action: () => T, undo: (made: T) => void): T {
  let made: T;
  try {
    // Inside: what fails half way may have given it.
    setRight(native, account, true);
    made = action();
  } catch (error) {
    try {
      setRight(native, account, false);
    } catch {
      // Why the logon failed says more; the right goes at the next start.
    }
    throw error;
  }
  try {
    setRight(native, account, false);
  } catch (error) {
    undo(made);
    throw error;
  }
  return made;
}

/** Takes the right from every isolated account that has it. @throws EpmError EPM_ACCOUNT_UNAVAILABLE */
export function sweepServiceRights(native: NativeRights): void {
  const answer = jsonCall(
    'epm_service_right_holders',
    (...out) => native.epm_service_right_holders(...out),
    'EPM_ACCOUNT_UNAVAILABLE',
  );
  const holders = new CheckedObject(answer, 'the holders of the right', 'EPM_ACCOUNT_UNAVAILABLE').texts('accounts');
  let failure: unknown;
  // Whoever gave it to the marker group did so on purpose.
  for (const holder of holders.filter(isVirtualAccount)) {
    try {
      setRight(native, holder as Sid, false);
    } catch (error) {
      failure ??= error;
    }
  }
  if (failure !== undefined) throw failure as Error;
}

function setRight(native: NativeRights, account: Sid, granted: boolean): void {
  jsonCall(
    'epm_service_right',
    (...out) => native.epm_service_right(account, granted ? 1 : 0, ...out),
    'EPM_ACCOUNT_UNAVAILABLE',
  );
}
