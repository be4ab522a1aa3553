/** The agent's one open of a file: everything it will ever know about it comes through the handle made here. */
import type {
  CopyLimits,
  FileOpener,
  LockedFile,
  LockedImage,
  MappedImage,
  ProtectedCopy,
  StartableFile,
  UnusableImage,
  WantedFacts,
} from '../../agent/ports.ts';
import type { ByteSource } from '../../facts/byte-source.ts';
import { type ContentIdentity, FactsCache, type FileIdentity } from '../../facts/cache.ts';
import type { DigestWorker } from '../../facts/digest-worker.ts';
import { type Asker, FairQueue } from '../../facts/fair-queue.ts';
import { displayText } from '../../text/display.ts';
import { checkSize } from '../../facts/gather.ts';
import { checkRequestPath, type LocalPath } from '../../facts/request-path.ts';
import type { SignatureTrust } from '../../facts/trust.ts';
import { defined } from '../../model/defined.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import type { FileFacts, FileId } from '../../model/file-facts.ts';
import { copyFailed } from '../copies/copy-failed.ts';
import type { ProtectedCopies } from '../copies/protected-copies.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { whyForeign } from './disks.ts';
import {
  changeTime,
  fileId,
  fileSystemName,
  finalPath,
  isDiskFile,
  isFixedVolume,
  isPlaceholder,
  isRemote,
  isReparsePoint,
  standardFacts,
  updateSequenceNumber,
} from './handle-facts.ts';
import { openAgain, openLocked, withNearestFolder } from './open-file.ts';
import { disksOf, systemVolume } from './volume.ts';
import { FILE_SYSTEMS, isKnownAgain, placeFacts, placeSource, writableByUsers } from './place.ts';
import { readerOf } from './reader.ts';
import { NOBODY_ASKED, PROCESS_ITSELF, type RequesterRights, requesterOf } from './requester-rights.ts';
import { shortFolder } from './short-folder.ts';
import { type InternetMark, readMark } from './zone.ts';

/** Two files of one user are read at once, and there is always a turn for others. */
const READING = { slots: 4, perUser: 2 };

/** Contents of copies whose facts are kept: enough for what the people of one machine start again and again. */
const COPIES_KEPT = 200;

interface FileOpenerOptions {
  /** Facts of files that were read before. */
  readonly cache?: FactsCache;
  /** Makes protected copies; absent: none can be had. */
  readonly copies?: Pick<ProtectedCopies, 'make'>;
  /** A second thread for the digests of large files. */
  readonly worker?: DigestWorker;
  /** What Windows knows about the signatures of the opened file; absent: no signature is trusted. */
  readonly trust?: (file: { readonly handle: number; readonly path: string; readonly asker: Asker }) => SignatureTrust;
}

/** What every opened file of one opener shares. */
interface Shared extends FileOpenerOptions {
  readonly cache: FactsCache;
  readonly opening: FairQueue;
  readonly reading: FairQueue;
  /** Of copies, by their content; apart, because everybody can fill it with files of their own. */
  readonly contentCache: FactsCache;
  /** Always the machine's own, whatever it lies on: a virtual disk, a card, a stick. */
  readonly systemVolume: string;
}

function sharedBy(dlls: WindowsDlls, options: FileOpenerOptions): Shared {
  return {
    cache: new FactsCache(),
    contentCache: new FactsCache({ maximumFiles: COPIES_KEPT }),
    opening: new FairQueue({ what: 'opening files', slots: 1, perUser: 1 }),
    reading: new FairQueue({ what: 'reading files', ...READING }),
    systemVolume: systemVolume(dlls),
    ...options,
  };
}

/** Opens the image of a process, and libraries, by the handles that Windows gave of them. */
export interface ImageOpener {
  /**
   * @param given a handle of the image, which is closed in any case
   * @param asker whoever shares the turns of reading with other images of the same tree
   * @param own SIDs of accounts that may write what they run: that of the tree, where it is nobody else's
   */
  openImage(given: number, asker: string, own: ReadonlySet<string>): LockedImage | UnusableImage;
  /** As {@link openImage}, for what is mostly known by its name and number: it is not opened before it has to be. */
  mappedImage(given: number, asker: string, own: ReadonlySet<string>): MappedImage;
}

/** Opens files for the callers of the agent's pipe, and images; both share what is known of files. */
export function createFileOpener(dlls: WindowsDlls, options: FileOpenerOptions = {}): FileOpener & ImageOpener {
  const shared = sharedBy(dlls, options);
  return {
    openImage: (given, asker, own) => openImage(dlls, given, asker, own, shared),
    mappedImage: (given, asker, own) => ({
      file: identityOfImage(dlls, given),
      open: () => openImage(dlls, given, asker, own, shared),
      close: () => void dlls.kernel32.CloseHandle(given),
    }),
    open(path, caller) {
      const requester = requesterOf(dlls.native, caller);
      return shared.opening.run(requester, async () => {
        // Windows is asked many things in one go; who came meanwhile gets a turn before the next file of the same user.
        await new Promise((resolve) => setImmediate(resolve));
        return openFor(dlls, path, requester, shared);
      });
    },
  };
}

