/**
 * What lies beside a program, copied into the folder of its protected copy (decision F3). Users have chosen it, and it is
 * worth no more as a copy: whoever starts the program judges what is loaded or started from there. A copy only keeps the
 * bytes from being changed once they were judged.
 */
import { splitPath } from '../../facts/gather.ts';
import type { ReadingLimits } from '../../facts/reading-limits.ts';
import { checkRequestPath, type LocalPath } from '../../facts/request-path.ts';
import { type EpmError, isEpmError } from '../../model/errors.ts';
import { foldCase } from '../../text/compare.ts';
import { displayText } from '../../text/display.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { isDiskFile, isPlaceholder, isReparsePoint, standardFacts } from '../files/handle-facts.ts';
import { type FolderEntry, listFolder } from '../files/list-folder.ts';
import {
  FILE_DIRECTORY_FILE,
  FILE_OPEN_REPARSE_POINT,
  FILE_SHARE_READ,
  FILE_SHARE_WRITE,
  LOCKED,
  ntOpen,
  type NtOpenOptions,
} from '../files/nt-open.ts';
import { openHeldFolder } from '../files/open-file.ts';
import { readerOf } from '../files/reader.ts';
import type { RequesterRights } from '../files/requester-rights.ts';
import { readMark } from '../files/zone.ts';
import { copyFailed } from './copy-failed.ts';
import { makeFolderBelow } from './copy-folder.ts';
import { checkSpace, writeCopy } from './write-copy.ts';

/** Files and folders, bytes of them together, and folders in one another. */
const MOST = { entries: 5_000, bytes: 2 * 1024 ** 3, depth: 16 } as const;
/** Milliseconds for the whole folder: as long as the largest one takes on a slow disk. */
const TIME_LIMIT = 120_000;

/**
 * What leads the loader of Windows, or .NET, to other libraries than the program itself names: of any program in the
 * folder, and whatever is called so beside the program.
 */
const REDIRECTS = /\.(?:local|manifest|config)$/i;
const REDIRECTS_BELOW = /\.exe\.(?:local|manifest|config)$/i;

/** SYNCHRONIZE | READ_CONTROL | FILE_READ_ATTRIBUTES | FILE_LIST_DIRECTORY. */
const LISTED: NtOpenOptions = {
  access: 0x120081,
  share: FILE_SHARE_READ | FILE_SHARE_WRITE,
  options: FILE_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT,
};

/** What the person who asked may read: the copy holds nothing else. */
export type NeighbourRights = Pick<RequesterRights, 'mayRead' | 'mayEnter'>;

interface Target {
  /** Handle of the folder that is copied into. */
  readonly folder: Handle;
  /** A folder of its drive. */
  readonly place: string;
}

/** One folder that was listed, and is held open until everything in it is copied. */
interface Listed {
  readonly handle: Handle;
  readonly path: string;
  readonly entries: readonly FolderEntry[];
  readonly below: ReadonlyMap<string, Listed>;
}

/**
 * Copies the folder of a program, but for the program itself. Links, other reparse points and placeholders of a cloud are
 * not copied, and neither is anything else then.
 * @param program final path of the program, which is open and locked
 * @throws EpmError EPM_COPY_FAILED with `data.reason` `folderTooLarge`, `folderUnusable`, `folderChanged`, `diskFull` or
 *   `failed`; EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
 */
export async function copyNeighbours(
  dlls: WindowsDlls,
  program: LocalPath,
  rights: NeighbourRights,
  target: Target,
  { signal }: ReadingLimits,
): Promise<void> {
  const { folder, name } = splitPath(program);
  if (folder.length <= 3) throw unusable(folder, 'is a whole drive');
  const work = new FolderCopy(dlls, rights, signal);
  try {
    const root = work.list(work.openRoot(checkRequestPath(folder)), folder, 0, (entry, depth) =>
      depth === 0
        ? foldCase(entry.name) !== foldCase(name) && !REDIRECTS.test(entry.name)
        : !REDIRECTS_BELOW.test(entry.name),
    );
    checkSpace(dlls, target.place, folder, work.bytes);
    await work.copy(root, target.folder);
    work.checkUnchanged(root);
  } catch (error) {
    if (isEpmError(error) && error.code === 'EPM_FILE_UNREADABLE') throw changed(folder, error.message, error);
    throw error;
  } finally {
    work.close();
  }
}

type Wanted = (entry: FolderEntry, depth: number) => boolean;

class FolderCopy {
  bytes = 0;
  readonly #dlls: WindowsDlls;
  readonly #rights: NeighbourRights;
  readonly #signal: AbortSignal | undefined;
  readonly #deadline = performance.now() + TIME_LIMIT;
  readonly #open: Handle[] = [];
  /** What was listed, as text, by folder. */
  readonly #seen = new Map<Listed, string>();
  #entries = 0;

  constructor(dlls: WindowsDlls, rights: NeighbourRights, signal: AbortSignal | undefined) {
    this.#dlls = dlls;
    this.#rights = rights;
    this.#signal = signal;
  }

