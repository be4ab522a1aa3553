/** How many processes a tree may have and start, so that no program keeps the agent or the machine busy with them. */
import type { ChildProcessBehavior } from '../../model/rule.ts';

/** Processes of a tree at once: more than installers and builds have, less than a machine can hold. */
const MAX_PROCESSES = 1_000;
/** Processes that a tree may start at once, and how many more each second: what Windows itself can hardly start. */
export const STARTS_AT_ONCE = 1_000;
const STARTS_PER_SECOND = 100;
/** Processes of a tree that wait to be judged: each holds a handle of its file. */
export const MAX_WAITING = 250;
/** Milliseconds for the facts of one child, waiting for a turn among them. */
export const FACTS_TIME = 120_000;

/**
 * Limit of active processes in the tree's job (JOB_OBJECT_LIMIT_ACTIVE_PROCESS). A tree that may have no child is held to
 * it alone, and its processes are not stopped one by one.
 */
export function activeProcessLimit(behavior: ChildProcessBehavior): number {
  return behavior === 'deny' ? 1 : MAX_PROCESSES;
}

/** Starts of one tree: as many at once as a bucket holds, which fills steadily. */
export class StartLimit {
  readonly #monotonic: () => number;
  #left = STARTS_AT_ONCE;
  #at: number | undefined;

  /** @param monotonic milliseconds of a clock that never jumps */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** Counts a start. @returns false: it is one too many */
  take(): boolean {
    const now = this.#monotonic();
    this.#left = Math.min(STARTS_AT_ONCE, this.#left + ((now - (this.#at ?? now)) / 1000) * STARTS_PER_SECOND);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
