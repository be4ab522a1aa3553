/** Opening a file by a checked path so that it stays what it is until the handle is closed. */
import type { LocalPath } from '../../facts/request-path.ts';
import { displayText } from '../../text/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { fileId, isFixedVolume, isLink, reparseData } from './handle-facts.ts';
import { linkTarget } from './link-target.ts';
import {
  type FolderKind,
  type FolderWalk,
  type Opened,
  openThroughLinks,
  type FolderPlace,
  type RefusedLink,
} from './links.ts';
import {
  FILE_DIRECTORY_FILE,
  FILE_OPEN_REPARSE_POINT,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  LOCKED,
  ntOpen,
  type NtOpenOptions,
  type OpeningDlls,
  STATUS_NOT_A_DIRECTORY,
  STATUS_OPLOCK_BREAK_IN_PROGRESS,
} from './nt-open.ts';
import { writableHandle } from './place.ts';

/** SYNCHRONIZE | READ_CONTROL | FILE_READ_ATTRIBUTES: nothing that another program's share mode could refuse. */
const FOLDER_ACCESS = 0x120080;
/** And FILE_LIST_DIRECTORY, without which a handle keeps nobody from deleting or renaming the folder. */
const HELD_ACCESS = FOLDER_ACCESS | 0x1;
/** FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE. */
const FILE_SHARE_ALL = 7;
/** Follows no link between the root directory of the open and the last name; STATUS_REPARSE_POINT_ENCOUNTERED instead. */
const OBJ_DONT_REPARSE = 0x1000;

/** Folders above a file that are looked for in vain; nobody mistypes more of a path. */
const MAX_MISSING = 32;

const STATUS_ACCESS_DENIED = 0xc0000022;
const STATUS_OBJECT_NAME_INVALID = 0xc0000033;
const STATUS_OBJECT_NAME_NOT_FOUND = 0xc0000034;
const STATUS_OBJECT_PATH_NOT_FOUND = 0xc000003a;
const STATUS_SHARING_VIOLATION = 0xc0000043;
const STATUS_DELETE_PENDING = 0xc0000056;
const STATUS_FILE_IS_A_DIRECTORY = 0xc00000ba;
const STATUS_NO_SUCH_DEVICE = 0xc000000e;

/**
 * Opens a file for reading; while it is open nobody can write, rename or delete it. A reparse point is opened itself,
 * not what it points to, and a link on the way is followed only when administrators made it.
 * @returns the handle
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_FILE_PLACE_REFUSED
 */
export function openLocked(dlls: WindowsDlls, path: LocalPath): number {
  const [volume = '', ...names] = path.split('\\');
  const opened = openThroughLinks(walkOf(dlls), { volume, names });
  if ('why' in opened) throw linkRefused(path, opened);
  if (opened.status !== 0) throw openError(path, opened.status);
  return opened.handle;
}

/**
 * Opens a file that is open once more, as {@link openLocked} does: an empty name below its handle is the file itself,
 * whatever its name leads to by now.
 * @param path for messages
 * @returns the handle
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE
 */
export function openAgain(dlls: WindowsDlls, file: number, path: string): number {
  const opened = ntOpen(dlls, '', { ...LOCKED, below: file });
  if (opened.status !== 0) throw openError(path, opened.status);
  const [id, again] = [fileId(dlls.kernel32, file), fileId(dlls.kernel32, opened.handle)];
  if (id.volume === again.volume && id.file === again.file) return opened.handle;
  dlls.kernel32.CloseHandle(opened.handle);
  throw new EpmError('EPM_FILE_UNREADABLE', `The file "${displayText(path)}" is being replaced.`);
}

/**
 * Calls `use` with the folder that a file lies in, or that the first missing folder above it would lie in. Links are
 * followed as {@link openLocked} does; a folder behind any other link counts as missing.
 * @returns undefined when there is none to be opened
 */
export function withNearestFolder<T>(dlls: WindowsDlls, path: LocalPath, use: (folder: number) => T): T | undefined {
  const [volume = '', ...names] = path.split('\\');
  const walk = {
    ...walkOf(dlls),
    openFile: (root: number, below: readonly string[]) => openFolderOf(dlls, root, below),
  };
  for (let depth = names.length; depth > Math.max(0, names.length - MAX_MISSING); depth -= 1) {
    const opened = openThroughLinks(walk, { volume, names: names.slice(0, depth) });
    if ('why' in opened || opened.status !== 0) continue;
    try {
      return use(opened.handle);
    } finally {
      dlls.kernel32.CloseHandle(opened.handle);
    }
  }
  return undefined;
}

/**
 * Opens a folder; while it is open nobody can rename or delete it, nor a folder above it. Links are followed as
 * {@link openLocked} does.
 * @returns the handle; undefined when there is no such folder, or it cannot be opened
 */
export function openHeldFolder(dlls: WindowsDlls, path: LocalPath): number | undefined {
  const [volume = '', ...names] = path.split('\\');
  const held = { access: HELD_ACCESS, share: FILE_SHARE_READ | FILE_SHARE_WRITE };
  const walk = {
    ...walkOf(dlls),
    openFile: (root: number, below: readonly string[]) => openFolderOf(dlls, root, below, held),
  };
  // The folder is looked for as the one that a file would lie in.
  const opened = openThroughLinks(walk, { volume, names: [...names, ''] });
  return 'why' in opened || opened.status !== 0 ? undefined : opened.handle;
}

