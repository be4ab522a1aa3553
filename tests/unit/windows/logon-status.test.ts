import { expect, it } from 'vitest';
import { logonRefusal } from '../../../src/windows/tokens/logon-status.ts';

it.each([
  ['the status', 0xc000_006d, 0, 'wrongCredential'],
  ['a reason that says more', 0xc000_006e, 0xc000_0072, 'accountDisabled'],
  ['an expired account', 0xc000_0193, 0, 'accountExpired'],
  ['a locked account', 0xc000_0234, 0, 'accountLocked'],
  ['an expired password', 0xc000_006e, 0xc000_0071, 'passwordExpired'],
  ['other hours', 0xc000_006e, 0xc000_006f, 'notAllowedHere'],
  ['a restriction without a reason', 0xc000_006e, 0, 'notAllowedHere'],
  ['no logon server', 0xc000_005e, 0, 'noLogonServer'],
  ['a package that is not taken', 0xc000_00fe, 0, 'refusedPackage'],
  ['what nobody knows', 0xc000_0001, 0xc000_0002, 'refusedByWindows'],
])('a refused logon is known by %s', (_name, status, substatus, refusal) => {
  expect(logonRefusal(status, substatus)).toBe(refusal);
});
