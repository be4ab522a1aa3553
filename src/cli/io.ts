/** The streams of a verb, so that a test can hold them. */
import { write } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Io {
  /** Writes to standard output. */
  out(text: string): void;
  /** Writes bytes to standard output. */
  bytes(content: Uint8Array): void;
  /** Writes bytes as they are and settles when the system has taken them. */
  write(stream: 'out' | 'error', content: Uint8Array): Promise<void>;
  /** Writes to standard error. */
  error(text: string): void;
  /** Everything on standard input. @throws EpmError when it is longer than `limit` bytes */
  input(limit: number): Promise<Uint8Array>;
  /** A person sits at the console and can be asked. */
  readonly interactive: boolean;
  /** Asks and returns the line typed. */
  ask(question: string): Promise<string>;
  /** Asks for what nobody may read over a shoulder: nothing of it is shown. */
  askSecret(question: string): Promise<string>;
  /** Calls back when the person interrupts (Ctrl+C) or the system ends the process. Returns the end of it. */
  onInterrupt(handler: () => void): () => void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const;

export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', exitOnClosedOutput);
  /** Lines that were typed, or pasted, before they were asked for. */
  const ahead: string[] = [];
  return {
    out: (text) => void process.stdout.write(text),
    bytes: (content) => void process.stdout.write(content),
    write: (stream, content) => writeTo(stream === 'out' ? process.stdout : process.stderr, content),
    error: (text) => void process.stderr.write(text),
    async input(limit) {
      const parts: Buffer[] = [];
      let length = 0;
      for await (const part of process.stdin as AsyncIterable<Buffer>) {
        length += part.length;
        if (length > limit) break;
        parts.push(part);
      }
      if (length > limit) {
        const { EpmError } = await import('../model/errors.ts');
        throw new EpmError('EPM_REQUEST_TOO_LARGE', `Standard input is longer than ${limit} bytes.`);
      }
      return Buffer.concat(parts);
    },
    interactive: process.stdin.isTTY && process.stderr.isTTY,
    ask: (question) => askLine(question, ahead, true),
    askSecret: (question) => askLine(question, ahead, false),
    onInterrupt(handler) {
      for (const signal of SIGNALS) process.once(signal, handler);
      return () => {
        for (const signal of SIGNALS) process.removeListener(signal, handler);
      };
    },
  };
}

/** @param ahead lines that were typed before; takes the first, and adds those that come with this one */
async function askLine(question: string, ahead: string[], isShown: boolean): Promise<string> {
  const typed = ahead.shift();
  if (typed !== undefined) {
    process.stderr.write(`${question}${isShown ? typed : ''}\n`);
    return typed;
  }
  // At a terminal the interface shows what is typed, and draws the question again with it; so a secret is written nowhere.
  if (!isShown) process.stderr.write(question);
  const output = isShown ? process.stderr : new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
  lines.on('line', (line) => void ahead.push(line));
  try {
    return await lines.question(isShown ? question : '');
  } catch (cause) {
    if (!(cause instanceof Error) || cause.name !== 'AbortError') throw cause;
    const { EpmError } = await import('../model/errors.ts');
    throw new EpmError('EPM_REQUEST_CANCELLED', 'Interrupted; the question was not answered.', {
      cause,
      hint: 'Run the command again.',
    });
  } finally {
    lines.close();
    if (!isShown) process.stderr.write('\n');
  }
}

/** The reader of the output may stop early, as `head` does: then nothing more can be written. */
function exitOnClosedOutput(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
  process.exit();
}

function writeTo(stream: NodeJS.WriteStream & { readonly fd: 1 | 2 }, content: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    // Node takes what it writes to a console for UTF-8; the console itself takes bytes in its own code page.
    if (stream.isTTY && process.platform === 'win32') {
      write(stream.fd, content, (error) => (error === null ? resolve() : reject(error)));
    } else stream.write(content, () => resolve());
  });
}
