/** Asks Windows who owns files and folders and who may do what with them. */
import { isTestBuild, type WindowsDlls } from '../dll/load.ts';
import { parseDescriptor, type SecurityDescriptor } from './descriptor.ts';

/** OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION. */
const OWNER_DACL = 5;
/** Bytes that nearly every descriptor fits in, and the most there can be: an ACL of 64 KiB and a few SIDs. */
const USUAL_DESCRIPTOR = 1024;
const MAX_DESCRIPTOR = 0x10000 + 1024;
const SYSTEM = 'S-1-5-18';
/** Whom Wine names as the owner of every file of the one account it runs under. */
const WINE_ACCOUNT = 'S-1-5-21-0-0-0-1000';

type SecurityDlls = Pick<WindowsDlls, 'advapi32' | 'native'>;

/** Owner and DACL of an open file or folder; undefined: not known. @throws EpmError EPM_WINDOWS_API for a damaged one */
export function handleSecurity(dlls: SecurityDlls, handle: number): SecurityDescriptor | undefined {
  return read(dlls, (bytes, needed) =>
    dlls.advapi32.GetKernelObjectSecurity(handle, OWNER_DACL, bytes, bytes.length, needed),
  );
}

/** The same of a file or folder by its path, such as `C:\folder` or `C:\`. */
export function pathSecurity(dlls: SecurityDlls, path: string): SecurityDescriptor | undefined {
  return read(dlls, (bytes, needed) =>
    dlls.advapi32.GetFileSecurityW(`\\\\?\\${path}`, OWNER_DACL, bytes, bytes.length, needed),
  );
}

function read(
  { native }: SecurityDlls,
  query: (bytes: Uint8Array, needed: [number]) => number,
): SecurityDescriptor | undefined {
  const isWine = native.epm_is_wine() === 1;
  if (isWine && !isTestBuild()) return undefined;
  for (const size of [USUAL_DESCRIPTOR, MAX_DESCRIPTOR]) {
    const bytes = new Uint8Array(size);
    if (query(bytes, [0]) !== 0) return isWine ? ofWine(parseDescriptor(bytes)) : parseDescriptor(bytes);
  }
  return undefined;
}

/**
 * Wine gives every file to one account and keeps of a DACL only what everybody may do, as the mode of the file. The
 * edition of the test bed takes that account for the system, so that a file is writable by users there when everybody
 * may write it. Other editions elevate nothing in Wine, and say that it is not known.
 */
function ofWine({ owner, dacl }: SecurityDescriptor): SecurityDescriptor {
  const named = (sid: string): string => (sid === WINE_ACCOUNT ? SYSTEM : sid);
  return {
    owner: owner === undefined ? undefined : named(owner),
    isProtected: true,
    dacl: dacl?.map((entry) => ({ ...entry, sid: named(entry.sid) })),
  };
}
