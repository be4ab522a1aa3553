/** How many messages of a broker are looked at: as many as a device may hold at once, then so many a second. */

/** As many grants as a device keeps, and as many revocations beside them. */
const BURST = 2000;
const PER_SECOND = 10;
const SECOND = 1000;

export class MessageLimit {
  readonly #monotonic: () => number;
  #left = BURST;
  #at: number;

  /** @param monotonic milliseconds */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#at = monotonic();
  }

  /** Takes one message. @returns milliseconds for which it has to wait */
  take(): number {
    const now = this.#monotonic();
    this.#left = Math.min(BURST, this.#left + ((now - this.#at) / SECOND) * PER_SECOND);
    this.#at = now;
    this.#left -= 1;
    return this.#left >= 0 ? 0 : Math.ceil((-this.#left / PER_SECOND) * SECOND);
  }
}
