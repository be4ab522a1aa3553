/**
 * CBOR in its one deterministic form (RFC 8949, 4.2.1): shortest numbers, definite lengths, sorted keys without
 * duplicates, no floats, no tags. What is read is written again and compared, so that two different texts never say the
 * same.
 */
import { decode, encode, rfc8949EncodeOptions } from 'cborg';

export type CborValue = number | string | boolean | Uint8Array | readonly CborValue[] | CborMap;
export type CborMap = ReadonlyMap<number, CborValue>;

const STRICT = {
  strict: true,
  allowIndefinite: false,
  allowUndefined: false,
  allowInfinity: false,
  allowNaN: false,
  allowBigInt: false,
  useMaps: true,
  rejectDuplicateMapKeys: true,
} as const;

export function writeCbor(value: CborValue): Uint8Array {
  return encode(value, rfc8949EncodeOptions);
}

/**
 * Of bytes whose number is bounded by the caller.
 * @returns undefined for what is not deterministic CBOR; members that a `CborValue` has not, such as null or a key that
 *   is a text, may still be in it
 */
export function readCbor(bytes: Uint8Array): unknown {
  try {
    const value: unknown = decode(bytes, STRICT);
    return Buffer.compare(encode(value, rfc8949EncodeOptions), bytes) === 0 ? value : undefined;
  } catch {
    // The library throws plain errors, and a RangeError when arrays are nested deeper than the stack.
    return undefined;
  }
}
