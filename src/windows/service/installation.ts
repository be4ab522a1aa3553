/**
 * Who may change the agent's own program. The service runs as the system from where it was installed: whoever may write
 * a file there, or put one beside it, is the system.
 */
import * as fs from 'node:fs';
import { win32 as paths } from 'node:path';
import { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { parents } from '../files/place.ts';
import type { SecurityDescriptor } from '../security/descriptor.ts';
import { pathSecurity } from '../security/read-security.ts';
import { FILE_WRITE_RIGHTS, FOLDER_REPLACE_RIGHTS, FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';

/** An installation has some dozen files; more is not one. */
const MAX_ENTRIES = 5_000;
const DRIVE_FIXED = 3;

type EntryKind = 'file' | 'folder' | 'other';

interface InstallationSource {
  /** Owner and DACL; undefined: not known. */
  security(path: string): SecurityDescriptor | undefined;
  kind(path: string): EntryKind;
  /** Names in a folder. */
  names(folder: string): readonly string[];
}

/**
 * Checks the folder of epm.exe, all in it, and the folders above it. Wine gives every file to the one account it runs
 * under, so there is nothing to learn there.
 * @param folder absolute path
 * @throws EpmError EPM_INSTALLATION_UNSAFE naming what others may change, and who
 */
export function requireSafeInstallation(dlls: WindowsDlls, folder: string): void {
  const { kernel32, native } = dlls;
  if (native.epm_is_wine() === 1) return;
  if (kernel32.GetDriveTypeW(folder.slice(0, 3)) !== DRIVE_FIXED) throw unsafe(folder, 'it is not on a fixed drive');
  checkInstallation(folder, {
    security: (path) => pathSecurity(dlls, path),
    kind(path) {
      const status = fs.lstatSync(path);
      return status.isFile() ? 'file' : status.isDirectory() ? 'folder' : 'other';
    },
    names: (path) => fs.readdirSync(path),
  });
}

/** The check itself. @throws EpmError EPM_INSTALLATION_UNSAFE */
export function checkInstallation(folder: string, source: InstallationSource): void {
  for (const parent of parents(folder)) checkOne(parent, FOLDER_REPLACE_RIGHTS, source);
  const left = [folder];
  for (let seen = 0; left.length > 0; seen += 1) {
    const path = left.pop() ?? folder;
    if (seen === MAX_ENTRIES) throw unsafe(folder, `it has more than ${MAX_ENTRIES} files`);
    const isFolder = checkOne(path, undefined, source) === 'folder';
    if (isFolder) left.push(...source.names(path).map((name) => paths.join(path, name)));
  }
}

/** @param rights that nobody may have; undefined: those that change the content of what it is */
function checkOne(path: string, rights: number | undefined, source: InstallationSource): EntryKind {
  const kind = source.kind(path);
  if (kind === 'other') throw unsafe(path, 'it is a link');
  const security = source.security(path);
  if (security === undefined) throw unsafe(path, 'its permissions cannot be read');
  const changing = kind === 'folder' ? FOLDER_WRITE_RIGHTS : FILE_WRITE_RIGHTS;
  const writer = untrustedWriter(security, rights ?? changing);
  if (writer !== undefined) throw unsafe(path, `${writer} may change it`);
  return kind;
}

function unsafe(path: string, why: string): EpmError {
  return new EpmError('EPM_INSTALLATION_UNSAFE', `EPM does not run as the system from "${path}": ${why}.`, {
    data: { path },
  });
}
