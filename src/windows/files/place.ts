/** Where a file lies and who may change it there: the volume, and who besides administrators may write. */
import { defined } from '../../model/defined.ts';
import type { PlaceFacts } from '../../model/file-facts.ts';
import { splitPath } from '../../facts/gather.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { parseDescriptor } from '../security/descriptor.ts';
import { FILE_WRITE_RIGHTS, FOLDER_REPLACE_RIGHTS, FOLDER_WRITE_RIGHTS, untrustedWriter } from '../security/writers.ts';

/** OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION. */
const OWNER_DACL = 5;
/** Bytes that nearly every descriptor fits in, and the most there can be: an ACL of 64 KiB and a few SIDs. */
const USUAL_DESCRIPTOR = 1024;
const MAX_DESCRIPTOR = 0x10000 + 1024;

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
  /** Self-relative security descriptor with owner and DACL of the opened file. */
  fileSecurity(): Uint8Array | undefined;
  /** The same of a folder, `C:\folder` or `C:\`. */
  folderSecurity(folder: string): Uint8Array | undefined;
}

/**
 * Judges a place. A folder higher up counts when it can be renamed or replaced, for then another file can be given the
 * same path; that somebody may only add things there, as everybody may to `C:\`, does not.
 * @param path final path of the file
 * @throws EpmError EPM_WINDOWS_API when a descriptor is damaged
 */
export function placeFacts(source: PlaceSource, path: string): PlaceFacts {
  const { folder } = splitPath(path);
  const fileWritable = writable(source.fileSecurity(), FILE_WRITE_RIGHTS);
  const folderWritable = anyOf([
    () => writable(source.folderSecurity(folder), FOLDER_WRITE_RIGHTS),
    ...parents(folder).map((parent) => () => writable(source.folderSecurity(parent), FOLDER_REPLACE_RIGHTS)),
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

/** The place of a file that is open. Wine gives every file to one account, so who may write is not known there. */
export function placeSource(dlls: WindowsDlls, handle: number, path: string, fileSystem: string): PlaceSource {
  const { advapi32, kernel32, native } = dlls;
  const isWine = native.epm_is_wine() === 1;
  return {
    fileSystem,
    driveType: kernel32.GetDriveTypeW(path.slice(0, 3)),
    fileSecurity: () => securityOf(dlls, handle),
    folderSecurity: (folder) =>
      isWine
        ? undefined
        : descriptor((bytes, needed) =>
            advapi32.GetFileSecurityW(`\\\\?\\${folder}`, OWNER_DACL, bytes, bytes.length, needed),
          ),
  };
}

/** Whether somebody who is no administrator may change an open file or link; undefined: not known. */
export function writableHandle(dlls: WindowsDlls, handle: number): boolean | undefined {
  return writable(securityOf(dlls, handle), FILE_WRITE_RIGHTS);
}

function securityOf({ advapi32, native }: WindowsDlls, handle: number): Uint8Array | undefined {
  if (native.epm_is_wine() === 1) return undefined;
  return descriptor((bytes, needed) =>
    advapi32.GetKernelObjectSecurity(handle, OWNER_DACL, bytes, bytes.length, needed),
  );
}

function writable(bytes: Uint8Array | undefined, rights: number): boolean | undefined {
  return bytes === undefined ? undefined : untrustedWriter(parseDescriptor(bytes), rights) !== undefined;
}

/** Folders above one, up to the root of the drive: `C:\a\b` has `C:\a` and `C:\`. */
function parents(folder: string): readonly string[] {
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

function descriptor(query: (bytes: Uint8Array, needed: [number]) => number): Uint8Array | undefined {
  for (const size of [USUAL_DESCRIPTOR, MAX_DESCRIPTOR]) {
    const bytes = new Uint8Array(size);
    if (query(bytes, [0]) !== 0) return bytes;
  }
  return undefined;
}
