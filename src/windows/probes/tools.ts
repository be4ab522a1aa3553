/** What the probes share: a folder of their own, files in it, and acting as somebody with fewer rights. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import type { PutBack } from '../../agent/selftest/run-probes.ts';
import { type Handle, INVALID_HANDLE } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { machineFolders } from '../machine/folders.ts';
import { makePrivateFolder } from '../machine/private-folder.ts';

export interface ProbeTools {
  readonly dlls: WindowsDlls;
  readonly putBack: PutBack;
}

const OPEN_EXISTING = 3;
/** FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE. */
export const SHARE_ALL = 7;
export const GENERIC_READ = 0x8000_0000;
export const GENERIC_WRITE = 0x4000_0000;
export const DELETE = 0x1_0000;

export const randomName = (): string => `epm-selftest-${randomBytes(8).toString('hex')}`;

/**
 * A new folder that only the system and administrators may open; removed afterwards, with all in it.
 * @param sddl another security
 * @throws EpmError EPM_WINDOWS_API
 */
export function makeFolder(tools: ProbeTools, path = ownPath(tools), sddl?: string): string {
  makePrivateFolder(tools.dlls, path, sddl);
  tools.putBack('the folder of the self-test', () => {
    fs.rmSync(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    if (fs.existsSync(path)) throw new Error('it is still there');
  });
  return path;
}

function ownPath({ dlls }: ProbeTools): string {
  return `${machineFolders(dlls.advapi32).programData}\\${randomName()}`;
}

/** A handle that is closed afterwards at the latest. @throws EpmError EPM_WINDOWS_API */
export function keep(tools: ProbeTools, call: string, handle: Handle): Handle {
  const { kernel32 } = tools.dlls;
  if (handle === INVALID_HANDLE || handle === 0) throw windowsError(call, kernel32.GetLastError());
  tools.putBack(`a handle of ${call}`, () => void kernel32.CloseHandle(handle));
  return handle;
}

/** Windows error of an open, 0 when it was let in; closes what it opened. */
export function openError({ dlls }: ProbeTools, path: string, access: number, flags = 0): number {
  const { kernel32 } = dlls;
  const handle = kernel32.CreateFileW(path, access, SHARE_ALL, null, OPEN_EXISTING, flags, 0);
  if (handle === INVALID_HANDLE) return kernel32.GetLastError();
  kernel32.CloseHandle(handle);
  return WIN32.SUCCESS;
}

/** A handle to a file that is there; closed afterwards. @throws EpmError EPM_WINDOWS_API */
export function open(tools: ProbeTools, path: string, access: number, share = SHARE_ALL, flags = 0): Handle {
  const handle = tools.dlls.kernel32.CreateFileW(path, access, share, null, OPEN_EXISTING, flags, 0);
  return keep(tools, 'CreateFileW', handle);
}

/** NTSTATUS as it is written. */
export function statusText(status: number): string {
  return `0x${(status >>> 0).toString(16).toUpperCase().padStart(8, '0')}`;
}

/** Windows error of a file operation of Node; 0 when it was done. Node keeps the Windows error of what libuv maps. */
export function nodeError(work: () => void): number {
  try {
    work();
    return WIN32.SUCCESS;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return ERRORS_OF_NODE[code ?? ''] ?? -1;
  }
}

/** Of libuv's uv_translate_sys_error: EPERM is what it makes of ERROR_ACCESS_DENIED, EBUSY of ERROR_SHARING_VIOLATION. */
const ERRORS_OF_NODE: Readonly<Record<string, number>> = {
  EPERM: WIN32.ACCESS_DENIED,
  EACCES: WIN32.ACCESS_DENIED,
  EBUSY: WIN32.SHARING_VIOLATION,
  ENOENT: WIN32.FILE_NOT_FOUND,
};
