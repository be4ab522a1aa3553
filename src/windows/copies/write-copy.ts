/** Writing one file of a protected copy, from an original that is locked. */
import { createHash } from 'node:crypto';
import type { ByteSource } from '../../facts/byte-source.ts';
import { limitSource, type ReadingLimits } from '../../facts/reading-limits.ts';
import type { LocalPath } from '../../facts/request-path.ts';
import type { FileId } from '../../model/file-facts.ts';
import type { EpmError } from '../../model/errors.ts';
import { displayText } from '../../text/display.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { fileId } from '../files/handle-facts.ts';
import {
  FILE_CREATE,
  FILE_GENERIC_READ,
  FILE_GENERIC_WRITE,
  FILE_NON_DIRECTORY_FILE,
  FILE_OPEN_REPARSE_POINT,
  FILE_SHARE_READ,
  ntOpen,
  type NtOpenOptions,
  STATUS_DISK_FULL,
} from '../files/nt-open.ts';
import { writerOf } from '../files/writer.ts';
import { MARK_STREAM } from '../files/zone.ts';
import { withDescriptor } from '../security/sddl.ts';
import { copyFailed } from './copy-failed.ts';

/** As the folder's, for a file. */
const SECURITY = 'O:SYG:SYD:PAI(A;;FA;;;SY)(A;;0x1200a9;;;BA)';
/** The copy is gone soon: Windows keeps it in memory while it can (winnt.h). */
const FILE_ATTRIBUTE_TEMPORARY = 0x100;
const NEW_FILE: NtOpenOptions = {
  access: FILE_GENERIC_READ | FILE_GENERIC_WRITE,
  share: FILE_SHARE_READ,
  options: FILE_NON_DIRECTORY_FILE | FILE_OPEN_REPARSE_POINT,
  disposition: FILE_CREATE,
  fileAttributes: FILE_ATTRIBUTE_TEMPORARY,
};
/** Bytes that copies leave free on the drive, so that nobody fills it by asking for large files. */
const RESERVE = 512 * 1024 ** 2;
/** Bytes read and written at a time. */
const CHUNK = 1024 ** 2;

export interface Original {
  /** Final path. */
  readonly path: LocalPath;
  /** Reads through the handle that keeps others from writing. */
  readonly source: ByteSource;
  /** Its mark of the web, which the copy keeps; undefined: it has none. */
  readonly mark: Uint8Array | undefined;
}

/**
 * @param folder on the drive
 * @param size bytes that are to be written
 * @throws EpmError EPM_COPY_FAILED
 */
export function checkSpace({ kernel32 }: WindowsDlls, folder: string, path: string, size: number): void {
  const available: [bigint] = [0n];
  if (kernel32.GetDiskFreeSpaceExW(folder, available, null, null) === 0) {
    const win32 = kernel32.GetLastError();
    throw copyFailed('failed', `The free space for a copy of "${displayText(path)}" is not known.`, { win32 });
  }
  const free = Number(available[0]);
  if (free - size >= RESERVE) return;
  throw copyFailed(
    'diskFull',
    `There is too little free space for a protected copy of "${displayText(path)}": the drive of "${displayText(folder)}" has ${megabytes(free)} MB, and ${megabytes(size + RESERVE)} MB are needed.`,
    { size, free, reserve: RESERVE },
  );
}

/**
 * Writes a copy and closes it. Its digest is that of the very bytes that were given to Windows to write.
 * @param own the open folder of the copy
 * @param name in that folder, where there must be none of it
 * @throws EpmError EPM_COPY_FAILED, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED, EPM_FILE_UNREADABLE
 */
export async function writeCopy(
  dlls: WindowsDlls,
  own: Handle,
  name: string,
  { path, source, mark }: Original,
  limits: ReadingLimits,
): Promise<{ readonly sha256: string; readonly id: FileId }> {
  const limited = limitSource(source, path, limits);
  try {
    const hash = createHash('sha256');
    const id = await writeNew(dlls, own, { name, size: source.size, path }, async (put) => {
      for (let offset = 0; offset < source.size;) {
        const chunk = await limited.source.read(offset, Math.min(CHUNK, source.size - offset));
        if (chunk.length === 0) throw notMade(path, `the file ended at byte ${offset} of ${source.size}`);
        const written = limited.stopped(put(offset, chunk));
        hash.update(chunk);
        await written;
        offset += chunk.length;
      }
    });
    if (mark !== undefined) {
      const stream = { name: `${name}:${MARK_STREAM}`, size: mark.length, path };
      await writeNew(dlls, own, stream, (put) => limited.stopped(put(0, mark)));
    }
    return { sha256: hash.digest('hex'), id };
  } finally {
    limited.end();
  }
}

/** Makes a file, or a stream of one, that must not be there, and closes it when `fill` is done. */
async function writeNew(
  dlls: WindowsDlls,
  own: Handle,
  { name, size, path }: { readonly name: string; readonly size: number; readonly path: string },
  fill: (put: (offset: number, data: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<FileId> {
  const { status, handle } = withDescriptor(dlls, SECURITY, (security) =>
    ntOpen(dlls, name, { ...NEW_FILE, below: own, security, size }),
  );
  if (status !== 0) throw notMade(path, 'the copy cannot be made', status);
  const writer = writerOf(dlls.kernel32, handle);
  try {
    await fill(async (offset, data) => {
      if (!(await writer.write(offset, data))) throw notMade(path, `byte ${offset} of the copy cannot be written`);
    });
    return fileId(dlls.kernel32, handle);
  } finally {
    writer.close();
  }
}

export function notMade(path: string, why: string, status?: number): EpmError {
  const data = status === undefined ? {} : { status: `0x${status.toString(16).toUpperCase().padStart(8, '0')}` };
  const reason = status === STATUS_DISK_FULL ? 'diskFull' : 'failed';
  return copyFailed(reason, `There is no protected copy of "${displayText(path)}": ${why}.`, data);
}

function megabytes(bytes: number): string {
  return String(Math.ceil(bytes / 1024 ** 2));
}
