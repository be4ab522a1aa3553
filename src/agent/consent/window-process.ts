/** The process of one consent window: what it tells, and its end. */
import type { StartedProcess } from '../ports.ts';
import { type WindowEvent, WindowFrames } from './messages.ts';

const ENDED = 1;

export class WindowProcess {
  readonly #process: StartedProcess;
  readonly #frames = new WindowFrames();
  #waiting: WindowEvent[] = [];

  /** @param process that was started with streams */
  constructor(process: StartedProcess) {
    this.#process = process;
  }

  /** What the window tells next; undefined when it is gone. */
  async next(): Promise<WindowEvent | undefined> {
    for (;;) {
      const event = this.#waiting.shift();
      if (event !== undefined) return event;
      const piece = await this.#process.output?.next();
      if (piece === undefined) return undefined;
      // What it writes to the other stream is nobody's business.
      if (piece.stream === 'stdout') this.#waiting = [...this.#frames.take(piece.bytes)];
    }
  }

  /** Closes the window, if it is still there. */
  async end(): Promise<void> {
    try {
      this.#process.terminate(ENDED);
      await this.#process.treeEmpty;
    } finally {
      this.#process.release();
    }
  }
}
