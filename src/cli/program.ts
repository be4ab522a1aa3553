/** The command line: which verbs there are and what they take. Every verb is loaded when it is used. */
import { Command, CommanderError, Option } from 'commander';
import { EXIT } from './exit-codes.ts';
import { addFileVerbs } from './file-verbs.ts';
import type { Io } from './io.ts';
import { jsonOption, wholeNumber } from './input/options.ts';
import { reportError } from './output/text.ts';
import { addPolicyVerbs } from './policy-verbs.ts';
import { VERSION } from './version.ts';

const EXIT_CODES = `
Exit codes:
  0  done, or the answer is yes
  1  the answer is no
  2  the command line is wrong
  3  an error; standard error says what to do
  4  more is needed: a confirmation, a justification or an approval`;

/**
 * Runs one command line.
 * @param values what follows the program's name
 * @returns the exit code
 */
export async function run(values: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.done;
  const program = commandLine(io, (result) => (code = result));
  try {
    await program.parseAsync(values, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return commandLineExit(error);
    return reportError(io, error, values.includes('--json'));
  }
}

/** Commander's own code for a wrong command line is 1; a verb may give another. */
function commandLineExit({ exitCode }: CommanderError): number {
  return exitCode === 1 ? EXIT.usage : exitCode;
}

function commandLine(io: Io, done: (code: number) => void): Command {
  const program = new Command('epm')
    .description('Runs approved programs with administrator rights for standard users, by rules, with an audit.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.error(text) })
    .exitOverride();
  addAgentVerbs(program, io, done);
  addElevationVerbs(program, io, done);
  addFileVerbs(program, io, done);
  addPolicyVerbs(program, io, done);
  addAuditVerbs(program, io, done);
  nameHelp(program, 'epm');
  return program;
}

/** A wrong command line leads to the help of its own verb. */
function nameHelp(command: Command, name: string): void {
  command.showHelpAfterError(`See \`${name} --help\`.`);
  for (const verb of command.commands) nameHelp(verb, `${name} ${verb.name()}`);
}

function addAgentVerbs(program: Command, io: Io, done: (code: number) => void): void {
  const agent = program
    .command('agent')
    .description('run the agent in this console (Windows, as the local system)')
    .option('--service', 'run as a service; for the service control manager')
    .action(async (options: { service?: true }) => {
      const { runAgent } = await import('./agent/run-agent.ts');
      await runAgent(io, options.service === true);
    });
  agent
    .command('install')
    .description('register the agent as a service and start it (administrators)')
    .action(async () => (await import('./verbs/service.ts')).install(io));
  agent
    .command('uninstall')
    .description('stop the service and remove it (administrators)')
    .action(async () => (await import('./verbs/service.ts')).uninstall(io));
  program
    .command('status')
    .description("show the agent's state")
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => {
      done(await (await import('./verbs/status.ts')).status(io, options));
    });
  program
    .command('check')
    .description('say whether this machine is as elevation needs it')
    .addOption(jsonOption())
    .action(async (options: { json?: true }) => {
      done((await import('./verbs/check.ts')).check(io, options));
    });
  program
    .command('request')
    .description('send one request to the agent; each message of its answer is printed as one line of JSON')
    .argument('<channel>', 'elevate, test, policy, audit or status')
    .option('--body-file <file>', 'file with the body as JSON; otherwise it is read from standard input')
    .action(async (channel: string, options: { bodyFile?: string }) => {
      done(await (await import('./verbs/request.ts')).request(io, channel, options));
    });
}

function addElevationVerbs(program: Command, io: Io, done: (code: number) => void): void {
  program
    .command('elevate')
    .description('run a program with administrator rights, if a rule allows it')
    .argument('<path>', 'absolute path of the program')
    .argument('[arguments...]', "the program's arguments; put -- before them")
    .option('--justification <text>', 'why, when a rule asks for it')
    .option('--ticket <ticket>', 'ticket of an answer that needed more')
    .option('--wait', 'wait for the program to end')
    .addOption(jsonOption())
    .action(async (path: string, values: string[], options: ElevateOptions) => {
      done(await (await import('./verbs/elevate.ts')).elevate(io, path, values, options));
    });
  program
    .command('decide')
    .description('say what would be decided about a file, without the agent')
    .argument('[arguments...]', "the program's arguments; put -- before them")
    .option('--policy <file...>', 'policy files')
    .option('--file <file>', 'the file to decide about')
    .option('--facts <file>', 'facts of a file, as `epm file --json` prints them')
    .option('--roots <file...>', 'root certificates to judge signatures by, in place of those of Windows')
    .option('--request <file>', 'the request as JSON: trigger, requester, arguments, time')
    .option('--arguments <text...>', 'arguments of the program; those that begin with - go after --')
    .option('--user <sid>', 'SID of the user who asks')
    .addOption(
      new Option('--trigger <trigger>', 'what made the request').choices(['userInitiated', 'launch', 'detected']),
    )
    .option('--explain', 'say why: the winner, what lost, what would change the answer')
    .addOption(jsonOption())
    .action(async (values: string[], options: DecideVerbOptions) => {
      done(await (await import('./verbs/decide.ts')).decideVerb(io, values, options));
    });
}

function addAuditVerbs(program: Command, io: Io, done: (code: number) => void): void {
  const audit = program
    .command('audit')
    .description('print audit records: your own, or all for administrators')
    .option('--after <number>', 'only records after this sequence number', wholeNumber)
    .option('--limit <number>', 'at most this many records', wholeNumber)
    .addOption(jsonOption('print one JSON object a line'))
    .action(async (options: { after?: number; limit?: number; json?: true }) => {
      done(await (await import('./verbs/audit.ts')).audit(io, options));
    });
  audit
    .command('verify')
    .description('prove that no record was changed, removed or added')
    .option('--journal <file>', 'a journal file; otherwise the records are asked from the agent')
    .addOption(jsonOption())
    .action(async (_options: unknown, command: Command) => {
      const options = command.optsWithGlobals<{ journal?: string; json?: true }>();
      done(await (await import('./verbs/audit-verify.ts')).auditVerify(io, options));
    });
}

export interface ElevateOptions {
  readonly justification?: string;
  readonly ticket?: string;
  readonly wait?: true;
  readonly json?: true;
}

export interface DecideVerbOptions {
  readonly policy?: readonly string[];
  readonly file?: string;
  readonly facts?: string;
  readonly roots?: readonly string[];
  readonly request?: string;
  readonly arguments?: readonly string[];
  readonly user?: string;
  readonly trigger?: 'userInitiated' | 'launch' | 'detected';
  readonly explain?: true;
  readonly json?: true;
}
