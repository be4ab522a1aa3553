import { InvalidArgumentError, Option } from 'commander';
import type { ElevateRequest, ElevateResult, EndedChildren, QuestionText } from '../../agent/contract.ts';
import { MAX_TIMEOUT } from '../../agent/running.ts';
import { MAX_INPUT } from '../../agent/streams.ts';
import type { CallOptions } from '../../ipc/client.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import { CHILD_END_REASONS } from '../../model/child-end-reasons.ts';
import { EXIT_REASONS, type ExitReason } from '../../model/exit-reasons.ts';
import type { Channels } from '../../ipc/channels/index.ts';
import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { askCredential } from '../input/credential.ts';
import { jsonOption } from '../input/options.ts';
import { fields, json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

interface ElevateOptions {
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

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('run a program with administrator rights, if a rule allows it')
    .argument('<path>', 'absolute path of the program')
    .argument('[arguments...]', "the program's arguments; put -- before them")
    .option('--justification <text>', 'why, when a rule asks for it')
    .option('--ticket <ticket>', 'ticket of an answer that needed more')
    .option('--credential <text>', 'where Windows authentication is asked for: what `epm credential` printed')
    .option('--wait', 'wait for the program, which ends with this command: by Ctrl+C, or when its window is closed')
    .addOption(new Option('--output', 'pass on what the program writes, and end with its exit code').conflicts('json'))
    .option('--input', 'pass standard input on to the program; only with --output')
    .option('--timeout <seconds>', 'end the program and everything it started after so long', seconds)
    .option('--directory <folder>', 'folder to start in, where the rule takes it')
    .addOption(jsonOption())
    .action(async (path: string, values: string[], options: ElevateOptions) => {
      end(await elevate(io, path, values, options));
    });
};

type Needs = Extract<ElevateResult, { outcome: 'needs' }>;
type Run = Extract<ElevateResult, { processId: number }>;

function seconds(text: string): number {
  const value = Number(text);
  if (!/^[0-9]+$/.test(text) || value < 1 || value > MAX_TIMEOUT) {
    throw new InvalidArgumentError(`Give whole seconds from 1 to ${MAX_TIMEOUT}.`);
  }
  return value;
}

/**
 * Asks for an elevation. At a console a person is asked for what the rule wants; elsewhere the answer has the ticket to
 * come back with.
 * @throws EpmError of the agent or of reaching it
 */
async function elevate(io: Io, path: string, values: readonly string[], options: ElevateOptions): Promise<number> {
  const cancel = new AbortController();
  const interrupted = io.onInterrupt(() => cancel.abort());
  const call: CallOptions<'elevate'> = { signal: cancel.signal, event: (event) => passOn(io, event) };
  try {
    const first: ElevateRequest = {
      path,
      ...(values.length === 0 ? {} : { arguments: values }),
      ...defined({ justification: options.justification, ticket: options.ticket, credential: options.credential }),
      // A window that is closed ends this process before it could take the request back.
      ...(options.wait === true ? { wait: true, endsWithClient: true } : {}),
      ...(await streams(io, options)),
      ...defined({ timeLimit: options.timeout, directory: options.directory }),
    };
    let result = await askAgent('elevate', first, call);
    if (result.outcome === 'needs' && io.interactive && options.json !== true) {
      const answer = await answerNeeds(io, result, options.justification);
      if (answer === undefined) {
        io.out('Not confirmed; nothing was started.\n');
        return EXIT.negative;
      }
      result = await askAgent('elevate', { ...first, ...answer, ticket: result.ticket }, call);
    }
    if (options.output === true) return endOfOutput(io, result);
    io.out(options.json === true ? json(result) : describe(result));
    return exitCode(result);
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

/** The next piece comes when this one was written: a reader of our output that waits makes the program wait. */
function passOn(io: Io, event: Channels['elevate']['event']): Promise<void> | undefined {
  if (event.event === 'waiting') {
    io.error('Another installation is running; the package waits for it for up to three minutes.\n');
  }
  if (event.event !== 'output') return undefined;
  return io.write(event.stream === 'stdout' ? 'out' : 'error', Buffer.from(event.data, 'base64'));
}

/** Standard output is the program's; what there is to say goes to standard error. @returns the program's exit code */
function endOfOutput(io: Io, result: ElevateResult): number {
  if ('outputTruncated' in result) io.error('epm: the rest of what the program wrote was lost.\n');
  if (result.outcome === 'finished') {
    io.error(exitText(result.exitReason) + endedText(result));
    return result.exitCode;
  }
  io.error(describe(result));
  return exitCode(result);
}

/** What the rule asks for, from the user at the console; undefined when the user does not confirm. */
async function answerNeeds(
  io: Io,
  needs: Needs,
  given: string | undefined,
): Promise<Pick<ElevateRequest, 'justification' | 'credential'> | undefined> {
  io.error(questionFields(needs.question));
  const justification =
    needs.requirements.includes('justification') && given === undefined
      ? (await io.ask('Why do you need it? ')).trim()
      : given;
  const answer = (await io.ask('Run it with administrator rights? [y/N] ')).trim();
  if (!/^y(?:es)?$/i.test(answer)) return undefined;
  const { ticket, authentication, question } = needs;
  if (authentication === undefined) return defined({ justification });
  const credential = await askCredential({ ticket, authentication, program: question.program, again: false });
  return credential === undefined ? undefined : { ...defined({ justification }), credential };
}

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

function describe(result: ElevateResult): string {
  switch (result.outcome) {
    case 'started':
      return `Started with administrator rights.\n${runFields(result)}`;
    case 'finished':
      return `Ended with exit code ${result.exitCode}.\n${runFields(result)}${exitText(result.exitReason)}${endedText(result)}`;
    case 'cancelled':
      return `Cancelled; the program was ended.\n${runFields(result)}${endedText(result)}`;
    case 'timedOut':
      return `Its time was over; the program was ended.\n${runFields(result)}${endedText(result)}`;
    case 'needs':
      return (
        `More is needed: ${result.requirements.join(', ')}.\n` +
        questionFields(result.question) +
        fields([
          ['SHA-256', result.file.sha256],
          ['Ticket', `${result.ticket}, until ${result.expires}`],
          ['Request', result.requestId],
        ]) +
        'Confirm by asking again with --ticket, and --justification or --credential if they are needed.\n'
      );
    case 'needsApproval':
    case 'denied':
    case 'notManaged':
      return `${shown(result.message)}\n${shown(result.hint)}\nRequest ${result.requestId}\n`;
  }
}

function questionFields(question: QuestionText): string {
  return fields([
    ['Program', question.program],
    ['Publisher', question.publisher ?? 'unknown publisher'],
    ['Path', question.path],
    ['Arguments', question.arguments === '' ? 'none' : question.arguments],
    ['Rule', question.rule ?? 'none; the default response asks'],
    ['SHA-256', `${question.digest}…`],
    ['From', question.fromInternet ? 'the internet' : undefined],
  ]);
}

function runFields(run: Run): string {
  return fields([
    ['Program', run.file.path],
    ['Copy', run.file.copy],
    ['Run by', run.file.host],
    ['Process', run.processId],
    ['Started in', run.directory],
    ['Account', `${run.account.name} (${run.account.sid})`],
    ['Rule', run.rule === undefined ? undefined : `${run.rule.name} (policy ${run.rule.policyId})`],
    ['Request', run.requestId],
  ]);
}

/** What the program started and was ended before its first instruction. */
function endedText({ endedChildren = [] }: { readonly endedChildren?: readonly EndedChildren[] }): string {
  return endedChildren
    .map(({ path, reason, count }) => {
      const { message, hint } = CHILD_END_REASONS[reason];
      return `It started ${shown(path)}, which was ended${count === 1 ? '' : ` ${count} times`}. ${message}\n${hint}\n`;
    })
    .join('');
}

function exitText(reason: ExitReason | undefined): string {
  if (reason === undefined) return '';
  const { message, hint } = EXIT_REASONS[reason];
  return `${message}\n${hint}\n`;
}
