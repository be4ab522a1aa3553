/** A new folder that only the system and administrators open. */
import { SECURITY_ATTRIBUTES_SIZE } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { windowsError } from '../dll/win32-error.ts';
import { withDescriptor } from '../security/sddl.ts';

/** Protected: nothing is inherited. Its owner is Administrators, whoever of them makes it. */
const PRIVATE = 'O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';

/**
 * Makes it with its security, so that nobody was ever let in. It must not be there yet.
 * @param sddl another security
 * @throws EpmError EPM_WINDOWS_API
 */
export function makePrivateFolder(dlls: WindowsDlls, path: string, sddl = PRIVATE): void {
  const { kernel32 } = dlls;
  withDescriptor(dlls, sddl, (lpSecurityDescriptor) => {
    const attributes = { nLength: SECURITY_ATTRIBUTES_SIZE, lpSecurityDescriptor, bInheritHandle: 0 };
    if (kernel32.CreateDirectoryW(path, attributes) === 0)
      throw windowsError('CreateDirectoryW', kernel32.GetLastError());
  });
}
