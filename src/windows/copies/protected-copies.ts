/**
 * Protected copies: what people may write is never started itself, because nothing that Windows offers keeps its bytes
 * from being changed between the check and the start: a view that was mapped for writing before, or an image section
 * of other bytes that is still cached, survives every lock (decision F3).
 */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import type { CopyFolder, Log } from '../../agent/ports.ts';
import type { ByteSource } from '../../facts/byte-source.ts';
import { splitPath } from '../../facts/gather.ts';
import type { ReadingLimits } from '../../facts/reading-limits.ts';
import { checkRequestPath, type LocalPath } from '../../facts/request-path.ts';
import type { FileId } from '../../model/file-facts.ts';
import { displayText } from '../../text/display.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { fileId, finalPath, isReparsePoint, standardFacts } from '../files/handle-facts.ts';
import { LOCKED, ntOpen } from '../files/nt-open.ts';
import { readerOf } from '../files/reader.ts';
import { copyFailed } from './copy-failed.ts';
import { makeFolderBelow, openCopyFolder, openFolderBelow } from './copy-folder.ts';
import { copyNeighbours, type NeighbourRights } from './neighbours.ts';
import { Removals } from './removals.ts';
import { checkSpace, notMade, type Original, writeCopy } from './write-copy.ts';

/** A copy that is open and locked. */
interface OpenCopy {
  readonly path: LocalPath;
  readonly id: FileId;
  /** Of the bytes as they were written, in hexadecimal. */
  readonly sha256: string;
  readonly handle: Handle;
  readonly source: ByteSource;
  /**
   * Copies what lies beside the original into the folder of the copy.
   * @throws EpmError EPM_COPY_FAILED, EPM_WINDOWS_API, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
   */
  addNeighbours(rights: NeighbourRights, limits: ReadingLimits): Promise<void>;
  /** Unlocks and removes the copy; what cannot be removed yet is tried again. */
  remove(): void;
}

export interface ProtectedCopies extends CopyFolder {
  /** @throws EpmError EPM_COPY_FAILED, EPM_WINDOWS_API, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED, EPM_FILE_UNREADABLE */
  make(original: Original, limits: ReadingLimits): Promise<OpenCopy>;
  /** Ends trying; what is left is removed by the next sweep. */
  close(): void;
}

/** @param path of the folder, which is below the data folder of the agent */
export function createProtectedCopies(dlls: WindowsDlls, path: string, log: Log): ProtectedCopies {
  const { kernel32 } = dlls;
  const removals = new Removals((folder) => fs.rmSync(folder, { recursive: true, force: true }), log);

  async function make(original: Original, limits: ReadingLimits): Promise<OpenCopy> {
    const folder = openCopyFolder(dlls, path);
    try {
      checkSpace(dlls, path, original.path, original.source.size);
      const name = randomBytes(10).toString('hex');
      const own = makeFolderBelow(dlls, folder, name);
      try {
        return await fill(own, `${path}\\${name}`, original, limits);
      } finally {
        kernel32.CloseHandle(own);
      }
    } finally {
      kernel32.CloseHandle(folder);
    }
  }

  async function fill(own: Handle, folder: string, original: Original, limits: ReadingLimits): Promise<OpenCopy> {
    const { name } = splitPath(original.path);
    let reader: ReturnType<typeof readerOf> | undefined;
    const remove = (): void => {
      reader?.close();
      removals.add(folder);
    };
    try {
      const written = await writeCopy(dlls, own, name, original, limits);
      const { status, handle } = ntOpen(dlls, name, { ...LOCKED, below: own });
      if (status !== 0) throw notMade(original.path, 'the copy cannot be locked', status);
      reader = readerOf(kernel32, handle, original.source.size, original.path);
      const id = fileId(kernel32, handle);
      const { size, links } = standardFacts(kernel32, handle);
      const same = id.volume === written.id.volume && id.file === written.id.file && !isReparsePoint(kernel32, handle);
      if (!same || size !== original.source.size || links !== 1) {
        throw copyFailed('failed', `The copy of "${displayText(original.path)}" is not what was written.`);
      }
      const path = checkRequestPath(finalPath(kernel32, handle).slice('\\\\?\\'.length));
      const addNeighbours = (rights: NeighbourRights, limits: ReadingLimits): Promise<void> =>
        addTo(splitPath(folder).name, original.path, rights, limits);
      return { path, id, sha256: written.sha256, handle, source: reader.source, addNeighbours, remove };
    } catch (error) {
      remove();
      throw error;
    }
  }

  async function addTo(
    name: string,
    original: LocalPath,
    rights: NeighbourRights,
    limits: ReadingLimits,
  ): Promise<void> {
    const folder = openCopyFolder(dlls, path);
    try {
      const own = openFolderBelow(dlls, folder, name);
      try {
        await copyNeighbours(dlls, original, rights, { folder: own, place: path }, limits);
      } finally {
        kernel32.CloseHandle(own);
      }
    } finally {
      kernel32.CloseHandle(folder);
    }
  }

  return {
    make,
    check: () => void kernel32.CloseHandle(openCopyFolder(dlls, path)),
    sweep() {
      // Held open meanwhile, so that what is listed and removed is below the folder that was checked.
      const folder = openCopyFolder(dlls, path);
      try {
        for (const name of fs.readdirSync(path)) removals.add(`${path}\\${name}`);
      } catch (cause) {
        throw copyFailed('failed', `The folder "${displayText(path)}" cannot be listed.`, {}, cause);
      } finally {
        kernel32.CloseHandle(folder);
      }
    },
    close: () => removals.close(),
  };
}
