/** An elevation from the command line: `epm elevate`, and `epm run`, which is the same with other answers to what is open. */
import { InvalidArgumentError } from 'commander';
import type { ElevateRequest, ElevateResult, WaitReason } from '../../agent/contract.ts';
import { MAX_TIMEOUT } from '../../agent/running.ts';
import { MAX_INPUT } from '../../agent/streams.ts';
import type { CallOptions } from '../../ipc/client.ts';
import type { Channels } from '../../ipc/channels/index.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json } from '../output/text.ts';
import { askPerson } from './ask-person.ts';
import { describe, endedText, exitText } from './describe.ts';

export interface ElevateOptions {
  readonly justification?: string;
  readonly ticket?: string;
  readonly credential?: string;
  readonly wait?: true;
  readonly output?: true;
  readonly input?: true;
  readonly timeout?: number;
  readonly directory?: string;
  readonly json?: true;
}

/** Reads the value of `--timeout`. */
export function seconds(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || value > MAX_TIMEOUT) {
    throw new InvalidArgumentError(`Give whole seconds from 1 to ${MAX_TIMEOUT}.`);
  }
  return value;
}

/** How an elevation that was asked for ended. */
type Elevated = ElevateResult | { readonly outcome: 'notConfirmed' };

/**
 * Asks for an elevation. At a console a person is asked for what the rule wants; elsewhere the answer has the ticket to
 * come back with.
 * @throws EpmError of the agent or of reaching it; EPM_ARGUMENT, EPM_REQUEST_TOO_LARGE for the input
 */
export async function elevate(
  io: Io,
  path: string,
  values: readonly string[],
  options: ElevateOptions,
): Promise<Elevated> {
  const cancel = new AbortController();
  const interrupted = io.onInterrupt(() => cancel.abort());
  const call: CallOptions<'elevate'> = { signal: cancel.signal, event: (event) => passOn(io, event) };
  try {
    const request: ElevateRequest = {
      path,
      ...(values.length === 0 ? {} : { arguments: values }),
      ...defined({ justification: options.justification, ticket: options.ticket, credential: options.credential }),
      // A window that is closed ends this process before it could take the request back.
      ...(options.wait === true ? { wait: true, endsWithClient: true } : {}),
      ...(await streams(io, options)),
      ...defined({ timeLimit: options.timeout, directory: options.directory }),
    };
    if (!io.interactive || options.json === true) return await askAgent('elevate', request, call);
    return (await askPerson(io, request, call)) ?? { outcome: 'notConfirmed' };
  } finally {
    interrupted();
  }
}

/** @throws EpmError EPM_ARGUMENT, EPM_REQUEST_TOO_LARGE */
async function streams(io: Io, { output, input }: ElevateOptions): Promise<Pick<ElevateRequest, 'output' | 'input'>> {
  if (input === true && output !== true) {
    throw new EpmError('EPM_ARGUMENT', '--input goes with --output only.', { hint: 'Add --output.' });
  }
  if (output !== true) return {};
  if (input !== true) return { output: 'stream' };
  return { output: 'stream', input: Buffer.from(await io.input(MAX_INPUT)).toString('base64') };
}

const WAITS: Readonly<Record<WaitReason, string>> = {
  otherInstallation: 'Another installation is running; the package waits for it for up to three minutes.',
  consent: 'Answer the question on the screen; it stays for up to two minutes.',
};

/** The next piece comes when this one was written: a reader of our output that waits makes the program wait. */
function passOn(io: Io, event: Channels['elevate']['event']): Promise<void> | undefined {
  if (event.event === 'waiting') io.error(`${WAITS[event.reason]}\n`);
  if (event.event !== 'output') return undefined;
  return io.write(event.stream === 'stdout' ? 'out' : 'error', Buffer.from(event.data, 'base64'));
}

/** Says on standard output how it ended. @returns what epm ends with */
export function report(io: Io, result: Elevated, asJson: boolean): ExitCode {
  if (result.outcome === 'notConfirmed') {
    io.out(NOT_CONFIRMED);
    return EXIT.negative;
  }
  io.out(asJson ? json(result) : describe(result));
  return exitCode(result);
}

/** Standard output is the program's; what there is to say goes to standard error. @returns the program's exit code */
export function reportBeside(io: Io, result: Elevated): number {
  if (result.outcome === 'notConfirmed') {
    io.error(NOT_CONFIRMED);
    return EXIT.negative;
  }
  if ('outputTruncated' in result) io.error('epm: the rest of what the program wrote was lost.\n');
  if (result.outcome === 'finished') {
    io.error(exitText(result.exitReason) + endedText(result));
    return result.exitCode;
  }
  io.error(describe(result));
  return exitCode(result);
}

const NOT_CONFIRMED = 'Not confirmed; nothing was started.\n';

function exitCode(result: ElevateResult): ExitCode {
  switch (result.outcome) {
    case 'started':
    case 'finished':
      return EXIT.done;
    case 'needs':
    case 'needsApproval':
      return EXIT.needsMore;
    case 'cancelled':
    case 'timedOut':
    case 'denied':
    case 'notManaged':
      return EXIT.negative;
  }
}
