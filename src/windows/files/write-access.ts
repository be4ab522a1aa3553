import type { WindowsDlls } from '../dll/load.ts';
import { parseDescriptor } from '../security/descriptor.ts';
import { FILE_WRITE_RIGHTS, FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';

/** OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION. */
const OWNER_DACL = 5;
/** [MS-DTYP] 2.4.5: an ACL is at most 64 KiB; the rest of a descriptor is a few SIDs. */
const MAX_DESCRIPTOR = 0x10000 + 1024;

/**
 * True when somebody who is no administrator may change the file, or put files beside it.
 * @returns undefined when the security of the file or the folder is not known; Wine gives every file to one account
 */
export function writableByUsers(dlls: WindowsDlls, handle: number, folder: string): boolean | undefined {
  const { advapi32, native } = dlls;
  if (native.epm_is_wine() === 1) return undefined;
  const file = descriptor((bytes, needed) =>
    advapi32.GetKernelObjectSecurity(handle, OWNER_DACL, bytes, bytes.length, needed),
  );
  const parent = descriptor((bytes, needed) =>
    advapi32.GetFileSecurityW(`\\\\?\\${folder}`, OWNER_DACL, bytes, bytes.length, needed),
  );
  if (file === undefined || parent === undefined) return undefined;
  return (
    untrustedWriter(parseDescriptor(file), FILE_WRITE_RIGHTS) !== undefined ||
    untrustedWriter(parseDescriptor(parent), FOLDER_WRITE_RIGHTS) !== undefined
  );
}

function descriptor(query: (bytes: Uint8Array, needed: [number]) => number): Uint8Array | undefined {
  const bytes = new Uint8Array(MAX_DESCRIPTOR);
  return query(bytes, [0]) === 0 ? undefined : bytes;
}