  close(): void {
    for (const handle of this.#open) this.#dlls.kernel32.CloseHandle(handle);
  }

  openRoot(path: LocalPath): Handle {
    const handle = openHeldFolder(this.#dlls, path);
    if (handle === undefined) throw changed(path, `The folder "${displayText(path)}" cannot be opened.`);
    this.#open.push(handle);
    return handle;
  }

  /** @param wanted what is copied of it */
  list(handle: Handle, path: string, depth: number, wanted: Wanted): Listed {
    const { kernel32 } = this.#dlls;
    if (depth > MOST.depth) throw tooLarge(path, `more than ${MOST.depth} folders lie in one another`);
    if (depth > 0 && isReparsePoint(kernel32, handle))
      throw unusable(path, 'is a link or another kind of reparse point');
    if (!this.#rights.mayEnter(handle)) throw unusable(path, 'is none that you may open');
    const all = listFolder(kernel32, handle, MOST.entries);
    const entries = all.filter((entry) => wanted(entry, depth));
    this.#entries += entries.length;
    if (all.length > MOST.entries || this.#entries > MOST.entries) {
      throw tooLarge(path, `there are more than ${MOST.entries} files and folders`);
    }
    const below = new Map<string, Listed>();
    const listed = { handle, path, entries, below };
    this.#seen.set(listed, textOf(all));
    for (const entry of entries) {
      const place = `${path}\\${entry.name}`;
      if (entry.isReparsePoint) throw unusable(place, 'is a link, in a cloud, or another kind of reparse point');
      checkName(place);
      if (entry.isFolder) {
        below.set(entry.name, this.list(this.#openFolder(handle, entry.name, place), place, depth + 1, wanted));
        continue;
      }
      this.bytes += entry.size;
      if (this.bytes > MOST.bytes) throw tooLarge(path, `the files have more than ${MOST.bytes / 1024 ** 3} GiB`);
    }
    return listed;
  }

  async copy({ handle, path, entries, below }: Listed, target: Handle): Promise<void> {
    for (const entry of entries) {
      const place = checkName(`${path}\\${entry.name}`);
      const folder = below.get(entry.name);
      if (folder === undefined) {
        await this.#copyFile(handle, entry, place, target);
        continue;
      }
      const made = makeFolderBelow(this.#dlls, target, entry.name);
      try {
        await this.copy(folder, made);
      } finally {
        this.#dlls.kernel32.CloseHandle(made);
      }
    }
  }

  /** What was added, removed or changed meanwhile could be half of what belongs together. */
  checkUnchanged(root: Listed): void {
    const { handle, path, below } = root;
    if (textOf(listFolder(this.#dlls.kernel32, handle, MOST.entries)) !== this.#seen.get(root)) {
      throw changed(path, `The folder "${displayText(path)}" was changed while it was copied.`);
    }
    for (const folder of below.values()) this.checkUnchanged(folder);
  }

  #openFolder(below: Handle, name: string, path: string): Handle {
    const { status, handle } = ntOpen(this.#dlls, name, { ...LISTED, below });
    if (status !== 0) throw changed(path, `The folder "${displayText(path)}" cannot be opened.`, undefined, status);
    this.#open.push(handle);
    return handle;
  }

  async #copyFile(folder: Handle, entry: FolderEntry, path: LocalPath, target: Handle): Promise<void> {
    const dlls = this.#dlls;
    const { kernel32 } = dlls;
    const { status, handle } = ntOpen(dlls, entry.name, { ...LOCKED, below: folder });
    if (status !== 0) {
      throw changed(path, `"${displayText(path)}" is open for writing, gone or not to be read.`, undefined, status);
    }
    const reader = readerOf(kernel32, handle, entry.size, path);
    try {
      if (!isDiskFile(kernel32, handle) || isPlaceholder(kernel32, handle) || isReparsePoint(kernel32, handle)) {
        throw unusable(path, 'is no ordinary file');
      }
      if (!this.#rights.mayRead(handle)) throw unusable(path, 'is none that you may read');
      const { size, deletePending } = standardFacts(kernel32, handle);
      if (size !== entry.size || deletePending) throw changed(path, `"${displayText(path)}" is being changed.`);
      const { stream: mark } = await readMark(dlls, path);
      // Not below zero: what is over at once says so.
      const timeLimit = Math.max(1, this.#deadline - performance.now());
      const limits = this.#signal === undefined ? { timeLimit } : { timeLimit, signal: this.#signal };
      await writeCopy(dlls, target, entry.name, { path, source: reader.source, mark }, limits);
    } finally {
      reader.close();
    }
  }
}

function textOf(entries: readonly FolderEntry[]): string {
  return entries
    .map(({ name, isFolder, size, lastWrite }) => (isFolder ? `${name}\\` : `${name}:${size}:${lastWrite}`))
    .toSorted()
    .join('\n');
}

/** A name that Windows would read as another one is not written. */
function checkName(path: string): LocalPath {
  try {
    return checkRequestPath(path);
  } catch (error) {
    if (!isEpmError(error)) throw error;
    throw unusable(path, 'has a name that is not accepted');
  }
}

function tooLarge(path: string, why: string): EpmError {
  return copyFailed('folderTooLarge', `The folder of the program is not copied: in "${displayText(path)}" ${why}.`);
}

function unusable(path: string, what: string): EpmError {
  return copyFailed('folderUnusable', `The folder of the program is not copied: "${displayText(path)}" ${what}.`);
}

function changed(path: string, why: string, cause?: unknown, status?: number): EpmError {
  const data = status === undefined ? {} : { status: `0x${status.toString(16).toUpperCase().padStart(8, '0')}` };
  const folder = displayText(path);
  return copyFailed('folderChanged', `What lies beside the program is not copied, "${folder}": ${why}`, data, cause);
}
