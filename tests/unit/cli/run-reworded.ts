/**
 * Runs command lines of epm in a process of its own, with an agent that gives prepared answers, and on demand with other
 * words in every error and diagnostic of the core. Input and output are JSON.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import type { ErrorCode } from '../../../src/model/error-codes.ts';

export interface CommandLine {
  readonly words: readonly string[];
  /** What the agent answers; with `code` an error. */
  readonly answer?: object;
}

export interface Input {
  readonly reword: boolean;
  readonly lines: readonly CommandLine[];
}

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Text of a source, and what stands there with other words. */
const REWORDINGS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  '/src/model/errors.ts': [
    ['super(message, ', "super('Other words.', "],
    ['this.hint = details.hint ?? ERROR_CODES[code].hint;', "this.hint = 'Another step.';"],
  ],
  '/src/model/diagnostic.ts': [['.severity, message, ', ".severity, message: 'Other words.', "]],
};

const AGENT = `
export async function askAgent(channel, body, options) { return globalThis.answerOfAgent(options); }
export async function askPolicy() { return globalThis.answerOfAgent(); }
`;

const input = JSON.parse(readFileSync(0, 'utf8')) as Input;

registerHooks({
  load(url, context, next) {
    if (url.endsWith('/src/cli/agent/connect.ts')) return { format: 'module', source: AGENT, shortCircuit: true };
    const loaded = next(url, context);
    const rewordings = input.reword ? Object.entries(REWORDINGS).find(([file]) => url.endsWith(file))?.[1] : undefined;
    if (rewordings === undefined) return loaded;
    let source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    for (const [before, after] of rewordings) {
      if (!source.includes(before)) throw new Error(`${url} no longer has: ${before}`);
      source = source.replace(before, after);
    }
    return { ...loaded, source };
  },
});

const { captureOutput } = await import('./captured.ts');
const { run } = await import('../../../src/cli/program.ts');
const { EpmError } = await import('../../../src/model/errors.ts');

const outcomes: Outcome[] = [];
for (const { words, answer } of input.lines) {
  const agent = globalThis as { answerOfAgent?: (options?: { event?(body: object): void }) => object };
  agent.answerOfAgent = (options) => {
    if (answer === undefined) throw new Error(`The agent is asked by ${words.join(' ')}.`);
    if ('code' in answer)
      throw new EpmError(answer.code as ErrorCode, 'The agent says why.', { hint: 'And what to do.' });
    if ('record' in answer) options?.event?.(answer);
    return answer;
  };
  const { code, out, error } = await captureOutput((io) => run(words, io));
  outcomes.push({ code, out, error });
}
process.stdout.write(JSON.stringify(outcomes));
