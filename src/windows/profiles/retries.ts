import type { Log } from '../../agent/ports.ts';
import { toErrorReport } from '../../model/errors.ts';

/** Milliseconds before what failed is tried again; longer each time. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 60_000;

/** What has to be done and cannot be done yet: a scanner, or a program that is about to end, still uses a hive or a folder. */
export class Retries {
  readonly #log: Log;
  readonly #timers = new Set<NodeJS.Timeout>();
  #isOver = false;

  constructor(log: Log) {
    this.#log = log;
  }

  /**
   * Tries now, and again later until it is done. Never throws.
   * @param work may be done several times; what was done before is not done again
   * @param later runs a later attempt
   * @returns settles after the first attempt
   */
  async untilDone(work: () => Promise<void>, later: (attempt: () => Promise<void>) => Promise<void>): Promise<void> {
    await this.#attempt(work, later, FIRST_WAIT);
  }

  /** Ends trying; the next sweep does what is left. */
  close(): void {
    this.#isOver = true;
    if (this.#timers.size > 0) this.#log.write('warning', 'profilesLeft', { profiles: this.#timers.size });
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  async #attempt(
    work: () => Promise<void>,
    later: (attempt: () => Promise<void>) => Promise<void>,
    wait: number,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (wait === FIRST_WAIT) {
        const { code, message } = toErrorReport(error);
        this.#log.write('warning', 'profileStillUsed', { code, message });
      }
      if (this.#isOver) return;
      const timer = setTimeout(() => {
        this.#timers.delete(timer);
        void later(() => this.#attempt(work, later, Math.min(wait * 2, LONGEST_WAIT)));
      }, wait);
      // An agent that stops does not wait.
      timer.unref();
      this.#timers.add(timer);
    }
  }
}
