/**
 * Links on the way to a file. A standard user can make a folder that leads elsewhere: a junction, and in developer mode
 * a symbolic link, which may lead to any server. The agent opens files as the system, so it follows no link that a user
 * could have made: the name would mean another file a moment later, and a server would be given the account of the
 * machine to log on with. Windows would follow every link behind the first, so it is told to follow none: the agent reads where
 * a link of administrators leads and walks there in the same way.
 */

/** ntstatus.h; the answer to an open with OBJ_DONT_REPARSE that met a link. */
const STATUS_REPARSE_POINT_ENCOUNTERED = 0xc000050b;
/** No real path has more links than this. */
const MAX_LINKS = 8;

export interface Opened {
  /** NTSTATUS as an unsigned number; the handle is one only when it is 0. */
  readonly status: number;
  readonly handle: number;
}

export interface FolderPlace {
  /** `C:` or `Volume{…}`, as the object manager knows it below `\??\`. */
  readonly volume: string;
  /** From the root of the volume on. */
  readonly names: readonly string[];
}

/**
 * What a folder is, asked through its own handle: no link, one that others than administrators can have made or change,
 * one that leads to no folder of a fixed drive, or the place that a link of administrators leads to.
 */
export type FolderKind = 'folder' | 'foreignLink' | 'leadsOffDrive' | FolderPlace;

/** The file system as seen from an open folder. Every handle that `status` 0 comes with is closed by the caller. */
export interface FolderWalk {
  openRoot(volume: string): Opened;
  /** Opens the file to be kept open. No link between folder and file is followed; the file itself may be one. */
  openFile(folder: number, names: readonly string[]): Opened;
  /** Opens a folder right below another; a link itself, not what it leads to. */
  openFolder(folder: number, name: string): Opened;
  /** @param place the way to the folder that the handle is of */
  kindOf(folder: number, place: FolderPlace): FolderKind;
  close(handle: number): void;
}

export interface RefusedLink {
  readonly link: FolderPlace;
  readonly why: 'foreignLink' | 'leadsOffDrive' | 'tooManyLinks' | 'changed';
}

/**
 * Opens a file by way of links that administrators made only. What is looked at for links and what is opened start at
 * the same open root, and a link that is put on the way meanwhile is met by the open and not followed.
 */
export function openThroughLinks(walk: FolderWalk, start: FolderPlace): Opened | RefusedLink {
  let place = start;
  for (let links = 0; links <= MAX_LINKS; links += 1) {
    const root = walk.openRoot(place.volume);
    if (root.status !== 0) return root;
    try {
      const opened = walk.openFile(root.handle, place.names);
      if (opened.status !== STATUS_REPARSE_POINT_ENCOUNTERED) return opened;
      const found = resolveFirstLink(walk, root.handle, place);
      if ('status' in found || 'why' in found) return found;
      place = found;
    } finally {
      walk.close(root.handle);
    }
  }
  return { link: place, why: 'tooManyLinks' };
}

/** The same file by a way on which the first link is replaced by where it leads. */
function resolveFirstLink(
  walk: FolderWalk,
  root: number,
  { volume, names }: FolderPlace,
): Opened | RefusedLink | FolderPlace {
  const held: number[] = [];
  try {
    for (const [at, name] of names.slice(0, -1).entries()) {
      const opened = walk.openFolder(held.at(-1) ?? root, name);
      if (opened.status !== 0) return opened;
      held.push(opened.handle);
      const link = { volume, names: names.slice(0, at + 1) };
      const kind = walk.kindOf(opened.handle, link);
      if (kind === 'folder') continue;
      if (typeof kind === 'string') return { link, why: kind };
      return { volume: kind.volume, names: [...kind.names, ...names.slice(at + 1)] };
    }
    return { link: { volume, names }, why: 'changed' };
  } finally {
    for (const handle of held) walk.close(handle);
  }
}