/**
 * Opens a file for the person that this process runs as, for verbs.
 * @throws EpmError EPM_FILE_NAME_REFUSED, EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_FILE_PLACE_REFUSED
 */
export function openOwnFile(dlls: WindowsDlls, path: string, options: FileOpenerOptions = {}): LockedFile {
  const file = openFor(dlls, path, PROCESS_ITSELF, sharedBy(dlls, options));
  if (file === 'notYours') throw new EpmError('EPM_INTERNAL', "A file of one's own was taken for somebody else's.");
  return file;
}

function openFor(dlls: WindowsDlls, path: string, requester: RequesterRights, shared: Shared): LockedFile | 'notYours' {
  const checked = checkRequestPath(path);
  checkDrive(dlls, checked);
  const handle = openVisible(dlls, checked, requester);
  if (handle === 'notYours') return handle;
  let file: LockedFile | undefined;
  try {
    // Before anything else about the file can be told.
    if (!requester.mayRun(handle)) return 'notYours';
    file = lockedFile(dlls, handle, checked, requester, shared);
    return file;
  } finally {
    if (file === undefined) dlls.kernel32.CloseHandle(handle);
  }
}

function identityOfImage({ kernel32 }: WindowsDlls, image: number): StartableFile | undefined {
  try {
    return { path: withoutPrefix(finalPath(kernel32, image)), id: fileId(kernel32, image) };
  } catch {
    return undefined;
  }
}

function withoutPrefix(path: string): string {
  return path.startsWith('\\\\?\\') ? path.slice(4) : path;
}

function openImage(
  dlls: WindowsDlls,
  given: number,
  asker: string,
  own: ReadonlySet<string>,
  shared: Shared,
): LockedImage | UnusableImage {
  const { kernel32 } = dlls;
  let path: string | undefined;
  try {
    path = withoutPrefix(finalPath(kernel32, given));
    const checked = checkRequestPath(path);
    const handle = openAgain(dlls, given, checked);
    let image: LockedFile | undefined;
    try {
      image = lockedFile(dlls, handle, checked, { ...NOBODY_ASKED, user: asker }, shared, own);
      return image;
    } finally {
      if (image === undefined) kernel32.CloseHandle(handle);
    }
  } catch (error) {
    if (!isEpmError(error)) throw error;
    return { path, fault: error };
  } finally {
    kernel32.CloseHandle(given);
  }
}

/** Why a file cannot be opened is told to those only who see what lies in its folder: it tells that the file exists. */
function openVisible(dlls: WindowsDlls, path: LocalPath, requester: RequesterRights): number | 'notYours' {
  try {
    return openLocked(dlls, path);
  } catch (error) {
    if (withNearestFolder(dlls, path, (folder) => requester.mayList(folder)) !== true) return 'notYours';
    throw error;
  }
}

/** Asked before the open, because opening a name on a network drive already talks to a server of somebody's choice. */
function checkDrive(dlls: WindowsDlls, path: LocalPath): void {
  if (!isFixedVolume(dlls.kernel32, path.slice(0, 2))) {
    throw placeRefused(path, `drive ${path.slice(0, 2)} is not a fixed local drive`);
  }
}

function lockedFile(
  dlls: WindowsDlls,
  handle: number,
  asked: LocalPath,
  requester: RequesterRights,
  shared: Shared,
  own?: ReadonlySet<string>,
): LockedFile {
  const { kernel32 } = dlls;
  if (!isDiskFile(kernel32, handle)) throw placeRefused(asked, 'it is not a file on a disk');
  if (isPlaceholder(kernel32, handle)) throw cloudRefused(asked);
  if (isReparsePoint(kernel32, handle)) throw placeRefused(asked, 'it is a link or another kind of reparse point');
  if (isRemote(kernel32, handle)) throw placeRefused(asked, 'it lies on another computer');
  const fileSystem = fileSystemName(kernel32, handle);
  if (!FILE_SYSTEMS.has(fileSystem.toUpperCase()))
    throw placeRefused(asked, `its drive has the file system ${displayText(fileSystem, 16)}`);
  const { size, links, deletePending } = standardFacts(kernel32, handle);
  if (deletePending) throw new EpmError('EPM_FILE_UNREADABLE', `The file "${displayText(asked)}" is being deleted.`);
  const path = localPath(finalPath(kernel32, handle), asked);
  const id = fileId(kernel32, handle);
  const foreign = id.volume === shared.systemVolume ? undefined : whyForeign(disksOf(kernel32, id.volume));
  if (foreign !== undefined) throw placeRefused(asked, `its drive ${foreign}`);
  const place = placeFacts(placeSource(dlls, handle, path, fileSystem), path, own);
  const writable = writableByUsers(place);
  const reader = readerOf(kernel32, handle, size, path);
  let mark: Promise<InternetMark> | undefined;
  const opened: OpenedFile = {
    path,
    id,
    handle,
    source: reader.source,
    user: requester.user,
    requester,
    writable,
    mark: () => (mark ??= readMark(dlls, path)),
    known: {
      id,
      linkCount: links,
      place,
      ...defined({ shortFolder: shortFolder(kernel32, path), writableByUsers: writable }),
    },
  };
  return {
    path,
    id,
    writableByUsers: writable,
    facts: (wanted) => factsOf(dlls, opened, wanted, shared),
    copy: (limits) => copyOf(opened, limits, shared),
    close: () => reader.close(),
  };
}

