/**
 * The files of Group Policy objects that were applied to a user, as Windows keeps them on the machine: the local object
 * in `System32\GroupPolicy`, that of one user in `System32\GroupPolicyUsers`, and copies of the domain's objects in the
 * data stores of the user and of the machine. A file counts only when nobody but administrators can change it, the
 * folders above it included.
 */
import * as fs from 'node:fs';
import { win32 as paths } from 'node:path';
import type { Sid } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';
import type { MachineFolders } from '../../model/request.ts';
import { POLICY_KEY } from '../../policy/declaration/names.ts';
import { applyRegistryPol } from '../../policy/formats/registry-pol.ts';
import type { RegistrySnapshot } from '../../policy/registry/registry-snapshot.ts';
import { RegistryTree } from '../../policy/registry/registry-tree.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { pathSecurity } from '../security/read-security.ts';
import { FILE_WRITE_RIGHTS, FOLDER_REPLACE_RIGHTS, FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';

/** Files and folders that only administrators can change. */
export interface TrustedFiles {
  /** Undefined: there is no such file. @throws EpmError EPM_POLICY_UNREADABLE when others may change it */
  read(path: string): Uint8Array | undefined;
  /** Names of the folders in a folder; none where it does not exist. */
  folders(path: string): readonly string[];
}

/** Bytes; a Registry.pol of a policy with the most rules is smaller. */
const LARGEST_FILE = 128 * 1024 * 1024;
/** Non-administrators, for whom a machine may have an object of their own ([MS-DTYP] 2.4.2.4, BUILTIN_USERS). */
const USERS_GROUP = 'S-1-5-32-545';

/**
 * What the files of the objects leave in the policy key of a user, one applied after the other.
 * @param objects identifiers in the order of application
 * @returns undefined when there is no file
 * @throws EpmError EPM_POLICY_UNREADABLE, EPM_POLICY_INVALID when one of them is not to be trusted, or is none
 */
export function policyOfFiles(
  files: TrustedFiles,
  folders: MachineFolders,
  user: Sid,
  objects: readonly string[],
): RegistrySnapshot | undefined {
  const tree = new RegistryTree();
  let isThere = false;
  for (const object of objects) {
    for (const path of candidates(files, folders, user, object)) {
      const bytes = files.read(path);
      if (bytes === undefined) continue;
      applyRegistryPol(tree, bytes);
      isThere = true;
    }
  }
  return isThere ? (tree.snapshot(POLICY_KEY) ?? { values: [], subkeys: [] }) : undefined;
}

function candidates(files: TrustedFiles, folders: MachineFolders, user: Sid, object: string): readonly string[] {
  const system32 = `${folders.systemRoot}\\System32`;
  if (/^LocalGPO/i.test(object)) {
    const users = [USERS_GROUP, user].map((name) => `${system32}\\GroupPolicyUsers\\${name}\\User\\Registry.pol`);
    return [`${system32}\\GroupPolicy\\User\\Registry.pol`, ...users];
  }
  if (!/^\{[0-9A-Fa-f-]{36}\}$/.test(object)) return [];
  const stores = [
    `${folders.programData}\\Microsoft\\GroupPolicy\\Users\\${user}\\DataStore\\0\\SysVol`,
    `${system32}\\GroupPolicy\\DataStore\\0\\SysVol`,
  ];
  return stores.flatMap((store) =>
    files.folders(store).map((domain) => `${store}\\${domain}\\Policies\\${object}\\User\\Registry.pol`),
  );
}

/** Files of this machine. Wine gives every file to one account, so that who may write is not known there: none counts. */
export function protectedFiles(dlls: WindowsDlls): TrustedFiles {
  return {
    read(path) {
      const file = open(path);
      if (file === undefined) return undefined;
      try {
        const status = fs.fstatSync(file);
        if (!status.isFile() || status.size > LARGEST_FILE) throw refused(path, 'it is no file of a usual size');
        requireProtected(dlls, path);
        return fs.readFileSync(file);
      } finally {
        fs.closeSync(file);
      }
    },
    folders(path) {
      try {
        return fs
          .readdirSync(path, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name);
      } catch (cause) {
        if (isMissing(cause)) return [];
        throw refused(path, 'it cannot be read', cause);
      }
    },
  };
}

function open(path: string): number | undefined {
  try {
    return fs.openSync(path, 'r');
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw refused(path, 'it cannot be read', cause);
  }
}

/** @throws EpmError EPM_POLICY_UNREADABLE when the file, its folder or one above may be changed or replaced by others */
function requireProtected(dlls: WindowsDlls, path: string): void {
  if (dlls.native.epm_is_wine() === 1) throw refused(path, 'who may write it is not known');
  requireOrdinary(path, path);
  requireWriters(dlls, path, FILE_WRITE_RIGHTS);
  let rights = FOLDER_WRITE_RIGHTS;
  for (let folder = paths.dirname(path); ; folder = paths.dirname(folder)) {
    requireOrdinary(path, folder);
    requireWriters(dlls, folder, rights);
    if (folder === paths.dirname(folder)) return;
    // Everybody may add to the root of a drive; what counts above is who may put another folder in place of one.
    rights = FOLDER_REPLACE_RIGHTS;
  }
}

/** A link leads somewhere else, whoever may write there. */
function requireOrdinary(path: string, part: string): void {
  if (fs.lstatSync(part).isSymbolicLink()) throw refused(path, `"${part}" is a link`);
}

function requireWriters(dlls: WindowsDlls, path: string, rights: number): void {
  const security = pathSecurity(dlls, path);
  if (security === undefined) throw refused(path, 'its permissions cannot be read');
  const writer = untrustedWriter(security, rights);
  if (writer !== undefined) throw refused(path, `${writer} may change it`);
}

function isMissing(cause: unknown): boolean {
  const { code } = cause as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

function refused(path: string, why: string, cause?: unknown): EpmError {
  return new EpmError('EPM_POLICY_UNREADABLE', `"${path}" confirms nothing: ${why}.`, { cause });
}
