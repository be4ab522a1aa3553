/** Where a file lies and who may change it there: the volume, and who besides administrators may write. */
import { defined } from '../../model/defined.ts';
import type { PlaceFacts } from '../../model/file-facts.ts';
import { splitPath } from '../../facts/gather.ts';
import type { WindowsDlls } from '../dll/load.ts';
import type { SecurityDescriptor } from '../security/descriptor.ts';
import { handleSecurity, pathSecurity } from '../security/read-security.ts';
import { FILE_WRITE_RIGHTS, FOLDER_REPLACE_RIGHTS, FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';

const NOBODY: ReadonlySet<string> = new Set();

/** File systems with access control lists that Windows is installed on. */
export const FILE_SYSTEMS: ReadonlySet<string> = new Set(['NTFS', 'REFS']);

/** DRIVE_… of fileapi.h. */
const VOLUME_KINDS: Readonly<Record<number, NonNullable<PlaceFacts['volumeKind']>>> = {
  2: 'removable',
  3: 'fixed',
  4: 'network',
  5: 'optical',
  6: 'ramDisk',
};

/** What the operating system says about one place; undefined: it does not say. */
interface PlaceSource {
  /** Name of the file system, for example `NTFS`. */
  readonly fileSystem: string;
  /** Of GetDriveTypeW. */
  readonly driveType: number;
  /** Owner and DACL of the opened file. */
  fileSecurity(): SecurityDescriptor | undefined;
  /** The same of a folder, `C:\folder` or `C:\`. */
  folderSecurity(folder: string): SecurityDescriptor | undefined;
}

/**
 * Judges a place. A folder higher up counts when it can be renamed or replaced, for then another file can be given the
 * same path; that somebody may only add things there, as everybody may to `C:\`, does not.
 * @param path final path of the file
 * @param own SIDs of accounts for which the file is asked about, who may write what they run
 * @throws EpmError EPM_WINDOWS_API when a descriptor is damaged
 */
export function placeFacts(source: PlaceSource, path: string, own: ReadonlySet<string> = NOBODY): PlaceFacts {
  const { folder } = splitPath(path);
  const fileWritable = writable(source.fileSecurity(), FILE_WRITE_RIGHTS, own);
  const folderWritable = anyOf([
    () => writable(source.folderSecurity(folder), FOLDER_WRITE_RIGHTS, own),
    ...parents(folder).map((parent) => () => writable(source.folderSecurity(parent), FOLDER_REPLACE_RIGHTS, own)),
  ]);
  return {
    fileSystem: source.fileSystem,
    volumeKind: VOLUME_KINDS[source.driveType] ?? 'unknown',
    ...defined({ fileWritableByUsers: fileWritable, folderWritableByUsers: folderWritable }),
  };
}

/** A person who is no administrator may change the file or what lies beside it; undefined when part is not known. */
export function writableByUsers(place: PlaceFacts): boolean | undefined {
  return anyOf([() => place.fileWritableByUsers, () => place.folderWritableByUsers]);
}

/**
 * Whether the identity of a file stands for its content as long as nothing of it changes. Whoever may write the file can
 * put its times back; and a volume that is not the one Windows runs from can be taken off, changed elsewhere, and put back
 * with every time and number as it was.
 */
export function isKnownAgain({
  onSystemVolume,
  writable,
}: {
  readonly onSystemVolume: boolean;
  readonly writable: boolean | undefined;
}): boolean {
  return onSystemVolume && writable === false;
}

/** The place of a file that is open. */
export function placeSource(dlls: WindowsDlls, handle: number, path: string, fileSystem: string): PlaceSource {
  return {
    fileSystem,
    driveType: dlls.kernel32.GetDriveTypeW(path.slice(0, 3)),
    fileSecurity: () => handleSecurity(dlls, handle),
    folderSecurity: (folder) => pathSecurity(dlls, folder),
  };
}

/** Whether somebody who is no administrator may change an open file or link; undefined: not known. */
export function writableHandle(dlls: WindowsDlls, handle: number): boolean | undefined {
  return writable(handleSecurity(dlls, handle), FILE_WRITE_RIGHTS);
}

function writable(
  security: SecurityDescriptor | undefined,
  rights: number,
  own: ReadonlySet<string> = NOBODY,
): boolean | undefined {
  return security === undefined ? undefined : untrustedWriter(security, rights, own) !== undefined;
}

/** Folders above one, up to the root of the drive: `C:\a\b` has `C:\a` and `C:\`. */
export function parents(folder: string): readonly string[] {
  const found: string[] = [];
  for (let current = splitPath(folder).folder; current !== found.at(-1) && current !== folder;) {
    found.push(current);
    current = splitPath(current).folder;
  }
  return found;
}

/** True as soon as one is; undefined when none is and one is not known. */
function anyOf(answers: readonly (() => boolean | undefined)[]): boolean | undefined {
  let unknown = false;
  for (const answer of answers) {
    const value = answer();
    if (value === true) return true;
    unknown ||= value === undefined;
  }
  return unknown ? undefined : false;
}
