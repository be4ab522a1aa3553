/**
 * Links on the way to a file. A standard user can make a folder that leads elsewhere: a junction, and in developer mode
 * a symbolic link, to a server of his choice too. The agent opens files as the system, so it follows no link that he
 * could have made: the name would mean another file a moment later, and a server would be given the account of the
 * machine to log on with.
 */

/** ntstatus.h; the answer to an open with OBJ_DONT_REPARSE that met a link. */
const STATUS_REPARSE_POINT_ENCOUNTERED = 0xc000050b;
/** More links than this in one path are nobody's folders. */
const MAX_LINKS = 8;

export interface Opened {
  /** NTSTATUS as an unsigned number; the handle is one only when it is 0. */
  readonly status: number;
  readonly handle: number;
}

/** What a folder is, asked through its own handle. */
export type FolderKind = 'folder' | 'trustedLink' | 'foreignLink';

/** The file system as seen from an open folder. Every handle that `status` 0 comes with is closed by the caller. */
export interface FolderWalk {
  /** Opens the file for good. No link between folder and file is followed; the file itself may be one. */
  openFile(folder: number, names: readonly string[]): Opened;
  /** Opens a folder right below another: the link itself, or with `follow` what it leads to. */
  openFolder(folder: number, name: string, follow: boolean): Opened;
  /** A link is trusted when nobody but administrators can have made it or change where it leads. */
  kindOf(folder: number): FolderKind;
  close(handle: number): void;
}

/** Number of the name, from 0, at which the way was given up, and why. */
export interface RefusedLink {
  readonly at: number;
  readonly why: 'foreignLink' | 'tooManyLinks' | 'changed';
}

/**
 * Opens a file below a folder by way of links that administrators made only. Every step starts at the handle of the
 * step before, so nobody can put a link in place of a folder that was looked at.
 * @param root handle of the folder that the names start in; stays open
 * @param names of the folders on the way and of the file
 */
export function openBelow(walk: FolderWalk, root: number, names: readonly string[]): Opened | RefusedLink {
  const held: number[] = [];
  let folder = root;
  let done = 0;
  try {
    for (let links = 0; links <= MAX_LINKS; links += 1) {
      const opened = walk.openFile(folder, names.slice(done));
      if (opened.status !== STATUS_REPARSE_POINT_ENCOUNTERED) return opened;
      const found = nextLink(walk, folder, names.slice(done, -1), held);
      if ('status' in found) return found;
      const at = done + found.at;
      if (found.kind !== 'trustedLink') return { at, why: found.kind === 'foreignLink' ? 'foreignLink' : 'changed' };
      const target = walk.openFolder(found.parent, names[at] ?? '', true);
      if (target.status !== 0) return target;
      held.push(target.handle);
      folder = target.handle;
      done = at + 1;
    }
    return { at: done, why: 'tooManyLinks' };
  } finally {
    for (const handle of held) walk.close(handle);
  }
}

/** The first folder that is a link; kind `folder`: none is, any more. */
function nextLink(
  walk: FolderWalk,
  start: number,
  names: readonly string[],
  held: number[],
): Opened | { readonly at: number; readonly parent: number; readonly kind: FolderKind } {
  let parent = start;
  for (const [at, name] of names.entries()) {
    const opened = walk.openFolder(parent, name, false);
    if (opened.status !== 0) return opened;
    held.push(opened.handle);
    const kind = walk.kindOf(opened.handle);
    if (kind !== 'folder') return { at, parent, kind };
    parent = opened.handle;
  }
  return { at: names.length, parent, kind: 'folder' };
}
