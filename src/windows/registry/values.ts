/** All values of a key, by few calls of the native part: a policy has thousands. */
import { EpmError } from '../../model/errors.ts';
import type { RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import { decodeValue } from '../../policy/registry/registry-value.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { scratch } from '../dll/scratch.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';

/** Where KEY_VALUE_FULL_INFORMATION (wdm.h) has its members; the native part puts the bytes up to the next one first. */
const SIZE = 0;
const TYPE = 4;
const DATA_OFFSET = 8;
const DATA_LENGTH = 12;
const NAME_LENGTH = 16;
const NAME = 20;

/** Longest value data that is read, in bytes. A policy value is at most 64 KiB. */
const MAX_VALUE_DATA = 1024 * 1024;
/** Bytes of the longest name ("Registry Element Size Limits"), and padding between it and the data. */
const MAX_NAME = 16_383 * 2;
const MOST = NAME + MAX_NAME + 8 + MAX_VALUE_DATA;
/** Bytes for many values at once. */
const USUAL = 64 * 1024;

/** The part of the native library that reads all values of a key. */
export type ValueReader = Pick<EpmNative, 'epm_registry_values'>;

/**
 * @param handle of a key opened with KEY_QUERY_VALUE
 * @param path of the key, for messages
 * @throws EpmError EPM_WINDOWS_API with `data.win32`, and when a value is larger than any that is read
 */
export function valuesOf(native: ValueReader, handle: number, path: string): readonly RegistryValue[] {
  const found: RegistryValue[] = [];
  let room = USUAL;
  const length: [number] = [0];
  for (;;) {
    const memory = scratch(room);
    const result = native.epm_registry_values(handle, found.length, memory, memory.length, length);
    if (result === WIN32.MORE_DATA) {
      if (room === MOST) throw tooLong(path);
      room = Math.min(MOST, Math.max(length[0], room * 2));
      continue;
    }
    if (result !== WIN32.SUCCESS && result !== WIN32.NO_MORE_ITEMS) throw unreadable(path, result);
    decodeAll(Buffer.from(memory.buffer, memory.byteOffset, length[0]), path, found);
    if (result === WIN32.NO_MORE_ITEMS) return found;
    room = USUAL;
  }
}

function decodeAll(bytes: Buffer, path: string, into: RegistryValue[]): void {
  for (let at = 0; at < bytes.length; at += bytes.readUInt32LE(at + SIZE)) {
    const start = at + bytes.readUInt32LE(at + DATA_OFFSET);
    const length = bytes.readUInt32LE(at + DATA_LENGTH);
    if (length > MAX_VALUE_DATA) throw tooLong(path);
    const name = bytes.toString('utf16le', at + NAME, at + NAME + bytes.readUInt32LE(at + NAME_LENGTH));
    into.push(decodeValue(name, bytes.readUInt32LE(at + TYPE), bytes.subarray(start, start + length)));
  }
}

function tooLong(path: string): EpmError {
  return new EpmError('EPM_WINDOWS_API', `The key ${path} has a value of more than ${MAX_VALUE_DATA} bytes.`, {
    data: { key: path },
  });
}

function unreadable(path: string, win32: number): EpmError {
  return windowsError(
    'NtEnumerateValueKey',
    win32,
    'EPM_WINDOWS_API',
    `The key ${path} cannot be read (Windows error ${win32}).`,
    { key: path },
  );
}
