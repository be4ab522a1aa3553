import type { OutputPiece, OutputStream, ProgramOutput } from '../../agent/ports.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import type { EventLoop } from '../events/event-loop.ts';

/** Bytes of one stream that the native part hands over at once (ProgramStreams::piece). */
const PIECE = 32 * 1024;
/** Their numbers at epm_process_output. */
const STREAMS: readonly (readonly [OutputStream, number])[] = [
  ['stdout', 1],
  ['stderr', 2],
];

/** What a process that was started with streams writes. The native part reads no more before a piece was taken. */
export class NativeOutput implements ProgramOutput {
  readonly #native: EpmNative;
  readonly #process: number;
  readonly #unsubscribe: () => void;
  /** Streams that have not ended; the one that is asked first comes first. */
  #open = [...STREAMS];
  #isStopped = false;
  #wake: () => void = () => undefined;

  constructor(native: EpmNative, events: EventLoop, process: number) {
    this.#native = native;
    this.#process = process;
    this.#unsubscribe = events.on('output', (event) => {
      if (event.process === process) this.#wake();
    });
  }

  async next(): Promise<OutputPiece | undefined> {
    for (;;) {
      // Before the streams are asked, so that no event falls between the question and the wait.
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const piece = this.#isStopped ? undefined : this.#take();
      if (piece !== undefined) return piece;
      if (this.#isStopped || this.#open.length === 0) return undefined;
      await woken;
    }
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#unsubscribe();
    // Fails only for a process that was released, whose streams have ended.
    this.#native.epm_process_end_streams(this.#process);
    this.#wake();
  }

  #take(): OutputPiece | undefined {
    for (const entry of [...this.#open]) {
      const [stream, number] = entry;
      const bytes = new Uint8Array(PIECE);
      const length: [number] = [0];
      const result = this.#native.epm_process_output(this.#process, number, bytes, PIECE, length);
      if (result === WIN32.NO_DATA) continue;
      this.#open = this.#open.filter((each) => each !== entry);
      if (result === WIN32.HANDLE_EOF) continue;
      if (result !== WIN32.SUCCESS) throw windowsError('epm_process_output', result, 'EPM_START_FAILED');
      // Last from now on, so that neither stream holds the other one up.
      this.#open.push(entry);
      return { stream, bytes: bytes.subarray(0, length[0]) };
    }
    return undefined;
  }
}
