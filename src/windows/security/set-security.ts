/** Gives files, folders and registry keys another owner and DACL. */
import type { WindowsDlls } from '../dll/load.ts';
import type { Pointer } from '../dll/kernel32.ts';
import { windowsError, WIN32 } from '../dll/win32-error.ts';
import { withDescriptor } from './sddl.ts';

/** SE_OBJECT_TYPE (accctrl.h). */
const OBJECT_TYPES = { folder: 1, key: 4 } as const;
/** OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION. */
const OWNER_AND_PROTECTED_DACL = (0x1 | 0x4 | 0x80000000) >>> 0;

type SecurityDlls = Pick<WindowsDlls, 'advapi32' | 'kernel32'>;

/**
 * Sets owner and protected DACL of an open object, and what everything below inherits of them (SetSecurityInfo).
 * @param handle with WRITE_DAC and WRITE_OWNER
 * @throws EpmError EPM_WINDOWS_API
 */
export function setSecurityOfTree(
  dlls: SecurityDlls,
  kind: keyof typeof OBJECT_TYPES,
  handle: number,
  sddl: string,
): void {
  const { advapi32, kernel32 } = dlls;
  withDescriptor(dlls, sddl, (descriptor) => {
    const owner: [Pointer] = [null];
    const dacl: [Pointer] = [null];
    if (advapi32.GetSecurityDescriptorOwner(descriptor, owner, [0]) === 0) {
      throw windowsError('GetSecurityDescriptorOwner', kernel32.GetLastError());
    }
    if (advapi32.GetSecurityDescriptorDacl(descriptor, [0], dacl, [0]) === 0) {
      throw windowsError('GetSecurityDescriptorDacl', kernel32.GetLastError());
    }
    // NULL would give everybody everything.
    if (dacl[0] === null || owner[0] === null) throw windowsError('GetSecurityDescriptorDacl', WIN32.INVALID_OWNER);
    const error = advapi32.SetSecurityInfo(
      handle,
      OBJECT_TYPES[kind],
      OWNER_AND_PROTECTED_DACL,
      owner[0],
      null,
      dacl[0],
      null,
    );
    if (error !== WIN32.SUCCESS) throw windowsError('SetSecurityInfo', error);
  });
  // Wine adds what the object inherits, and forgets that it is protected.
  setSecurity(dlls, handle, sddl);
}

/** The same of one object, without what is below it. @throws EpmError EPM_WINDOWS_API */
export function setSecurity(dlls: SecurityDlls, handle: number, sddl: string): void {
  const { advapi32, kernel32 } = dlls;
  withDescriptor(dlls, sddl, (descriptor) => {
    if (advapi32.SetKernelObjectSecurity(handle, OWNER_AND_PROTECTED_DACL, descriptor) === 0) {
      throw windowsError('SetKernelObjectSecurity', kernel32.GetLastError());
    }
  });
}