/** The folder that the last name is in; no link is followed, nor opened itself. */
function openFolderOf(
  dlls: WindowsDlls,
  root: number,
  names: readonly string[],
  { access, share } = { access: FOLDER_ACCESS, share: FILE_SHARE_ALL },
): Opened {
  return ntOpen(dlls, names.slice(0, -1).join('\\'), {
    access,
    share,
    options: FILE_DIRECTORY_FILE,
    below: root,
    attributes: OBJ_DONT_REPARSE,
  });
}

/**
 * Opens an alternate stream for reading, which others may still write. Never waits for them, as {@link openLocked}.
 * @param path final path of a file that is locked, so that the name still means it
 * @returns the handle; `absent`: there is no such stream, or the volume has none; `unreadable`: there is one
 */
export function openStream(dlls: OpeningDlls, path: LocalPath, stream: string): number | 'absent' | 'unreadable' {
  const { status, handle } = ntOpen(dlls, `\\??\\${path}:${stream}`, { ...LOCKED, share: FILE_SHARE_ALL });
  if (status === 0) return handle;
  return status === STATUS_OBJECT_NAME_NOT_FOUND || status === STATUS_OBJECT_NAME_INVALID ? 'absent' : 'unreadable';
}

const FOLDER: NtOpenOptions = {
  access: FOLDER_ACCESS,
  share: FILE_SHARE_ALL,
  options: FILE_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT,
};

function walkOf(dlls: WindowsDlls): FolderWalk {
  return {
    openRoot: (volume) => ntOpen(dlls, `\\??\\${volume}\\`, FOLDER),
    openFile: (folder, names) =>
      ntOpen(dlls, names.join('\\'), { ...LOCKED, below: folder, attributes: OBJ_DONT_REPARSE }),
    openFolder: (folder, name) => ntOpen(dlls, name, { ...FOLDER, below: folder }),
    kindOf: (folder, place) => kindOf(dlls, folder, place),
    close: (handle) => void dlls.kernel32.CloseHandle(handle),
  };
}

function kindOf(dlls: WindowsDlls, folder: number, place: FolderPlace): FolderKind {
  const { kernel32 } = dlls;
  if (!isLink(kernel32, folder)) return 'folder';
  // What is not known counts as somebody's.
  if (writableHandle(dlls, folder) !== false) return 'foreignLink';
  const target = linkTarget(reparseData(kernel32, folder), place);
  return target !== undefined && isFixedVolume(kernel32, target.volume) ? target : 'leadsOffDrive';
}

function linkRefused(path: string, { link, why }: RefusedLink): EpmError {
  const refused = `The file "${displayText(path)}" is not elevated`;
  const shown = `"${displayText([link.volume, ...link.names].join('\\'))}"`;
  const hint = 'Give the path of the file itself, without the link.';
  switch (why) {
    case 'foreignLink':
      return new EpmError(
        'EPM_FILE_PLACE_REFUSED',
        `${refused}: ${shown} on the way to it is a link that users can make or change.`,
        { hint },
      );
    case 'leadsOffDrive':
      return new EpmError(
        'EPM_FILE_PLACE_REFUSED',
        `${refused}: ${shown} on the way to it is a link that leads to no folder of a fixed local drive.`,
        { hint: 'Put the file on a fixed drive of this machine.' },
      );
    case 'tooManyLinks':
      return new EpmError('EPM_FILE_PLACE_REFUSED', `${refused}: there are too many links on the way to it.`, { hint });
    case 'changed':
      return new EpmError('EPM_FILE_UNREADABLE', `${refused}: the folders on the way to it are being changed.`, {
        hint: 'Try again.',
      });
  }
}

function openError(path: string, status: number): EpmError {
  const shown = `The file "${displayText(path)}"`;
  const data = { status: `0x${status.toString(16).toUpperCase().padStart(8, '0')}` };
  switch (status) {
    case STATUS_OBJECT_NAME_NOT_FOUND:
    case STATUS_OBJECT_PATH_NOT_FOUND:
    case STATUS_OBJECT_NAME_INVALID:
    case STATUS_NOT_A_DIRECTORY:
    case STATUS_NO_SUCH_DEVICE:
      return new EpmError('EPM_FILE_NOT_FOUND', `${shown} does not exist.`, { data });
    case STATUS_SHARING_VIOLATION:
    case STATUS_OPLOCK_BREAK_IN_PROGRESS:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} is open for writing in another program.`, { data });
    case STATUS_DELETE_PENDING:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} is being deleted.`, { data });
    case STATUS_FILE_IS_A_DIRECTORY:
      return new EpmError('EPM_FILE_UNREADABLE', `"${displayText(path)}" is a folder.`, {
        hint: 'Give the program file in it.',
        data,
      });
    case STATUS_ACCESS_DENIED:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} cannot be read by the system account.`, {
        hint: 'Let SYSTEM read the file and the folders that it is in; what cannot be read is never elevated.',
        data,
      });
    default:
      return new EpmError('EPM_FILE_UNREADABLE', `${shown} cannot be opened (status ${data.status}).`, { data });
  }
}
