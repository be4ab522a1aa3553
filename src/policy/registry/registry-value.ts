/** Conversion between the bytes of registry values ([MS-RRP], winnt.h REG_*) and their TypeScript form. */
import type { RegistryValue } from './registry-snapshot.ts';

const REG_NONE = 0;
const REG_SZ = 1;
const REG_EXPAND_SZ = 2;
const REG_BINARY = 3;
const REG_DWORD = 4;
const REG_MULTI_SZ = 7;
const REG_QWORD = 11;

/**
 * Reads one value. The registry does not check that data fits its type: numbers of the wrong length and texts of an odd
 * number of bytes are returned as `REG_OTHER`, for the reader of the policy to reject by name.
 */
export function decodeValue(name: string, type: number, data: Uint8Array): RegistryValue {
  const bytes = Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  switch (type) {
    case REG_SZ:
    case REG_EXPAND_SZ:
      if (data.length % 2 !== 0) break;
      return { name, type: type === REG_SZ ? 'REG_SZ' : 'REG_EXPAND_SZ', data: withoutNul(bytes.toString('utf16le')) };
    case REG_MULTI_SZ:
      if (data.length % 2 !== 0) break;
      return { name, type: 'REG_MULTI_SZ', data: multi(bytes.toString('utf16le')) };
    case REG_DWORD:
      if (data.length !== 4) break;
      return { name, type: 'REG_DWORD', data: bytes.readUInt32LE(0) };
    case REG_QWORD:
      if (data.length !== 8) break;
      return { name, type: 'REG_QWORD', data: bytes.readBigUInt64LE(0) };
    case REG_BINARY:
    case REG_NONE:
      return { name, type: type === REG_BINARY ? 'REG_BINARY' : 'REG_NONE', data: Uint8Array.from(data) };
  }
  return { name, type: 'REG_OTHER', data: Uint8Array.from(data) };
}

/** Type number and bytes to store. Texts get their terminating NUL. */
export function encodeValue(value: RegistryValue): { readonly type: number; readonly data: Uint8Array } {
  switch (value.type) {
    case 'REG_SZ':
      return { type: REG_SZ, data: Buffer.from(`${value.data}\0`, 'utf16le') };
    case 'REG_EXPAND_SZ':
      return { type: REG_EXPAND_SZ, data: Buffer.from(`${value.data}\0`, 'utf16le') };
    case 'REG_MULTI_SZ':
      return {
        type: REG_MULTI_SZ,
        data: Buffer.from(`${value.data.map((text) => `${text}\0`).join('')}\0`, 'utf16le'),
      };
    case 'REG_DWORD': {
      const data = Buffer.alloc(4);
      data.writeUInt32LE(value.data);
      return { type: REG_DWORD, data };
    }
    case 'REG_QWORD': {
      const data = Buffer.alloc(8);
      data.writeBigUInt64LE(value.data);
      return { type: REG_QWORD, data };
    }
    case 'REG_BINARY':
    case 'REG_NONE':
    case 'REG_OTHER':
      return { type: value.type === 'REG_NONE' ? REG_NONE : REG_BINARY, data: value.data };
  }
}

/** Drops the one NUL that terminates a text; further ones are data and stay visible to the reader. */
function withoutNul(text: string): string {
  return text.endsWith('\0') ? text.slice(0, -1) : text;
}

function multi(text: string): readonly string[] {
  const end = text.indexOf('\0\0');
  const body = end >= 0 ? text.slice(0, end) : withoutNul(text);
  return body === '' ? [] : body.split('\0');
}
