/** The requests that clients wait for an answer to: how many, and since when. */
import type { Clock } from './ports.ts';

/** One request that is open. */
interface OpenRequest {
  /** The program runs; the client waits for its end as long as that takes. */
  started(): void;
  ended(): void;
}

export class RequestLoad {
  readonly #clock: Pick<Clock, 'monotonic'>;
  /** When each came whose answer is due, by the clock that never jumps. */
  readonly #due = new Map<object, number>();
  #open = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  enter(): OpenRequest {
    const key = {};
    let isOpen = true;
    this.#due.set(key, this.#clock.monotonic());
    this.#open += 1;
    return {
      started: () => void this.#due.delete(key),
      ended: () => {
        if (!isOpen) return;
        isOpen = false;
        this.#due.delete(key);
        this.#open -= 1;
      },
    };
  }

  /** Requests that are open, those among them that wait for the end of a program too. */
  get open(): number {
    return this.#open;
  }

  /** Milliseconds for which the oldest request waits whose answer is due; 0: there is none. */
  get oldest(): number {
    const [first] = this.#due.values();
    return first === undefined ? 0 : this.#clock.monotonic() - first;
  }
}
