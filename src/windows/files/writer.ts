/** Writes to an open handle, on a worker thread. */
import type { Handle, Kernel32 } from '../dll/kernel32.ts';
import { overlappedAt } from './overlapped.ts';

interface HandleWriter {
  /** Writes all of `data` at `offset`; says whether that was done. */
  write(offset: number, data: Uint8Array): Promise<boolean>;
  /** Closes the handle once no write uses it any more: at once when there is none. */
  close(): void;
}

/** @param handle opened for synchronous writing; owned by the writer from here on */
export function writerOf(kernel32: Kernel32, handle: Handle): HandleWriter {
  let writing = 0;
  let closing = false;
  let closed = false;
  function closeWhenIdle(): void {
    if (!closing || writing > 0 || closed) return;
    closed = true;
    kernel32.CloseHandle(handle);
  }
  return {
    async write(offset, data) {
      writing += 1;
      try {
        return await writeAt(kernel32, handle, offset, data);
      } finally {
        writing -= 1;
        closeWhenIdle();
      }
    },
    close() {
      closing = true;
      closeWhenIdle();
    },
  };
}

function writeAt(kernel32: Kernel32, handle: Handle, offset: number, data: Uint8Array): Promise<boolean> {
  const written: [number] = [0];
  return new Promise((resolve) => {
    kernel32.WriteFile.async(handle, data, data.length, written, overlappedAt(offset), (error, result) => {
      resolve((error === null || error === undefined) && result !== 0 && written[0] === data.length);
    });
  });
}
