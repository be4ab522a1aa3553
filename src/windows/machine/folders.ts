/** Folders of the machine, from its own configuration: a process environment can be changed by whoever starts it. */
import { EpmError } from '../../model/errors.ts';
import type { MachineFolders } from '../../model/request.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import { readKey } from '../registry/key.ts';

const WINDOWS = 'SOFTWARE\\Microsoft\\Windows\\CurrentVersion';
const WINDOWS_NT = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion';
export const PROFILE_LIST = `${WINDOWS_NT}\\ProfileList`;

/** @throws EpmError EPM_WINDOWS_API when a value is missing or no absolute path */
export function machineFolders(advapi32: Advapi32): MachineFolders {
  const systemRoot = folder(advapi32, WINDOWS_NT, ['SystemRoot'], '');
  const programFiles = folder(advapi32, WINDOWS, ['ProgramFilesDir'], systemRoot);
  return {
    systemRoot,
    systemDrive: systemRoot.slice(0, 2),
    programFiles,
    // ProgramW6432Dir exists on Windows only; for a 64-bit reader it is the same folder.
    programW6432: folder(advapi32, WINDOWS, ['ProgramW6432Dir', 'ProgramFilesDir'], systemRoot),
    programFilesX86: folder(advapi32, WINDOWS, ['ProgramFilesDir (x86)'], systemRoot),
    programData: folder(advapi32, PROFILE_LIST, ['ProgramData'], systemRoot),
    public: folder(advapi32, PROFILE_LIST, ['Public'], systemRoot),
  };
}

/**
 * Expands the two variables that values of the ProfileList key use; undefined when something else is left over or the
 * result is no absolute path.
 */
export function expandFolder(text: string, systemRoot: string): string | undefined {
  const path = text
    .replace(/%SystemRoot%|%windir%/gi, () => systemRoot)
    .replace(/%SystemDrive%/gi, () => systemRoot.slice(0, 2))
    .replace(/\\+$/, '');
  return /^[A-Za-z]:(?:\\[^\\/:*?"<>|%]+)+$/.test(path) ? path : undefined;
}

function folder(advapi32: Advapi32, key: string, names: readonly string[], systemRoot: string): string {
  const found = readKey(advapi32, 'HKLM', key, (opened) => names.map((name) => opened.value(name)?.data));
  const text = found?.find((data) => typeof data === 'string' && data !== '');
  const path = typeof text === 'string' ? expandFolder(text, systemRoot) : undefined;
  if (path === undefined) {
    throw new EpmError('EPM_WINDOWS_API', `HKLM\\${key} has no usable value ${names.join(' or ')}.`, {
      hint: 'Repair the Windows installation.',
    });
  }
  return path;
}
