/** What LsaLogonUser says of a logon that it refuses, in the words of the agent. */
import type { LogonRefusal } from '../../agent/ports.ts';

/** NTSTATUS of [MS-ERREF] 2.3.1. */
const REFUSALS: ReadonlyMap<number, LogonRefusal> = new Map([
  [0xc000_006d, 'wrongCredential'], // STATUS_LOGON_FAILURE
  [0xc000_006a, 'wrongCredential'], // STATUS_WRONG_PASSWORD
  [0xc000_0064, 'wrongCredential'], // STATUS_NO_SUCH_USER
  [0xc000_0380, 'wrongCredential'], // STATUS_SMARTCARD_WRONG_PIN
  [0xc000_0072, 'accountDisabled'], // STATUS_ACCOUNT_DISABLED
  [0xc000_0193, 'accountExpired'], // STATUS_ACCOUNT_EXPIRED
  [0xc000_0234, 'accountLocked'], // STATUS_ACCOUNT_LOCKED_OUT
  [0xc000_0381, 'accountLocked'], // STATUS_SMARTCARD_CARD_BLOCKED
  [0xc000_0071, 'passwordExpired'], // STATUS_PASSWORD_EXPIRED
  [0xc000_0224, 'passwordExpired'], // STATUS_PASSWORD_MUST_CHANGE
  [0xc000_006e, 'notAllowedHere'], // STATUS_ACCOUNT_RESTRICTION
  [0xc000_006f, 'notAllowedHere'], // STATUS_INVALID_LOGON_HOURS
  [0xc000_0070, 'notAllowedHere'], // STATUS_INVALID_WORKSTATION
  [0xc000_015b, 'notAllowedHere'], // STATUS_LOGON_TYPE_NOT_GRANTED
  [0xc000_0413, 'notAllowedHere'], // STATUS_AUTHENTICATION_FIREWALL_FAILED
  [0xc000_005e, 'noLogonServer'], // STATUS_NO_LOGON_SERVERS
  [0xc000_00dc, 'noLogonServer'], // STATUS_INVALID_SERVER_STATE
  [0xc000_018d, 'noLogonServer'], // STATUS_TRUSTED_RELATIONSHIP_FAILURE
  [0xc000_00fe, 'refusedPackage'], // STATUS_NO_SUCH_PACKAGE
]);

/** @param substatus is the reason where Windows gives one */
export function logonRefusal(status: number, substatus: number): LogonRefusal {
  return REFUSALS.get(substatus) ?? REFUSALS.get(status) ?? 'refusedByWindows';
}