/** The final name is judged like the one that was asked for: the two can differ, for example behind a junction. */
function localPath(final: string, asked: LocalPath): LocalPath {
  if (/^\\\\\?\\UNC\\/i.test(final) || !final.startsWith('\\\\?\\'))
    throw placeRefused(asked, 'it lies on another computer');
  const path = checkRequestPath(final.slice(4));
  return path;
}

interface OpenedFile {
  readonly path: LocalPath;
  readonly id: FileId;
  readonly handle: number;
  readonly source: ByteSource;
  /** Who asked for it, for fair shares. */
  readonly user: string;
  readonly requester: RequesterRights;
  readonly writable: boolean | undefined;
  /** Read once, so that a copy is marked as its facts say. */
  readonly mark: () => Promise<InternetMark>;
  /** Facts that the handle gave. */
  readonly known: Partial<FileFacts>;
}

async function factsOf(
  dlls: WindowsDlls,
  { path, id, handle, source, user, writable, mark, known }: OpenedFile,
  wanted: WantedFacts,
  { cache, worker, trust, reading, systemVolume }: Shared,
): Promise<FileFacts> {
  const { fromInternet } = await mark();
  const asker = { user, signal: wanted.signal };
  const isKept = isKnownAgain({ onSystemVolume: id.volume === systemVolume, writable });
  return cache.facts({
    path,
    source,
    ...wanted,
    worker,
    turn: (read) => reading.run(asker, read),
    trust: trust?.({ handle, path, asker }),
    identity: () => (isKept ? identityOf(dlls, handle, id, source.size) : undefined),
    known: { ...known, fromInternet },
  });
}

async function copyOf(
  { path, source, user, requester, mark, known }: OpenedFile,
  { maximumSize, signal }: CopyLimits,
  { copies, contentCache, worker, trust, reading }: Shared,
): Promise<ProtectedCopy> {
  if (copies === undefined) throw copyFailed('failed', 'This program makes no protected copies.');
  checkSize({ path, source, maximumSize });
  const { fromInternet, stream } = await mark();
  const copy = await reading.run({ user, signal }, () =>
    copies.make({ path, source, mark: stream }, defined({ signal })),
  );
  // The same bytes have the same facts, whatever file they came from.
  const identity: ContentIdentity = { sha256: copy.sha256, size: source.size };
  return {
    path: copy.path,
    id: copy.id,
    // One turn for all of it: its files are read one after the other.
    addNeighbours: ({ signal }) =>
      reading.run({ user, signal }, () => copy.addNeighbours(requester, defined({ signal }))),
    remove: () => copy.remove(),
    async facts(wanted) {
      const asker = { user, signal: wanted.signal };
      const facts = await contentCache.facts({
        path,
        source: copy.source,
        ...wanted,
        worker,
        turn: (read) => reading.run(asker, read),
        trust: trust?.({ handle: copy.handle, path: copy.path, asker }),
        identity: () => identity,
        known: { ...known, fromInternet },
      });
      if (facts.sha256 !== copy.sha256) {
        throw copyFailed('failed', `The copy of "${displayText(path)}" is not what was written.`);
      }
      return facts;
    },
  };
}

function identityOf({ kernel32 }: WindowsDlls, handle: number, id: FileId, size: number): FileIdentity {
  const usn = updateSequenceNumber(kernel32, handle);
  return { id, size, changeTime: changeTime(kernel32, handle), ...defined({ usn }) };
}

function cloudRefused(path: string): EpmError {
  return new EpmError(
    'EPM_FILE_PLACE_REFUSED',
    `The file "${displayText(path)}" is not elevated: its content may come from a cloud or an archive when it is read.`,
    { hint: 'Copy it to a folder of this machine that is not synchronised with a cloud, and elevate the copy.' },
  );
}

function placeRefused(path: string, why: string): EpmError {
  return new EpmError('EPM_FILE_PLACE_REFUSED', `The file "${displayText(path)}" is not elevated: ${why}.`);
}
