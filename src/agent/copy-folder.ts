/** The folder of protected copies in the life of the agent. The agent serves on without it: most programs need no copy. */
import { type ErrorReport, toErrorReport } from '../model/errors.ts';
import type { Clock, CopyFolder, Log } from './ports.ts';

/** Milliseconds for which an answer holds: whoever asks for the status again and again costs no look at the disk each time. */
export const COPY_FOLDER_INTERVAL = 10_000;

interface CopyFolderPorts {
  readonly copies: CopyFolder;
  readonly clock: Clock;
  readonly log: Log;
}

export class CopyFolderHealth {
  readonly #ports: CopyFolderPorts;
  #fault: ErrorReport | undefined;
  /** Monotonic milliseconds of the last look. */
  #time = 0;

  constructor(ports: CopyFolderPorts) {
    this.#ports = ports;
  }

  /** Checks the folder when the agent starts, and removes what an agent before left in it. Never throws. */
  prepare(): void {
    this.#look(() => this.#ports.copies.sweep());
  }

  /** Why no copy can be made; undefined: copies can be made. Making one looks again in any case. */
  get fault(): ErrorReport | undefined {
    if (this.#ports.clock.monotonic() - this.#time >= COPY_FOLDER_INTERVAL) this.#look();
    return this.#fault;
  }

  #look(use?: () => void): void {
    const { copies, clock, log } = this.#ports;
    const before = this.#fault;
    this.#time = clock.monotonic();
    try {
      copies.check();
      use?.();
      this.#fault = undefined;
    } catch (error) {
      this.#fault = toErrorReport(error);
    }
    const { code, message } = this.#fault ?? {};
    if (code !== undefined && message !== undefined && message !== before?.message) {
      log.write('error', 'copyFolderUnusable', { code, message });
    } else if (code === undefined && before !== undefined) {
      log.write('information', 'copyFolderUsable', {});
    }
  }
}
