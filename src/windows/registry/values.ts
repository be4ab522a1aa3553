/**
 * All values of a key. RegEnumValueW does the same, but in Wine it asks its server twice for each value that is longer
 * than a short text, and a policy has thousands of those.
 */
import { EpmError } from '../../model/errors.ts';
import type { RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import { decodeValue } from '../../policy/registry/registry-value.ts';
import type { Ntdll } from '../dll/ntdll.ts';
import { textFromUtf16 } from '../dll/text.ts';

/** KeyValueFullInformation, and where KEY_VALUE_FULL_INFORMATION has its members (wdm.h). */
const FULL_INFORMATION = 1;
const TYPE = 4;
const DATA_OFFSET = 8;
const DATA_LENGTH = 12;
const NAME_LENGTH = 16;
const NAME = 20;

/** ntstatus.h. */
const STATUS_SUCCESS = 0;
const STATUS_BUFFER_OVERFLOW = 0x80000005;
const STATUS_NO_MORE_ENTRIES = 0x8000001a;
const STATUS_BUFFER_TOO_SMALL = 0xc0000023;

/** Longest value data that is read, in bytes. A policy value is at most 64 KiB. */
const MAX_VALUE_DATA = 1024 * 1024;
/** Bytes of the longest name ("Registry Element Size Limits"), and padding between it and the data. */
const MAX_NAME = 16_383 * 2;
const MOST = NAME + MAX_NAME + 8 + MAX_VALUE_DATA;
/** Bytes that most values of a policy fit in. */
const USUAL = 16 * 1024;

/**
 * @param handle of a key opened with KEY_QUERY_VALUE
 * @param path of the key, for messages
 * @throws EpmError EPM_WINDOWS_API with `data.status`
 */
export function valuesOf(ntdll: Ntdll, handle: number, path: string): readonly RegistryValue[] {
  const found: RegistryValue[] = [];
  let buffer = Buffer.allocUnsafe(USUAL);
  const needed: [number] = [0];
  for (;;) {
    const status = ntdll.NtEnumerateValueKey(handle, found.length, FULL_INFORMATION, buffer, buffer.length, needed);
    if (status === STATUS_NO_MORE_ENTRIES) return found;
    if (status === STATUS_BUFFER_OVERFLOW || status === STATUS_BUFFER_TOO_SMALL) {
      if (buffer.length === MOST) throw tooLong(path);
      buffer = Buffer.allocUnsafe(Math.min(MOST, Math.max(needed[0], buffer.length * 2)));
      continue;
    }
    if (status !== STATUS_SUCCESS) throw unreadable(path, status);
    found.push(decoded(buffer, path));
  }
}

function decoded(buffer: Buffer, path: string): RegistryValue {
  const start = buffer.readUInt32LE(DATA_OFFSET);
  const length = buffer.readUInt32LE(DATA_LENGTH);
  if (length > MAX_VALUE_DATA) throw tooLong(path);
  const name = textFromUtf16(buffer.subarray(NAME), buffer.readUInt32LE(NAME_LENGTH) / 2);
  return decodeValue(name, buffer.readUInt32LE(TYPE), buffer.subarray(start, start + length));
}

function tooLong(path: string): EpmError {
  return new EpmError('EPM_WINDOWS_API', `The key ${path} has a value of more than ${MAX_VALUE_DATA} bytes.`, {
    data: { key: path },
  });
}

function unreadable(path: string, ntstatus: number): EpmError {
  const status = `0x${ntstatus.toString(16).toUpperCase()}`;
  return new EpmError('EPM_WINDOWS_API', `The key ${path} cannot be read (status ${status}).`, {
    data: { call: 'NtEnumerateValueKey', status, key: path },
  });
}
