import type { ElevateRequest, ElevateResult, QuestionText } from '../../agent/contract.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import { EXIT_REASONS, type ExitReason } from '../../model/exit-reasons.ts';
import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { jsonOption } from '../input/options.ts';
import { fields, json, shown } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

interface ElevateOptions {
  readonly justification?: string;
  readonly ticket?: string;
  readonly wait?: true;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('run a program with administrator rights, if a rule allows it')
    .argument('<path>', 'absolute path of the program')
    .argument('[arguments...]', "the program's arguments; put -- before them")
    .option('--justification <text>', 'why, when a rule asks for it')
    .option('--ticket <ticket>', 'ticket of an answer that needed more')
    .option('--wait', 'wait for the program to end')
    .addOption(jsonOption())
    .action(async (path: string, values: string[], options: ElevateOptions) => {
      end(await elevate(io, path, values, options));
    });
};

type Needs = Extract<ElevateResult, { outcome: 'needs' }>;
type Run = Extract<ElevateResult, { processId: number }>;

/**
 * Asks for an elevation. At a console a person is asked for what the rule wants; elsewhere the answer has the ticket to
 * come back with.
 * @throws EpmError of the agent or of reaching it
 */
async function elevate(io: Io, path: string, values: readonly string[], options: ElevateOptions): Promise<ExitCode> {
  const cancel = new AbortController();
  const interrupted = io.onInterrupt(() => cancel.abort());
  try {
    const first: ElevateRequest = {
      path,
      ...(values.length === 0 ? {} : { arguments: values }),
      ...defined({ justification: options.justification, ticket: options.ticket }),
      ...(options.wait === true ? { wait: true } : {}),
    };
    let result = await askAgent('elevate', first, { signal: cancel.signal });
    if (result.outcome === 'needs' && io.interactive && options.json !== true) {
      const answer = await answerNeeds(io, result, options.justification);
      if (answer === undefined) {
        io.out('Not confirmed; nothing was started.\n');
        return EXIT.negative;
      }
      result = await askAgent('elevate', { ...first, ...answer, ticket: result.ticket }, { signal: cancel.signal });
    }
    io.out(options.json === true ? json(result) : describe(result));
    return exitCode(result);
  } finally {
    interrupted();
  }
}

/** What the rule asks for, from the user at the console; undefined when the user does not confirm. */
async function answerNeeds(
  io: Io,
  needs: Needs,
  given: string | undefined,
): Promise<{ readonly justification?: string } | undefined> {
  if (needs.requirements.includes('authentication')) {
    throw new EpmError(
      'EPM_VALIDATION_UNSUPPORTED',
      'The rule asks for Windows authentication, which this verb cannot perform.',
    );
  }
  io.error(questionFields(needs.question));
  const justification =
    needs.requirements.includes('justification') && given === undefined
      ? (await io.ask('Why do you need it? ')).trim()
      : given;
  const answer = (await io.ask('Run it with administrator rights? [y/N] ')).trim();
  if (!/^y(?:es)?$/i.test(answer)) return undefined;
  return defined({ justification });
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
      return `Ended with exit code ${result.exitCode}.\n${runFields(result)}${exitText(result.exitReason)}`;
    case 'cancelled':
      return `Cancelled; the program was ended.\n${runFields(result)}`;
    case 'needs':
      return (
        `More is needed: ${result.requirements.join(', ')}.\n` +
        questionFields(result.question) +
        fields([
          ['SHA-256', result.file.sha256],
          ['Ticket', `${result.ticket}, until ${result.expires}`],
          ['Request', result.requestId],
        ]) +
        'Confirm by asking again with --ticket, and --justification if it is needed.\n'
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
    ['Account', `${run.account.name} (${run.account.sid})`],
    ['Rule', run.rule === undefined ? undefined : `${run.rule.name} (policy ${run.rule.policyId})`],
    ['Request', run.requestId],
  ]);
}

function exitText(reason: ExitReason | undefined): string {
  if (reason === undefined) return '';
  const { message, hint } = EXIT_REASONS[reason];
  return `${message}\n${hint}\n`;
}
