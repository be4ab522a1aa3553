/** The journal's segments in the files of one folder, through node:fs. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import { closedSegments, firstRecordOf, OPEN_SEGMENT, segmentFile } from './segment-files.ts';
import type { JournalStorage } from './storage.ts';
import type { JournalFile } from './verify.ts';

const read = promisify(fs.read);
const CHUNK = 256 * 1024;
/**
 * libuv's UV_FS_O_EXLOCK on Windows ("Open the file in exclusive mode", uv.h): no sharing, so that nobody else can
 * write, delete or rename the journal while the agent has it open. Other systems have no such open.
 */
export const EXCLUSIVE = process.platform === 'win32' ? 0x1000_0000 : 0;
/** How libuv calls ERROR_SHARING_VIOLATION and ERROR_ACCESS_DENIED, how often it is tried then, and milliseconds between. */
const IN_USE = ['EBUSY', 'EPERM', 'EACCES'];
const TRIES = 5;
const TRY_WAIT = 20;

/**
 * Opens or creates the journal of one agent. Reading it while the agent runs is the agent's business alone.
 * @param folder where its segments are
 * @throws EpmError EPM_AUDIT_UNREADABLE
 */
export function openJournalFolder(folder: string): JournalStorage {
  return new JournalFolder(folder);
}

/**
 * Files of a journal for verification, without the agent, oldest first. Each is opened when it is read.
 * @param place a folder, or its open segment: all segments; any other file: that file
 * @throws EpmError EPM_AUDIT_UNREADABLE, also while its files are read
 */
export function readJournal(place: string): readonly JournalFile[] {
  return journalFiles(place).map((file) => ({ named: firstRecordOf(path.basename(file)), bytes: readPieces(file) }));
}

async function* readPieces(file: string): AsyncGenerator<Uint8Array> {
  let opened: number;
  try {
    opened = fs.openSync(file, fs.constants.O_RDONLY);
  } catch (cause) {
    throw unreadable(file, cause);
  }
  try {
    yield* pieces(file, () => opened);
  } finally {
    fs.closeSync(opened);
  }
}

/** Files of a journal, oldest first. @throws EpmError EPM_AUDIT_UNREADABLE */
function journalFiles(place: string): readonly string[] {
  try {
    const isFolder = fs.statSync(place).isDirectory();
    if (!isFolder && path.basename(place) !== OPEN_SEGMENT) return [place];
    const folder = isFolder ? place : path.dirname(place);
    const names = fs.readdirSync(folder);
    const files = closedSegments(names).map(segmentFile);
    return [...files, ...(names.includes(OPEN_SEGMENT) ? [OPEN_SEGMENT] : [])].map((name) => path.join(folder, name));
  } catch (cause) {
    throw unreadable(place, cause);
  }
}

class JournalFolder implements JournalStorage {
  readonly #folder: string;
  readonly #path: string;
  #file: number | undefined;
  /** Counts the files that were opened: the system uses the number of a handle again. */
  #segment = 0;
  #length = 0;
  /** Reads of the open segment that are on their way: its handle is not closed under them. */
  #reads = 0;
  /** An append failed and could not be undone yet: what is behind the last whole record is not known. */
  #damaged = false;
  #isClosed = false;

