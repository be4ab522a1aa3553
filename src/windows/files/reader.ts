/** Reads of an open handle, on a worker thread. */
import type { ByteSource } from '../../facts/byte-source.ts';
import { displayText } from '../../text/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { Handle, Kernel32 } from '../dll/kernel32.ts';
import { overlappedAt } from './overlapped.ts';

interface HandleReader {
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
  async function readInto(target: Uint8Array, offset: number): Promise<number> {
    if (closing)
      throw new EpmError('EPM_FILE_UNREADABLE', `The file "${displayText(path)}" was closed before it was read.`);
    const length = Math.min(target.length, size - offset);
    if (length <= 0) return 0;
    reading += 1;
    try {
      return await readAt(kernel32, handle, offset, target.subarray(0, length), path);
    } finally {
      reading -= 1;
      closeWhenIdle();
    }
  }
  async function read(offset: number, length: number): Promise<Uint8Array> {
    const target = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - offset)));
    return target.subarray(0, await readInto(target, offset));
  }
  return {
    source: { size, read, readInto },
    close() {
      closing = true;
      closeWhenIdle();
    },
  };
}

function readAt(kernel32: Kernel32, handle: Handle, offset: number, target: Uint8Array, path: string): Promise<number> {
  const read: [number] = [0];
  return new Promise((resolve, reject) => {
    kernel32.ReadFile.async(handle, target, target.length, read, overlappedAt(offset), (error, result) => {
      if ((error !== null && error !== undefined) || result === 0) {
        reject(
          new EpmError('EPM_FILE_UNREADABLE', `The file "${displayText(path)}" cannot be read at byte ${offset}.`),
        );
      } else {
        resolve(read[0]);
      }
    });
  });
}
