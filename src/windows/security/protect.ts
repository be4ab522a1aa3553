/** Gives objects the permissions of a {@link Protection}, and reads them back. */
import { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { keyPath, readKey, ROOTS } from '../registry/key.ts';
import { parseDescriptor } from './descriptor.ts';
import { type Protection, protectionFault, protectionSddl } from './protection.ts';
import { withDescriptor } from './sddl.ts';

/** OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION. */
const OWNER_DACL_PROTECTED = (0x1 | 0x4 | 0x80000000) >>> 0;
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
