import { mixHashes } from './hash-table.ts';

/** A list of hashes that is filled anew for every question and keeps its memory. */
export class KeyList {
  #cells = new Int32Array(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  at(index: number): number {
    return this.#cells[index] as number;
  }

  clear(): void {
    this.#length = 0;
  }

  add(key: number): void {
    if (this.#length === this.#cells.length) this.#grow(this.#length * 2);
    this.#cells[this.#length] = key;
    this.#length += 1;
  }

  /** Keeps what is wanted, each key once. */
  keep(isWanted: (key: number) => boolean): void {
    const { length } = this;
    this.#length = 0;
    for (let index = 0; index < length; index += 1) {
      const key = this.#cells[index] as number;
      if (!this.#has(key) && isWanted(key)) this.add(key);
    }
  }

  /** Each key from `start` on becomes one for each of `others`, mixed with it; none when there are none. */
  multiply(start: number, others: KeyList): void {
    const count = this.#length - start;
    this.#length = start + count * others.#length;
    if (this.#length > this.#cells.length) this.#grow(this.#length * 2);
    // From behind, so that the keys themselves, which stand in front, are replaced last.
    for (let other = others.#length - 1; other >= 0; other -= 1) {
      const key = others.#cells[other] as number;
      for (let index = 0; index < count; index += 1) {
        this.#cells[start + other * count + index] = mixHashes(this.#cells[start + index] as number, key);
      }
    }
  }

  #has(key: number): boolean {
    for (let index = 0; index < this.#length; index += 1) if (this.#cells[index] === key) return true;
    return false;
  }

  #grow(size: number): void {
    const cells = new Int32Array(size);
    cells.set(this.#cells);
    this.#cells = cells;
  }
}
