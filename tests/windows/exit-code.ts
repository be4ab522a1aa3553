/** The number in `epmexit.exe` and `epmbeside.dll`, which is the exit code of what runs. */
import { closeSync, openSync, writeSync } from 'node:fs';

const MARK = 'EPM-EXIT-CODE:';

/** Where the digits stand. */
export function exitCodePlace(program: Uint8Array): number {
  const at = Buffer.from(program).indexOf(MARK);
  if (at === -1) throw new Error('the program has no exit code to change');
  return at + MARK.length;
}

/** The program with another number. */
export function withExitCode(program: Uint8Array, code: number): Buffer {
  const changed = Buffer.from(program);
  changed.write(digits(code), exitCodePlace(program), 'latin1');
  return changed;
}

/**
 * Changes the number in a file past every lock, as a view that was mapped for writing before does: in the test bed by
 * the system below Windows, which knows nothing of its locks.
 */
export class HiddenWriter {
  readonly #file: number;
  readonly #place: number;

  constructor(hostPath: string, program: Uint8Array) {
    this.#file = openSync(hostPath, 'r+');
    this.#place = exitCodePlace(program);
  }

  write(code: number): void {
    writeSync(this.#file, digits(code), this.#place, 'latin1');
  }

  close(): void {
    closeSync(this.#file);
  }
}

function digits(code: number): string {
  return String(code).padStart(3, '0');
}
