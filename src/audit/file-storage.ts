/** The journal's bytes in one file, through node:fs. */
import * as fs from 'node:fs';
import { promisify } from 'node:util';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { JournalBytes } from './journal.ts';

const read = promisify(fs.read);
const CHUNK = 256 * 1024;
/**
 * libuv's UV_FS_O_EXLOCK on Windows ("Open the file in exclusive mode", uv.h): no sharing, so that nobody else can
 * write, delete or rename the journal while the agent has it open. Other systems have no such open.
 */
const EXCLUSIVE = process.platform === 'win32' ? 0x1000_0000 : 0;

/**
 * Opens or creates the journal file for one agent. Reading it while the agent runs is the agent's business alone.
 * @throws EpmError EPM_AUDIT_UNREADABLE
 */
export function openJournalFile(path: string): JournalBytes {
  let file: number;
  try {
    file = fs.openSync(path, fs.constants.O_RDWR | fs.constants.O_CREAT | EXCLUSIVE, 0o600);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  return new JournalFile(path, file);
}

/** Pieces of a journal file for verification, without the agent. @throws EpmError EPM_AUDIT_UNREADABLE */
export async function* readJournalFile(path: string): AsyncGenerator<Uint8Array> {
  let file: number;
  try {
    file = fs.openSync(path, fs.constants.O_RDONLY);
  } catch (cause) {
    throw unreadable(path, cause);
  }
  try {
    yield* pieces(path, file);
  } finally {
    fs.closeSync(file);
  }
}

class JournalFile implements JournalBytes {
  readonly #path: string;
  #file: number | undefined;
  #length: number;
  /** Set when an append failed and could not be undone: the end of the file is then not known any more. */
  #damaged = false;

  constructor(path: string, file: number) {
    this.#path = path;
    this.#file = file;
    this.#length = fs.fstatSync(file).size;
  }

  read(): AsyncIterable<Uint8Array> {
    return pieces(this.#path, this.#open());
  }

  append(bytes: Uint8Array): void {
    const file = this.#open();
    if (this.#damaged) throw this.#unwritable('an earlier write failed and could not be undone');
    try {
      for (let written = 0; written < bytes.length;) {
        written += fs.writeSync(file, bytes, written, bytes.length - written, this.#length + written);
      }
      fs.fsyncSync(file);
    } catch (cause) {
      this.#undo(file);
      throw this.#unwritable((cause as NodeJS.ErrnoException).code ?? 'unknown', cause);
    }
    this.#length += bytes.length;
  }

  truncate(length: number): void {
    const file = this.#open();
    try {
      fs.ftruncateSync(file, length);
      fs.fsyncSync(file);
    } catch (cause) {
      throw this.#unwritable((cause as NodeJS.ErrnoException).code ?? 'unknown', cause);
    }
    this.#length = length;
  }

  close(): void {
    if (this.#file === undefined) return;
    fs.closeSync(this.#file);
    this.#file = undefined;
  }

  #undo(file: number): void {
    try {
      fs.ftruncateSync(file, this.#length);
      fs.fsyncSync(file);
    } catch {
      this.#damaged = true;
    }
  }

  #open(): number {
    if (this.#file === undefined) throw new EpmError('EPM_AUDIT_WRITE', `The audit journal "${this.#path}" is closed.`);
    return this.#file;
  }

  #unwritable(reason: string, cause?: unknown): EpmError {
    return new EpmError('EPM_AUDIT_WRITE', `The audit journal "${this.#path}" could not be written (${reason}).`, {
      data: { system: reason },
      ...defined({ cause }),
    });
  }
}

async function* pieces(path: string, file: number): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    let piece: { bytesRead: number; buffer: Uint8Array };
    try {
      piece = await read(file, new Uint8Array(CHUNK), 0, CHUNK, position);
    } catch (cause) {
      throw unreadable(path, cause);
    }
    if (piece.bytesRead === 0) return;
    position += piece.bytesRead;
    yield piece.buffer.subarray(0, piece.bytesRead);
  }
}

function unreadable(path: string, cause: unknown): EpmError {
  const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new EpmError('EPM_AUDIT_UNREADABLE', `The audit journal "${path}" cannot be read (${system}).`, {
    cause,
    data: { system },
  });
}
