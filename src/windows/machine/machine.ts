import type { Machine } from '../../agent/ports.ts';
import type { Sid } from '../../model/brands.ts';
import type { MachineFolders } from '../../model/request.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { scratch } from '../dll/scratch.ts';
import { textFromUtf16 } from '../dll/text.ts';
import { windowsError } from '../dll/win32-error.ts';
import { accountName, profileFolder } from './accounts.ts';
import { primaryUserName, userPrincipalName } from './principal-names.ts';
import { localGroupMembers } from './local-groups.ts';
import { administratorProtection } from './machine-state.ts';

/** ComputerNamePhysicalDnsHostname. */
const HOST_NAME = 5;
/** Longest path of Windows, with its end ("Maximum Path Length Limitation"). */
const MAX_PATH_CHARACTERS = 32_768;
/** Names of users that are kept; a machine has few. */
const MAX_NAMES = 1000;

export function createMachine(dlls: WindowsDlls, folders: MachineFolders, secret: Uint8Array): Machine {
  const names = new Map<Sid, string>();
  return {
    name: hostName(dlls),
    folders,
    secret,
    isWine: dlls.native.epm_is_wine() === 1,
    isTestBuild: dlls.native.epm_is_test_build() === 1,
    consoleCodePage: dlls.kernel32.GetOEMCP(),
    profileFolder: (user) => profileFolder(dlls.advapi32, folders.systemRoot, user),
    accountName(user) {
      const known = names.get(user);
      if (known !== undefined) return known;
      const name = accountName(dlls.kernel32, dlls.advapi32, user);
      // Only names that were found are kept: one that is not known now can be known later.
      if (name !== undefined && names.size < MAX_NAMES) names.set(user, name);
      return name;
    },
    userPrincipalName: (user) => userPrincipalName(dlls.advapi32, user),
    primaryUserName: () => primaryUserName(dlls.advapi32),
    administratorProtection: () => administratorProtection(dlls.advapi32),
    localGroupMembers: (group) => localGroupMembers(dlls, group),
    longPath: (folder) => longPath(dlls, folder),
  };
}

/** GetLongPathNameW replaces 8.3 names by what the file system keeps; the folder must exist. */
function longPath(dlls: WindowsDlls, folder: string): string | undefined {
  const buffer = scratch(MAX_PATH_CHARACTERS * 2);
  const length = dlls.kernel32.GetLongPathNameW(folder, buffer, MAX_PATH_CHARACTERS);
  return length === 0 || length >= MAX_PATH_CHARACTERS ? undefined : textFromUtf16(buffer, length);
}

function hostName(dlls: WindowsDlls): string {
  const buffer = new Uint8Array(512);
  const length: [number] = [buffer.length / 2];
  if (dlls.kernel32.GetComputerNameExW(HOST_NAME, buffer, length) === 0) {
    throw windowsError('GetComputerNameExW', dlls.kernel32.GetLastError());
  }
  return textFromUtf16(buffer, length[0]);
}
