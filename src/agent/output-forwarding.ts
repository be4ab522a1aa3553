/**
 * What an elevated program writes goes to the one client that asked for it, piece by piece: the next piece is read when
 * the client has taken the one before. A client that does not read makes the program wait, and fills nothing here.
 */
import type { OutputPiece, ProgramOutput } from './ports.ts';

/** Milliseconds without a word after the end of the program: what it started still holds the streams. */
export const QUIET_AFTER_END = 5_000;
/** Milliseconds after the end of the program for a client that takes the rest slowly. */
export const REST_LIMIT = 600_000;

/** Gives a piece to the client. Settles when the client has taken it; false: there is no client any more. */
type SendPiece = (piece: OutputPiece) => Promise<boolean>;

export class OutputForwarding {
  /** Settles when nothing more is read: both streams have ended, the client is gone, or the time for the rest is over. */
  readonly over: Promise<void>;
  readonly #output: ProgramOutput;
  readonly #send: SendPiece;
  #isWhole = false;
  /** Counts the steps, so that a wait can tell whether anything has happened. */
  #steps = 0;
  #waitsForClient = false;

  constructor(output: ProgramOutput, send: SendPiece) {
    this.#output = output;
    this.#send = send;
    this.over = this.#forward();
  }

  /**
   * Hands on what is left when the program has ended.
   * @returns whether everything that was written has reached the client
   */
  async rest(): Promise<boolean> {
    const limits = new AbortController();
    await Promise.race([this.over, this.#quiet(limits.signal), after(REST_LIMIT, limits.signal)]);
    limits.abort();
    // Before the streams are stopped, which ends them too.
    const isWhole = this.#isWhole;
    this.#output.stop();
    return isWhole;
  }

  /** Settles when the program has been silent for a while although the client waits for more. */
  async #quiet(ended: AbortSignal): Promise<void> {
    for (;;) {
      const before = this.#steps;
      await after(QUIET_AFTER_END, ended);
      if (ended.aborted || (this.#steps === before && !this.#waitsForClient)) return;
    }
  }

  async #forward(): Promise<void> {
    try {
      for (;;) {
        const piece = await this.#output.next();
        this.#steps += 1;
        if (piece === undefined) {
          this.#isWhole = true;
          return;
        }
        this.#waitsForClient = true;
        if (!(await this.#send(piece))) return;
        this.#waitsForClient = false;
        this.#steps += 1;
      }
    } catch {
      // The streams cannot be read any more; the answer says that something is missing.
    } finally {
      this.#output.stop();
    }
  }
}

/** Settles after so many milliseconds, or when the signal is aborted. */
function after(time: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, time);
    ended.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
