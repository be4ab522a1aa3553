import type { Pointer } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { windowsError } from '../dll/win32-error.ts';

/**
 * Gives a security descriptor to what makes an object, and frees it.
 * @param sddl its text, [MS-DTYP] 2.5.1
 * @throws EpmError EPM_WINDOWS_API
 */
export function withDescriptor<T>(
  { advapi32, kernel32 }: Pick<WindowsDlls, 'advapi32' | 'kernel32'>,
  sddl: string,
  use: (descriptor: Pointer) => T,
): T {
  const descriptor: [Pointer] = [null];
  if (advapi32.ConvertStringSecurityDescriptorToSecurityDescriptorW(sddl, 1, descriptor, [0]) === 0) {
    throw windowsError('ConvertStringSecurityDescriptorToSecurityDescriptorW', kernel32.GetLastError());
  }
  try {
    return use(descriptor[0]);
  } finally {
    kernel32.LocalFree(descriptor[0]);
  }
}
