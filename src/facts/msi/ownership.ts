/** Which of a fixed number of units have an owner: one bit each. */
export class Ownership {
  readonly #bits: Uint8Array;

  /** @param count units that really exist, so the size is a small share of the file's */
  constructor(count: number) {
    this.#bits = new Uint8Array(Math.ceil(Math.max(count, 0) / 8));
  }

  /** Takes a unit; false when it has an owner already. */
  take(unit: number): boolean {
    const byte = this.#bits[unit >>> 3] ?? 0xff;
    const bit = 1 << (unit & 7);
    if ((byte & bit) !== 0) return false;
    this.#bits[unit >>> 3] = byte | bit;
    return true;
  }

  has(unit: number): boolean {
    return ((this.#bits[unit >>> 3] ?? 0xff) & (1 << (unit & 7))) !== 0;
  }
}
