/** The folder of protected copies. What lies in it runs elevated, so nobody but the system may change it (AC-27). */
import { displayText } from '../../text/display.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { isReparsePoint } from '../files/handle-facts.ts';
import {
  FILE_CREATE,
  FILE_DIRECTORY_FILE,
  FILE_GENERIC_READ,
  FILE_OPEN_IF,
  FILE_OPEN_REPARSE_POINT,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  ntOpen,
  type NtOpenOptions,
  STATUS_DISK_FULL,
  STATUS_NOT_A_DIRECTORY,
} from '../files/nt-open.ts';
import { whyOpen } from '../security/closed.ts';
import type { SecurityDescriptor } from '../security/descriptor.ts';
import { handleSecurity } from '../security/read-security.ts';
import { withDescriptor } from '../security/sddl.ts';
import { copyFailed } from './copy-failed.ts';

/**
 * Protected: nothing is inherited. The system has full access, administrators, which elevated programs are, read and
 * start. The owner could change that, so it is the system too.
 */
const SECURITY = 'O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BA)';
const ADMINISTRATORS = 'S-1-5-32-544';
/** FILE_GENERIC_READ | FILE_GENERIC_EXECUTE. */
const READ_AND_START = 0x1200a9;
const ALLOWED = new Map([[ADMINISTRATORS, READ_AND_START]]);

/** Without FILE_SHARE_DELETE: while it is open nobody renames or removes the folder. */
const FOLDER: NtOpenOptions = {
  access: FILE_GENERIC_READ,
  share: FILE_SHARE_READ | FILE_SHARE_WRITE,
  options: FILE_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT,
};

/**
 * Opens the folder, which is made when it is not there, and checks what was opened.
 * @returns the handle, which the caller closes
 * @throws EpmError EPM_COPY_FAILED, EPM_WINDOWS_API
 */
export function openCopyFolder(dlls: WindowsDlls, path: string): Handle {
  const { status, handle } = withDescriptor(dlls, SECURITY, (security) =>
    ntOpen(dlls, `\\??\\${path}`, { ...FOLDER, disposition: FILE_OPEN_IF, security }),
  );
  if (status !== 0) throw notOpened(path, status);
  return checked(dlls, handle, path);
}

/** @returns the handle of a folder that only the system can change; it is closed when it is another one */
function checked(dlls: WindowsDlls, handle: Handle, path: string): Handle {
  try {
    const why = isReparsePoint(dlls.kernel32, handle)
      ? 'it is a link or another kind of reparse point'
      : whyUnsafe(handleSecurity(dlls, handle));
    if (why !== undefined) throw copyFailed('folderRefused', `The folder "${displayText(path)}" is not used: ${why}.`);
    return handle;
  } catch (error) {
    dlls.kernel32.CloseHandle(handle);
    throw error;
  }
}

/**
 * Makes a folder in an open one. It must not be there yet.
 * @returns the handle, which the caller closes
 * @throws EpmError EPM_COPY_FAILED, EPM_WINDOWS_API
 */
export function makeFolderBelow(dlls: WindowsDlls, below: Handle, name: string): Handle {
  const { status, handle } = withDescriptor(dlls, SECURITY, (security) =>
    ntOpen(dlls, name, { ...FOLDER, below, disposition: FILE_CREATE, security }),
  );
  if (status !== 0) throw notOpened(name, status);
  return handle;
}

/**
 * Opens a folder in an open one, and checks it.
 * @returns the handle, which the caller closes
 * @throws EpmError EPM_COPY_FAILED
 */
export function openFolderBelow(dlls: WindowsDlls, below: Handle, name: string): Handle {
  const { status, handle } = ntOpen(dlls, name, { ...FOLDER, below });
  if (status !== 0) throw notOpened(name, status);
  return checked(dlls, handle, name);
}

/** Why a folder of copies with this security is not used; undefined: only the system can change it. */
export function whyUnsafe(security: SecurityDescriptor | undefined): string | undefined {
  return whyOpen(security, ALLOWED);
}

function notOpened(path: string, status: number): Error {
  const shown = `0x${status.toString(16).toUpperCase().padStart(8, '0')}`;
  const reason =
    status === STATUS_DISK_FULL ? 'diskFull' : status === STATUS_NOT_A_DIRECTORY ? 'folderRefused' : 'failed';
  return copyFailed(
    reason,
    `The folder "${displayText(path)}" for protected copies cannot be opened (status ${shown}).`,
    {
      status: shown,
    },
  );
}
