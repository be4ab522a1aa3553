import type { Log } from '../../agent/ports.ts';

/** Milliseconds before what could not be removed is tried again; longer each time. */
const FIRST_WAIT = 100;
const LONGEST_WAIT = 60_000;

/**
 * Folders to be removed. The image of a program stays mapped for a moment after its last process, and a scanner may
 * hold it for longer; until then Windows refuses to remove it.
 */
export class Removals {
  readonly #remove: (folder: string) => void;
  readonly #log: Log;
  readonly #left = new Set<string>();
  #wait = FIRST_WAIT;
  #timer: NodeJS.Timeout | undefined;

  /** @param remove removes a folder and what is in it; throws when it cannot */
  constructor(remove: (folder: string) => void, log: Log) {
    this.#remove = remove;
    this.#log = log;
  }

  /** Removes the folder now or, when that fails, as soon as it goes. Never throws. */
  add(folder: string): void {
    this.#left.add(folder);
    this.#wait = FIRST_WAIT;
    this.#try();
  }

  /** Tries a last time and gives up. */
  close(): void {
    this.#try();
    clearTimeout(this.#timer);
    if (this.#left.size > 0) this.#log.write('warning', 'copiesLeft', { folders: this.#left.size });
    this.#left.clear();
  }

  #try(): void {
    clearTimeout(this.#timer);
    for (const folder of this.#left) {
      try {
        this.#remove(folder);
        this.#left.delete(folder);
      } catch {
        // It is still used.
      }
    }
    if (this.#left.size === 0) return;
    this.#timer = setTimeout(() => this.#try(), this.#wait);
    // An agent that stops does not wait: the next one removes what is left.
    this.#timer.unref();
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
  }
}
