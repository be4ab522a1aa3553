/**
 * The programs of the machine that run packages and scripts, opened where they belong. A rule approves a package or a
 * script, never what runs it: so it must be the very file of Windows, or of PowerShell's installer, and nobody but
 * administrators may change it or what lies beside it.
 */
import * as fs from 'node:fs';
import type { HostProgram, HostPrograms, OpenHost } from '../../agent/ports.ts';
import { checkRequestPath, type LocalPath } from '../../facts/request-path.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { MachineFolders } from '../../model/request.ts';
import { displayText } from '../../text/display.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { fileId, fileSystemName, finalPath, isReparsePoint } from '../files/handle-facts.ts';
import { openLocked } from '../files/open-file.ts';
import { placeFacts, placeSource, writableByUsers } from '../files/place.ts';

/** Folders of PowerShell's releases; a preview has another name, and is never taken. */
const RELEASE = /^[1-9]\d{0,2}$/;

type Folders = Pick<MachineFolders, 'systemRoot' | 'programFiles'>;

export function createHostPrograms(dlls: WindowsDlls, folders: Folders): HostPrograms {
  return {
    open(host) {
      for (const path of placesOf(host, folders)) {
        const opened = openHost(dlls, host, path);
        if (opened !== undefined) return opened;
      }
      return undefined;
    },
  };
}

/**
 * Where a program may be, in the order in which it is looked for.
 * @param list names in a folder; empty when there is none
 */
export function placesOf(
  host: HostProgram,
  { systemRoot, programFiles }: Folders,
  list: (folder: string) => readonly string[] = namesIn,
): readonly string[] {
  switch (host) {
    case 'windowsInstaller':
      return [`${systemRoot}\\System32\\msiexec.exe`];
    case 'windowsPowerShell':
      return [`${systemRoot}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`];
    case 'powerShell': {
      const folder = `${programFiles}\\PowerShell`;
      const releases = list(folder).filter((name) => RELEASE.test(name));
      return releases
        .toSorted((left, right) => Number(right) - Number(left))
        .map((name) => `${folder}\\${name}\\pwsh.exe`);
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

/** @returns undefined: there is no such file */
function openHost(dlls: WindowsDlls, host: HostProgram, expected: string): OpenHost | undefined {
  const { kernel32 } = dlls;
  const checked = checkRequestPath(expected);
  const handle = openExisting(dlls, checked);
  if (handle === undefined) return undefined;
  try {
    const path = finalPath(kernel32, handle).slice('\\\\?\\'.length);
    if (path.toUpperCase() !== expected.toUpperCase() || isReparsePoint(kernel32, handle)) {
      throw unusable(host, expected, 'it is a link to another file');
    }
    const place = placeFacts(placeSource(dlls, handle, path, fileSystemName(kernel32, handle)), path);
    const writable = writableByUsers(place);
    if (writable !== false) {
      throw unusable(
        host,
        expected,
        writable === true ? 'users may write it or its folder' : 'it is not known who may write it',
      );
    }
    const id = fileId(kernel32, handle);
    let isOpen = true;
    return {
      path,
      id,
      close() {
        if (isOpen) kernel32.CloseHandle(handle);
        isOpen = false;
      },
    };
  } catch (error) {
    kernel32.CloseHandle(handle);
    throw error;
  }
}

function openExisting(dlls: WindowsDlls, path: LocalPath): number | undefined {
  try {
    return openLocked(dlls, path);
  } catch (error) {
    if (isEpmError(error) && error.code === 'EPM_FILE_NOT_FOUND') return undefined;
    throw error;
  }
}

function unusable(host: HostProgram, path: string, why: string): EpmError {
  return new EpmError('EPM_HOST_UNUSABLE', `"${displayText(path)}" is not used: ${why}.`, { data: { host } });
}
