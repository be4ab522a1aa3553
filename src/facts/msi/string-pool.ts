/**
 * Strings of an installer database: `_StringData` holds them one after the other, `_StringPool` their lengths and
 * counts of use, and tables hold their numbers. Undocumented; the layout is what Wine's msi.dll and msitools read.
 */
import { MalformedContent } from '../malformed.ts';
import type { Turns } from '../turns.ts';
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

  private constructor(codePage: number, referenceSize: 2 | 3, data: Uint8Array, starts: Uint32Array) {
    this.codePage = codePage;
    this.referenceSize = referenceSize;
    this.#data = data;
    this.#starts = starts;
  }

  /**
   * @param pool content of `_StringPool`, at most {@link MAX_STRING_POOL} bytes
   * @param data content of `_StringData`
   * @throws MalformedContent also when the strings are shorter than the data: a reader that counts otherwise would see
   *   other strings
   */
  static async read(pool: Uint8Array, data: Uint8Array, turns: Turns): Promise<StringPool> {
    if (pool.length < 4 || pool.length % 4 !== 0) throw new MalformedContent(PLACE, 'Its length is wrong.');
    const view = viewOf(pool);
    const flags = view.getUint16(2, true);
    const codePage = view.getUint16(0, true) + (flags & ~LONG_REFERENCES) * 0x10000;
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
      const turn = turns.take(4);
      if (turn !== undefined) await turn;
    }
    if (at < data.length) throw new MalformedContent('string data', 'It holds more than the strings of the pool.');
    const referenceSize = (flags & LONG_REFERENCES) === 0 ? 2 : 3;
    return new StringPool(codePage, referenceSize, data, starts.subarray(0, number + 1));
  }

  /** True when the string is this ASCII text. */
  equals(reference: number, text: string): boolean {
    const [start, end] = this.#place(reference);
    return end - start === text.length && this.#beginsAt(start, text);
  }

  /** True when the string begins with this ASCII text. */
  startsWith(reference: number, text: string): boolean {
    const [start, end] = this.#place(reference);
    return end - start >= text.length && this.#beginsAt(start, text);
  }

  isEmpty(reference: number): boolean {
    const [start, end] = this.#place(reference);
    return start === end;
  }

  /**
   * @param reference 0 is no string
   * @throws MalformedContent when there is no such string, or it is too long to be shown
   */
  text(reference: number): string | undefined {
    if (reference === 0) return undefined;
    const [start, end] = this.#place(reference);
    if (end - start > MAX_TEXT) {
      throw new MalformedContent(`${PLACE}, string ${reference}`, `The string has more than ${MAX_TEXT} bytes.`);
    }
    return decodeCodePage(this.#data.subarray(start, end), this.codePage);
  }

  /**
   * The beginning of a string.
   * @param limit bytes; what is cut off is told by `…`
   */
  beginning(reference: number, limit: number): string {
    const [start, end] = this.#place(reference);
    const text = decodeCodePage(this.#data.subarray(start, Math.min(end, start + limit)), this.codePage);
    return end - start > limit ? `${text}…` : text;
  }

  #beginsAt(start: number, text: string): boolean {
    for (let index = 0; index < text.length; index += 1) {
      if (this.#data[start + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  /** Where a string begins and ends in the data. */
  #place(reference: number): readonly [start: number, end: number] {
    if (reference === 0) return [0, 0];
    if (reference >= this.#starts.length - 1) {
      throw new MalformedContent(`${PLACE}, string ${reference}`, 'A table refers to a string that does not exist.');
    }
    return [this.#starts[reference] ?? 0, this.#starts[reference + 1] ?? 0];
  }
}
