/** What a verb says, with streams that a test holds. */
import type { Io } from '../../../src/cli/io.ts';
import { run } from '../../../src/cli/program.ts';

export interface CapturedOutput {
  readonly code: number;
  /** Standard output, as text and as bytes. */
  readonly out: string;
  readonly bytes: Buffer;
  readonly error: string;
}

/** @param more what differs from an empty standard input that nobody sits at */
export async function captureOutput(
  use: (io: Io) => number | Promise<number>,
  more: Partial<Io> = {},
): Promise<CapturedOutput> {
  const out: Uint8Array[] = [];
  let error = '';
  const io: Io = {
    out: (text) => void out.push(Buffer.from(text)),
    bytes: (content) => void out.push(content),
    write: (stream, content) => {
      if (stream === 'out') out.push(content);
      else error += Buffer.from(content).toString('utf8');
      return Promise.resolve();
    },
    error: (text) => void (error += text),
    input: () => Promise.resolve(new Uint8Array()),
    interactive: false,
    ask: () => Promise.reject(new Error('nobody is there to ask')),
    askSecret: () => Promise.reject(new Error('nobody is there to ask')),
    onInterrupt: () => () => undefined,
    ...more,
  };
  const code = await use(io);
  const bytes = Buffer.concat(out);
  return { code, out: bytes.toString('utf8'), bytes, error };
}

/** Runs one command line. */
export function epm(...values: readonly string[]): Promise<CapturedOutput> {
  return captureOutput((io) => run(values, io));
}
