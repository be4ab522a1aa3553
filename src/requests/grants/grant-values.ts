/** Values that the texts of grants and of revocations have, and how CBOR writes them. */
import { createHash } from 'node:crypto';
import type { GrantDevice } from '../../model/grant.ts';
import { parseJustification } from '../justification.ts';
import type { ValueCodec } from '../statement.ts';
import { guid, isBytesOf, text, wholeNumber } from '../values.ts';

/** UTF-16 units of the longest name of a file in NTFS, and of a group of devices. */
const MAX_NAME = 255;
/** Seconds: the end of the year 9999. */
const LAST_TIME = 253_402_300_799;
/** Bytes of a key id. */
export const KEY_ID_BYTES = 4;

export const name = text(MAX_NAME);
const seconds = wholeNumber(0, LAST_TIME);

export const device: ValueCodec<GrantDevice> = {
  write: (value) => (value.kind === 'device' ? guid.write(value.id) : name.write(value.name)),
  read(value) {
    if (isBytesOf(value, 16)) return { kind: 'device', id: guid.read(value) ?? '' };
    const group = name.read(value);
    return group === undefined ? undefined : { kind: 'group', name: group };
  },
};

/** Milliseconds, of whole seconds. */
export const time: ValueCodec<number> = {
  write: (milliseconds) => milliseconds / 1000,
  read(value) {
    const found = seconds.read(value);
    return found === undefined ? undefined : found * 1000;
  },
};

/** One line that a person reads. */
export const reason: ValueCodec<string> = {
  write: (value) => value,
  read: (value) => (isOneLine(value) ? value : undefined),
};

/** What a text says of the key that signed it: the first bytes of the SHA-256 of the public one. Several may have the same. */
export function keyIdOf(publicKey: string): Uint8Array {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest().subarray(0, KEY_ID_BYTES);
}

function isOneLine(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 1024) return false;
  try {
    return parseJustification(value) === value;
  } catch {
    return false;
  }
}
