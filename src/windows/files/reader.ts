/** Reads of an open handle, on a worker thread. */
import type { ByteSource } from '../../facts/byte-source.ts';
import { displayText } from '../../facts/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { Handle, Kernel32 } from '../dll/kernel32.ts';

/** sizeof(OVERLAPPED) on x64; the offset is at 16. */
const OVERLAPPED_SIZE = 32;
const OVERLAPPED_OFFSET = 16;

export interface HandleReader {
  readonly source: ByteSource;
  /** Closes the handle once no read uses it any more. */
  close(): void;
}

/**
 * @param handle opened for synchronous reading; owned by the reader from here on
 * @param size bytes
 */
export function readerOf(kernel32: Kernel32, handle: Handle, size: number, path: string): HandleReader {
  let reading = 0;
  let closing = false;
  let closed = false;
  function closeWhenIdle(): void {
    if (!closing || reading > 0 || closed) return;
    closed = true;
    kernel32.CloseHandle(handle);
  }
  async function read(offset: number, length: number): Promise<Uint8Array> {
    if (closing)
      throw new EpmError('EPM_FILE_UNREADABLE', `The file "${displayText(path)}" was closed before it was read.`);
    if (length === 0 || offset >= size) return new Uint8Array(0);
    reading += 1;
    try {
      return await readAt(kernel32, handle, offset, length, path);
    } finally {
      reading -= 1;
      closeWhenIdle();
    }
  }
  return {
    source: { size, read },
    close() {
      closing = true;
      closeWhenIdle();
    },
  };
}

function readAt(kernel32: Kernel32, handle: Handle, offset: number, length: number, path: string): Promise<Uint8Array> {
  const buffer = Buffer.allocUnsafeSlow(length);
  const overlapped = Buffer.alloc(OVERLAPPED_SIZE);
  overlapped.writeBigUInt64LE(BigInt(offset), OVERLAPPED_OFFSET);
  const read: [number] = [0];
  return new Promise((resolve, reject) => {
    kernel32.ReadFile.async(handle, buffer, length, read, overlapped, (error, result) => {
      if ((error !== null && error !== undefined) || result === 0) {
        reject(
          new EpmError('EPM_FILE_UNREADABLE', `The file "${displayText(path)}" cannot be read at byte ${offset}.`),
        );
      } else {
        resolve(buffer.subarray(0, read[0]));
      }
    });
  });
}
