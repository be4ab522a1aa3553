/**
 * Protects secrets with DPAPI: CryptProtectData with the key of the machine and, as optional entropy, the secret of the
 * installation (Microsoft Learn, "CryptProtectData function"). So a file that got into other hands reads neither on another
 * machine nor without the folder that only the system and administrators may read.
 */
import type { SecretProtection } from '../../agent/secrets.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { windowsError } from '../dll/win32-error.ts';

/** CRYPTPROTECT_UI_FORBIDDEN and CRYPTPROTECT_LOCAL_MACHINE (dpapi.h). */
const FLAGS = 0x1 | 0x4;

/** @param entropy the secret of this installation */
export function createSecretProtection(dlls: WindowsDlls, entropy: Uint8Array): SecretProtection {
  const call = (name: 'CryptProtectData' | 'CryptUnprotectData', bytes: Uint8Array): Uint8Array => {
    const free = (memory: unknown): void => void dlls.kernel32.LocalFree(memory);
    const result = dlls.dataProtection().call(name, bytes, entropy, FLAGS, free);
    if (result === undefined) throw windowsError(name, dlls.kernel32.GetLastError());
    return result;
  };
  return {
    protect: (bytes) => call('CryptProtectData', bytes),
    unprotect: (bytes) => call('CryptUnprotectData', bytes),
  };
}
