/**
 * Values by 32-bit hash, several under one hash. Built once and never changed, so that it can lie in flat arrays: with
 * thousands of rules a look into it waits for memory once or twice, where a map of lists waits at every step.
 */
export class HashTable<T> {
  /** By the low bits of a hash: the cursor of the first entry, or 0. */
  readonly #heads: Int32Array;
  /** Two cells an entry: its hash, and the cursor of the next entry with the same low bits. */
  readonly #cells: Int32Array;
  readonly #values: readonly T[];

  /**
   * @param hashes one for each value
   * @param values in the order in which those of one hash are found
   */
  constructor(hashes: readonly number[], values: readonly T[]) {
    let size = 8;
    while (size < values.length * 2) size *= 2;
    this.#heads = new Int32Array(size);
    this.#cells = new Int32Array(values.length * 2);
    this.#values = values;
    for (let index = values.length - 1; index >= 0; index -= 1) {
      const hash = hashes[index] as number;
      const slot = hash & (size - 1);
      this.#cells[index * 2] = hash;
      this.#cells[index * 2 + 1] = this.#heads[slot] as number;
      this.#heads[slot] = index + 1;
    }
  }

  get size(): number {
    return this.#values.length;
  }

  /** Cursor of the first value under the hash; 0 when there is none. */
  first(hash: number): number {
    return this.#find(this.#heads[hash & (this.#heads.length - 1)] as number, hash);
  }

  /** Cursor of the next value under the same hash; 0 when there is none. */
  next(cursor: number): number {
    return this.#find(this.#cells[cursor * 2 - 1] as number, this.#cells[cursor * 2 - 2] as number);
  }

  valueAt(cursor: number): T {
    return this.#values[cursor - 1] as T;
  }

  #find(from: number, hash: number): number {
    let cursor = from;
    while (cursor !== 0 && this.#cells[cursor * 2 - 2] !== hash) cursor = this.#cells[cursor * 2 - 1] as number;
    return cursor;
  }
}

/** Digits of a digest that are read at its beginning and at its end: 32 bits, as the hash has. */
const FIRST_DIGITS = 2;
const LAST_DIGITS = 6;

/** Hash of a digest in hexadecimal digits, all of one case. What a digest function gives is evenly spread already. */
export function hashDigest(digest: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < FIRST_DIGITS; index += 1) hash = Math.imul(hash ^ digest.charCodeAt(index), 0x01000193);
  for (let index = digest.length - LAST_DIGITS; index < digest.length; index += 1) {
    hash = Math.imul(hash ^ digest.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** The hash of two things together. */
export function mixHashes(left: number, right: number): number {
  const mixed = Math.imul(left ^ right, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
