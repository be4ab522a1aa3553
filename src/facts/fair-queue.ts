/**
 * Turns at something scarce, shared between users: whoever waits is served user by user, and nobody has all turns at
 * once. So one user who asks for much holds up nobody but themselves.
 */
import { EpmError } from '../model/errors.ts';

/** Who asks for a turn. */
export interface Asker {
  /** Whatever tells users apart. */
  readonly user: string;
  /** Aborted when nobody waits for the turn any more. */
  readonly signal?: AbortSignal | undefined;
}

interface FairQueueOptions {
  /** What turns are taken at, for messages: "reading files". */
  readonly what: string;
  /** Turns at once. */
  readonly slots: number;
  /** Turns of one user at once; fewer than `slots` wherever there is more than one. */
  readonly perUser: number;
  /** Milliseconds somebody waits for a turn; default {@link WAITING_TIME}. */
  readonly waitingTime?: number;
}

/** Milliseconds. */
const WAITING_TIME = 60_000;

interface Waiting {
  start(): void;
}

export class FairQueue {
  readonly #options: FairQueueOptions;
  /** Users who wait, with what they wait for, oldest first. */
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #running = new Map<string, number>();
  /** Number of the last turn of everybody who waits or has a turn. */
  readonly #lastTurns = new Map<string, number>();
  #turns = 0;
  #total = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /**
   * Runs `work` in a turn of the user, which is over when `work` has settled.
   * @throws EpmError EPM_REQUEST_CANCELLED or EPM_AGENT_BUSY when nobody waits any more or the turn did not come in time;
   * then `work` never runs. What `work` throws.
   */
  run<T>({ user, signal }: Asker, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { what, waitingTime = WAITING_TIME } = this.#options;
      const waiting: Waiting = {
        start: () => {
          leave();
          this.#enter(user);
          void Promise.resolve()
            .then(work)
            .then(resolve, reject)
            .finally(() => {
              this.#leave(user);
              this.#next();
            });
        },
      };
      const giveUp = (error: EpmError): void => {
        leave();
        this.#forget(user, waiting);
        reject(error);
      };
      const cancelled = (): void =>
        giveUp(
          new EpmError('EPM_REQUEST_CANCELLED', `The request was cancelled while it waited for its turn at ${what}.`),
        );
      const timer = setTimeout(() => giveUp(busy(what, waitingTime)), waitingTime);
      function leave(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', cancelled);
      }
      this.#waiting.set(user, [...(this.#waiting.get(user) ?? []), waiting]);
      if (signal?.aborted === true) {
        cancelled();
        return;
      }
      signal?.addEventListener('abort', cancelled, { once: true });
      this.#next();
    });
  }

  #next(): void {
    while (this.#total < this.#options.slots) {
      const user = this.#nextUser();
      const [first, ...rest] = user === undefined ? [] : (this.#waiting.get(user) ?? []);
      if (user === undefined || first === undefined) return;
      if (rest.length > 0) this.#waiting.set(user, rest);
      else this.#waiting.delete(user);
      first.start();
    }
  }

  /** Of those who wait and may have a turn, the one whose last turn is the longest ago. */
  #nextUser(): string | undefined {
    let next: string | undefined;
    for (const user of this.#waiting.keys()) {
      if ((this.#running.get(user) ?? 0) >= this.#options.perUser) continue;
      if (next === undefined || this.#lastTurn(user) < this.#lastTurn(next)) next = user;
    }
    return next;
  }

  #lastTurn(user: string): number {
    return this.#lastTurns.get(user) ?? 0;
  }

  #enter(user: string): void {
    this.#total += 1;
    this.#turns += 1;
    this.#lastTurns.set(user, this.#turns);
    this.#running.set(user, (this.#running.get(user) ?? 0) + 1);
  }

  #leave(user: string): void {
    this.#total -= 1;
    const running = (this.#running.get(user) ?? 1) - 1;
    if (running > 0) this.#running.set(user, running);
    else {
      this.#running.delete(user);
      // Whoever asks for nothing comes first the next time, as somebody new does.
      if (!this.#waiting.has(user)) this.#lastTurns.delete(user);
    }
  }

  #forget(user: string, waiting: Waiting): void {
    const rest = (this.#waiting.get(user) ?? []).filter((other) => other !== waiting);
    if (rest.length > 0) this.#waiting.set(user, rest);
    else this.#waiting.delete(user);
    if (rest.length === 0 && !this.#running.has(user)) this.#lastTurns.delete(user);
  }
}

function busy(what: string, milliseconds: number): EpmError {
  const seconds = milliseconds / 1000;
  return new EpmError(
    'EPM_AGENT_BUSY',
    `The request waited ${seconds} seconds for its turn at ${what} and was given up.`,
    {
      data: { seconds },
    },
  );
}
