/** Values that the texts of grants and of requests have, and how CBOR writes them. */
import { type Sha256, type Sid, sha256 } from '../model/brands.ts';
import { sidBytes, sidOfBytes } from '../model/sid-bytes.ts';
import type { ValueCodec } from './statement.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Bytes of a fixed number, as a text. */
export function fixedBytes(length: number, encoding: 'hex' | 'base64url'): ValueCodec<string> {
  return {
    write: (value) => Buffer.from(value, encoding),
    read: (value) => (isBytesOf(value, length) ? Buffer.from(value).toString(encoding) : undefined),
  };
}

/** 16 bytes in the order of their digits. */
export const guid: ValueCodec<string> = {
  write: (value) => (GUID.test(value) ? Buffer.from(value.replaceAll('-', ''), 'hex') : ''),
  read: (value) => (isBytesOf(value, 16) ? guidText(value) : undefined),
};

/** @param bytes 16 */
export function guidText(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export const sid: ValueCodec<Sid> = {
  write: (value) => (isEncodable(value) ? sidBytes(value) : ''),
  read: (value) => (value instanceof Uint8Array ? sidOfBytes(value) : undefined),
};

export const digest: ValueCodec<Sha256> = {
  write: (value) => Buffer.from(value, 'hex'),
  read: (value) => (isBytesOf(value, 32) ? sha256(Buffer.from(value).toString('hex')) : undefined),
};

/** A text that may be empty. @param maximum of the longest one, UTF-16 units */
export function anyText(maximum: number): ValueCodec<string> {
  return {
    write: (value) => (value.isWellFormed() ? value : 0),
    read: (value) => (typeof value === 'string' && value.length <= maximum ? value : undefined),
  };
}

/** @param maximum of the longest one, UTF-16 units */
export function text(maximum: number): ValueCodec<string> {
  const any = anyText(maximum);
  return { write: (value) => any.write(value), read: (value) => (value === '' ? undefined : any.read(value)) };
}

export const flag: ValueCodec<boolean> = {
  write: (value) => value,
  read: (value) => (typeof value === 'boolean' ? value : undefined),
};

/** Arguments of a program. NUL would end one early. */
export const texts: ValueCodec<readonly string[]> = {
  write: (values) => (values.length === 0 ? undefined : values.every((value) => value.isWellFormed()) ? values : 0),
  read: (value) => (Array.isArray(value) && value.every(isArgument) ? value : undefined),
  absent: [],
};

export function wholeNumber(least: number, most: number): ValueCodec<number> {
  return {
    write: (value) => value,
    read: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most ? value : undefined,
  };
}

export function isBytesOf(value: unknown, length: number): value is Uint8Array {
  return value instanceof Uint8Array && value.length === length;
}

function isArgument(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

/** Whether the parts have 32 bits; the text of a SID may have longer ones. */
function isEncodable(value: string): boolean {
  const [, , , ...parts] = value.split('-').map(Number);
  return parts.every((part) => part < 2 ** 32);
}
