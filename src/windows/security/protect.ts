/** Gives the agent's own objects their permissions, and reads them back. */
import { MARKER_GROUP } from '../../agent/account-sids.ts';
import { EpmError } from '../../model/errors.ts';
import type { Pointer } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { keyPath, readKey, ROOTS } from '../registry/key.ts';
import { parseDescriptor } from './descriptor.ts';
import { pathSecurity } from './read-security.ts';
import { type Protection, protectionFault, protectionSddl } from './protection.ts';
import { withDescriptor } from './sddl.ts';

/** OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION. */
const OWNER_DACL_PROTECTED = (0x1 | 0x4 | 0x80000000) >>> 0;
/** SE_FILE_OBJECT; DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION. */
const SE_FILE_OBJECT = 1;
const DACL_PROTECTED = (0x4 | 0x80000000) >>> 0;
/** FILE_WRITE_DATA, _APPEND_DATA, _WRITE_EA, _DELETE_CHILD, _WRITE_ATTRIBUTES, DELETE, WRITE_DAC, WRITE_OWNER. */
const FILE_CHANGE = 0x2 | 0x4 | 0x10 | 0x40 | 0x100 | 0x10000 | 0x40000 | 0x80000;
/** Denies programs that EPM elevated to change a folder and what is below it ([MS-DTYP] 2.5.1). */
export const DENY_FOLDERS = `(D;CI;0x${FILE_CHANGE.toString(16)};;;${MARKER_GROUP})`;
export const DENY_FOLDERS_AND_FILES = `(D;OICI;0x${FILE_CHANGE.toString(16)};;;${MARKER_GROUP})`;
/** Owner rights, whoever that is, and the system ([MS-DTYP] 2.4.2.4). */
const ONLY_OWNER: readonly string[] = ['S-1-3-4', 'S-1-5-18'];
/** WRITE_OWNER | WRITE_DAC | READ_CONTROL | KEY_WOW64_64KEY. */
const CHANGE_KEY = 0x80000 | 0x40000 | 0x20000 | 0x100;

/** Why the permissions of a key are not those of EPM; undefined: they are. @throws EpmError EPM_WINDOWS_API */
export function keyProtectionFault(
  { advapi32 }: Pick<WindowsDlls, 'advapi32'>,
  name: string,
  wanted: Protection,
): string | undefined {
  const found = readKey(advapi32, 'HKLM', name, (key) => parseDescriptor(key.security()));
  return found === undefined ? 'there is no such key' : protectionFault(found, wanted);
}

/**
 * Protects a key below HKLM that exists.
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API, EPM_SERVICE_UNVERIFIED when Windows says that it has others
 */
export function protectKey(dlls: Pick<WindowsDlls, 'advapi32' | 'kernel32'>, name: string, wanted: Protection): void {
  const { advapi32 } = dlls;
  const handle: [number] = [0];
  const opened = advapi32.RegOpenKeyExW(ROOTS.HKLM, name, 0, CHANGE_KEY, handle);
  if (opened === WIN32.ACCESS_DENIED)
    throw new EpmError(
      'EPM_NOT_ADMINISTRATOR',
      `The key ${keyPath('HKLM', name)} may be changed by administrators only.`,
    );
  if (opened !== WIN32.SUCCESS) throw windowsError('RegOpenKeyExW', opened);
  try {
    // The owner may be the person who made it, by a policy of the machine.
    withDescriptor(dlls, `O:BA${protectionSddl(wanted)}`, (descriptor) => {
      const set = advapi32.RegSetKeySecurity(handle[0], OWNER_DACL_PROTECTED, descriptor);
      if (set !== WIN32.SUCCESS) throw windowsError('RegSetKeySecurity', set);
    });
  } finally {
    advapi32.RegCloseKey(handle[0]);
  }
  const fault = keyProtectionFault(dlls, name, wanted);
  if (fault !== undefined) {
    const message = `The permissions of ${keyPath('HKLM', name)} are not those that were set: ${fault}.`;
    throw new EpmError('EPM_SERVICE_UNVERIFIED', message, { data: { check: 'key' } });
  }
}

/** Why a program that EPM elevated could change a folder or file; undefined: it cannot, or this system does not tell. */
export function openToElevated(dlls: WindowsDlls, path: string): string | undefined {
  const [first] = pathSecurity(dlls, path)?.dacl ?? [];
  const isClosed =
    first?.kind === 'deny' &&
    first.sid === MARKER_GROUP &&
    !first.inheritOnly &&
    (first.mask & FILE_CHANGE) === FILE_CHANGE;
  return isClosed ? undefined : `programs that EPM elevated may change "${path}"`;
}

/**
 * Gives a folder a DACL that inherits nothing from above, and what is below it what that says.
 * @param dacl `D:…`, with {@link DENY_FOLDERS} or {@link DENY_FOLDERS_AND_FILES} as its first entry
 * @throws EpmError EPM_WINDOWS_API, EPM_SERVICE_UNVERIFIED when Windows says that it has another one
 */
export function protectFolder(dlls: WindowsDlls, path: string, dacl: string): void {
  if (dlls.native.epm_is_wine() === 1) return;
  setOwnDacl(dlls, path, dacl);
  const open = openToElevated(dlls, path);
  if (open !== undefined)
    throw new EpmError('EPM_SERVICE_UNVERIFIED', `The permissions are not those that were set: ${open}.`, {
      data: { check: 'folder' },
    });
}

/**
 * Lets nobody but its owner and the system open a file.
 * @throws EpmError EPM_WINDOWS_API; EPM_FILE_UNWRITABLE when Windows says that others may, as on a drive without permissions
 */
export function keepFileToOwner(dlls: WindowsDlls, path: string): void {
  if (dlls.native.epm_is_wine() === 1) return;
  setOwnDacl(dlls, path, `D:P${ONLY_OWNER.map((sid) => `(A;;FA;;;${sid})`).join('')}`);
  const entries = pathSecurity(dlls, path)?.dacl;
  if (entries?.every((entry) => entry.kind === 'allow' && ONLY_OWNER.includes(entry.sid)) === true) return;
  throw new EpmError('EPM_FILE_UNWRITABLE', 'The file cannot be kept from other people there.', {
    hint: 'Take a folder on a drive with permissions (NTFS or ReFS).',
  });
}

/** A DACL that inherits nothing from above. */
function setOwnDacl(dlls: WindowsDlls, path: string, dacl: string): void {
  withDescriptor(dlls, dacl, (descriptor) => {
    const list: [Pointer] = [null];
    if (dlls.advapi32.GetSecurityDescriptorDacl(descriptor, [0], list, [0]) === 0)
      throw windowsError('GetSecurityDescriptorDacl', dlls.kernel32.GetLastError());
    const set = dlls.advapi32.SetNamedSecurityInfoW(path, SE_FILE_OBJECT, DACL_PROTECTED, null, null, list[0], null);
    if (set !== WIN32.SUCCESS) throw windowsError('SetNamedSecurityInfoW', set);
  });
}