  constructor(folder: string) {
    this.#folder = folder;
    this.#path = path.join(folder, OPEN_SEGMENT);
    try {
      this.#openFile();
    } catch (cause) {
      throw unreadable(this.#path, cause);
    }
  }

  closed(): readonly number[] {
    try {
      return closedSegments(fs.readdirSync(this.#folder));
    } catch (cause) {
      throw unreadable(this.#folder, cause);
    }
  }

  async *read(first?: number): AsyncGenerator<Uint8Array> {
    if (first !== undefined) {
      yield* readPieces(path.join(this.#folder, segmentFile(first)));
      return;
    }
    const file = this.#opened();
    const segment = this.#segment;
    yield* pieces(this.#path, () => (this.#segment === segment ? file : undefined), {
      begin: () => (this.#reads += 1),
      end: () => (this.#reads -= 1),
    });
  }

  append(bytes: Uint8Array): void {
    const file = this.#opened();
    // The disk may take writes again.
    if (this.#damaged) this.#undo(file);
    if (this.#damaged) throw this.#unwritable('an earlier write failed and could not be undone');
    try {
      for (let written = 0; written < bytes.length;) {
        written += fs.writeSync(file, bytes, written, bytes.length - written, this.#length + written);
      }
      fs.fsyncSync(file);
    } catch (cause) {
      this.#undo(file);
      throw this.#unwritable(systemCode(cause), cause);
    }
    this.#length += bytes.length;
  }

  truncate(length: number): void {
    const file = this.#opened();
    try {
      fs.ftruncateSync(file, length);
      fs.fsyncSync(file);
    } catch (cause) {
      throw this.#unwritable(systemCode(cause), cause);
    }
    this.#length = length;
  }

  rotate(first: number): void {
    const file = this.#opened();
    if (this.#reads > 0 || this.#damaged) throw this.#unwritable('it is being read');
    const target = path.join(this.#folder, segmentFile(first));
    if (fs.existsSync(target)) throw this.#unwritable(`"${target}" is there already`);
    // Windows renames no file that is open without sharing. The next use opens what then has the name.
    this.#file = undefined;
    this.#segment += 1;
    try {
      fs.closeSync(file);
      tried(() => fs.renameSync(this.#path, target));
    } catch (cause) {
      throw this.#unwritable(systemCode(cause), cause);
    }
  }

  remove(first: number): void {
    try {
      fs.rmSync(path.join(this.#folder, segmentFile(first)), { force: true });
    } catch (cause) {
      throw this.#unwritable(systemCode(cause), cause);
    }
  }

  close(): void {
    this.#isClosed = true;
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) fs.closeSync(file);
  }

  #undo(file: number): void {
    try {
      fs.ftruncateSync(file, this.#length);
      fs.fsyncSync(file);
      this.#damaged = false;
    } catch {
      this.#damaged = true;
    }
  }

  #opened(): number {
    if (this.#isClosed) throw new EpmError('EPM_AUDIT_WRITE', `The audit journal "${this.#path}" is closed.`);
    if (this.#file !== undefined) return this.#file;
    try {
      return this.#openFile();
    } catch (cause) {
      throw this.#unwritable(systemCode(cause), cause);
    }
  }

  #openFile(): number {
    const file = tried(() => fs.openSync(this.#path, fs.constants.O_RDWR | fs.constants.O_CREAT | EXCLUSIVE, 0o600));
    try {
      this.#length = fs.fstatSync(file).size;
    } catch (cause) {
      fs.closeSync(file);
      throw cause;
    }
    this.#file = file;
    this.#segment += 1;
    return file;
  }

  #unwritable(reason: string, cause?: unknown): EpmError {
    return new EpmError('EPM_AUDIT_WRITE', `The audit journal "${this.#path}" could not be written (${reason}).`, {
      data: { system: reason },
      ...defined({ cause }),
    });
  }
}

/** @param current the handle; undefined once it is not that of the file any more */
async function* pieces(
  place: string,
  current: () => number | undefined,
  watch?: { begin(): void; end(): void },
): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    const file = current();
    if (file === undefined) return;
    let piece: { bytesRead: number; buffer: Uint8Array };
    watch?.begin();
    try {
      piece = await read(file, new Uint8Array(CHUNK), 0, CHUNK, position);
    } catch (cause) {
      throw unreadable(place, cause);
    } finally {
      watch?.end();
    }
    if (piece.bytesRead === 0) return;
    position += piece.bytesRead;
    yield piece.buffer.subarray(0, piece.bytesRead);
  }
}

/** A scanner opens a file that was just closed, for a moment in which nobody else can rename it or have it alone. */
function tried<T>(action: () => T): T {
  for (let left = TRIES; ; left -= 1) {
    try {
      return action();
    } catch (error) {
      if (left === 1 || !IN_USE.includes(systemCode(error))) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, TRY_WAIT);
    }
  }
}

function systemCode(cause: unknown): string {
  return (cause as NodeJS.ErrnoException).code ?? 'unknown';
}

function unreadable(place: string, cause: unknown): EpmError {
  const system = systemCode(cause);
  return new EpmError('EPM_AUDIT_UNREADABLE', `The audit journal "${place}" cannot be read (${system}).`, {
    cause,
    data: { system },
  });
}
