/**
 * The kept key in a file, through node:fs. It is overwritten in its place and never renamed over: what was there is then gone as
 * far as the disk forgets what is overwritten. The file is larger than what is kept: NTFS holds small files inside its own
 * table, of which its log has copies (Microsoft Learn, "Master File Table").
 */
import * as fs from 'node:fs';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import { EXCLUSIVE } from './file-storage.ts';
import { KEPT_BYTES } from './sealer.ts';
import type { SealStore } from './storage.ts';

const FILE_BYTES = 8192;

/** @param path absolute path of the file, in a folder that was checked */
export function openSealFile(path: string): SealStore {
  let file: number | undefined;
  let isFlushing = false;
  const opened = (flags: number): number =>
    (file ??= fs.openSync(path, fs.constants.O_RDWR | flags | EXCLUSIVE, 0o600));
  const put = (handle: number, bytes: Uint8Array): void => {
    for (let written = 0; written < bytes.length;)
      written += fs.writeSync(handle, bytes, written, bytes.length - written, written);
  };
  return {
    read() {
      try {
        if (fs.lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
        const bytes = new Uint8Array(KEPT_BYTES);
        const length = fs.readSync(opened(0), bytes, 0, KEPT_BYTES, 0);
        return bytes.subarray(0, length);
      } catch (cause) {
        throw failure('EPM_AUDIT_UNREADABLE', path, 'read', cause);
      }
    },
    replace(bytes) {
      try {
        put(opened(0), bytes);
      } catch (cause) {
        throw failure('EPM_AUDIT_WRITE', path, 'written', cause);
      }
    },
    begin(bytes) {
      try {
        const handle = opened(fs.constants.O_CREAT);
        put(handle, bytes);
        if (fs.fstatSync(handle).size < FILE_BYTES) fs.ftruncateSync(handle, FILE_BYTES);
        fs.fsyncSync(handle);
      } catch (cause) {
        throw failure('EPM_AUDIT_WRITE', path, 'written', cause);
      }
    },
    flush() {
      if (file === undefined || isFlushing) return;
      isFlushing = true;
      fs.fdatasync(file, () => (isFlushing = false));
    },
    close() {
      if (file !== undefined) fs.closeSync(file);
      file = undefined;
    },
  };
}

function failure(
  code: 'EPM_AUDIT_UNREADABLE' | 'EPM_AUDIT_WRITE',
  path: string,
  verb: string,
  cause: unknown,
): EpmError {
  const system = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  return new EpmError(code, `The key of the audit journal, "${path}", cannot be ${verb} (${system}).`, {
    data: { system },
    ...defined({ cause }),
  });
}
