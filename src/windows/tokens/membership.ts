/** Whether this process acts as an administrator. */
import type { Pointer } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { windowsError } from '../dll/win32-error.ts';

const ADMINISTRATORS = 'S-1-5-32-544';

/**
 * Whether Administrators is enabled in the token of this process: false for the filtered token of an administrator (Microsoft
 * Learn, "CheckTokenMembership"). It only chooses the way to the agent, which judges by itself.
 * @throws EpmError EPM_WINDOWS_API
 */
export function isAdministrator({ advapi32, kernel32 }: Pick<WindowsDlls, 'advapi32' | 'kernel32'>): boolean {
  const sid: [Pointer] = [null];
  if (advapi32.ConvertStringSidToSidW(ADMINISTRATORS, sid) === 0) {
    throw windowsError('ConvertStringSidToSidW', kernel32.GetLastError());
  }
  try {
    const member: [number] = [0];
    if (advapi32.CheckTokenMembership(null, sid[0], member) === 0) {
      throw windowsError('CheckTokenMembership', kernel32.GetLastError());
    }
    return member[0] !== 0;
  } finally {
    kernel32.LocalFree(sid[0]);
  }
}
