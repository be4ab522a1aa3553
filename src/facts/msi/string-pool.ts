/**
 * Strings of an installer database: `_StringData` holds them one after the other, `_StringPool` their lengths and
 * counts of use, and tables hold their numbers. Undocumented; the layout is what Wine's msi.dll and msitools read.
 */
import { MalformedContent } from '../malformed.ts';
import { viewOf } from './bytes.ts';
import { decodeCodePage } from './code-page.ts';

/** Bytes of `_StringPool`: four per string, of which the largest packages have some hundred thousand. */
export const MAX_STRING_POOL = 4 * 1024 ** 2;
/** Bytes of `_StringData`. */
export const MAX_STRING_DATA = 64 * 1024 ** 2;
/** Bytes of one string that is shown or compared. */
export const MAX_TEXT = 32_768;

const PLACE = 'string pool';
/** In the upper half of the first number: references take three bytes instead of two. */
const LONG_REFERENCES = 0x8000;

export class StringPool {
  readonly codePage: number;
  /** Bytes of a reference in a table. */
  readonly referenceSize: 2 | 3;
  readonly #data: Uint8Array;
  /** Where string n begins, at n; its end is at n + 1. */
  readonly #starts: Uint32Array;

  /**
   * @param pool content of `_StringPool`, at most {@link MAX_STRING_POOL} bytes
   * @param data content of `_StringData`
   * @throws MalformedContent
   */
  constructor(pool: Uint8Array, data: Uint8Array) {
    if (pool.length < 4 || pool.length % 4 !== 0) throw new MalformedContent(PLACE, 'Its length is wrong.');
    const view = viewOf(pool);
    const flags = view.getUint16(2, true);
    this.codePage = view.getUint16(0, true) + (flags & ~LONG_REFERENCES) * 0x10000;
    this.referenceSize = (flags & LONG_REFERENCES) === 0 ? 2 : 3;
    this.#data = data;
    const starts = new Uint32Array(pool.length / 4 + 1);
    let number = 1;
    let at = 0;
    for (let offset = 4; offset < pool.length; offset += 4) {
      let length = view.getUint16(offset, true);
      if (length === 0 && view.getUint16(offset + 2, true) !== 0) {
        // 64 KiB and more: this place keeps the count of use, the next the length in 32 bits.
        offset += 4;
        if (offset === pool.length) throw new MalformedContent(PLACE, 'The length of its last string is missing.');
        length = view.getUint32(offset, true);
      }
      starts[number] = at;
      number += 1;
      at += length;
      if (at > data.length) {
        throw new MalformedContent(`${PLACE}, string ${number - 1}`, 'The string ends outside of the string data.');
      }
      starts[number] = at;
    }
    this.#starts = starts.subarray(0, number + 1);
  }

  /** True when the string is this ASCII text. */
  equals(reference: number, text: string): boolean {
    const bytes = this.#bytes(reference);
    if (bytes.length !== text.length) return false;
    for (let index = 0; index < text.length; index += 1) if (bytes[index] !== text.charCodeAt(index)) return false;
    return true;
  }

  /**
   * @param reference 0 is no string
   * @throws MalformedContent when there is no such string, or it is too long to be shown
   */
  text(reference: number): string | undefined {
    if (reference === 0) return undefined;
    const bytes = this.#bytes(reference);
    if (bytes.length > MAX_TEXT) {
      throw new MalformedContent(`${PLACE}, string ${reference}`, `The string has more than ${MAX_TEXT} bytes.`);
    }
    return decodeCodePage(bytes, this.codePage);
  }

  #bytes(reference: number): Uint8Array {
    if (reference === 0) return new Uint8Array(0);
    if (reference >= this.#starts.length - 1) {
      throw new MalformedContent(`${PLACE}, string ${reference}`, 'A table refers to a string that does not exist.');
    }
    return this.#data.subarray(this.#starts[reference], this.#starts[reference + 1]);
  }
}
