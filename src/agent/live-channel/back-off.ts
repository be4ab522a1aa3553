/**
 * How long a device waits before it connects again: twice as long each time, up to a cap, and any part of that, so that a
 * million devices whose broker comes back do not all come at once ("Exponential Backoff And Jitter", AWS Architecture Blog).
 */
const SECOND = 1000;
const FIRST = SECOND;
const CAP = 5 * 60 * SECOND;
/** Milliseconds for which a connection has stood that was a good one. */
export const GOOD_CONNECTION = 60 * SECOND;

export class BackOff {
  readonly #random: () => number;
  #failures = 0;

  /** @param random gives a number from 0 to below 1 */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** A connection failed, or ended. @param stood milliseconds for which it was there @returns milliseconds to wait */
  next(stood: number): number {
    if (stood >= GOOD_CONNECTION) this.#failures = 0;
    const most = Math.min(CAP, FIRST * 2 ** Math.min(this.#failures, 30));
    this.#failures += 1;
    // Never at once: a broker that ends each connection would be asked without a pause.
    return Math.round(most / 10 + this.#random() * most * 0.9);
  }

  /** Something changed that may make the next attempt a good one. */
  reset(): void {
    this.#failures = 0;
  }
}
