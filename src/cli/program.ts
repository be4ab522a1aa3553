/** The command line: the list of its verbs. Each declares what it takes in a file of its own. */
import { Command, CommanderError } from 'commander';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { reportError } from './output/text.ts';
import type { DeclareVerb, VerbList } from './verb.ts';
import { VERSION } from './version.ts';

const POLICY_VERBS: VerbList = {
  show: () => import('./verbs/policy-show.ts'),
  apply: () => import('./verbs/policy-apply.ts'),
  convert: () => import('./verbs/policy-convert.ts'),
  compare: () => import('./verbs/policy-compare.ts'),
  inspect: () => import('./verbs/policy-inspect.ts'),
  lint: () => import('./verbs/policy-lint.ts'),
  test: () => import('./verbs/policy-test.ts'),
  'new-rule': () => import('./verbs/policy-new-rule.ts'),
  reload: () => import('./verbs/policy-reload.ts'),
};

const VERBS: VerbList = {
  agent: {
    load: () => import('./verbs/agent.ts'),
    below: {
      install: () => import('./verbs/agent-install.ts'),
      upgrade: () => import('./verbs/agent-upgrade.ts'),
      check: () => import('./verbs/agent-check.ts'),
      repair: () => import('./verbs/agent-repair.ts'),
      uninstall: () => import('./verbs/agent-uninstall.ts'),
      selftest: () => import('./verbs/agent-selftest.ts'),
      secret: {
        load: () => group('secrets of the agent, which policy names: set, list, remove'),
        below: {
          set: () => import('./verbs/agent-secret-set.ts'),
          list: () => import('./verbs/agent-secret-list.ts'),
          remove: () => import('./verbs/agent-secret-remove.ts'),
        },
      },
    },
  },
  status: () => import('./verbs/status.ts'),
  check: () => import('./verbs/check.ts'),
  request: {
    load: () => import('./verbs/request.ts'),
    below: {
      list: () => import('./verbs/request-list.ts'),
      show: () => import('./verbs/request-show.ts'),
      deny: () => import('./verbs/request-deny.ts'),
      revoke: () => import('./verbs/request-revoke.ts'),
      watch: () => import('./verbs/request-watch.ts'),
    },
  },
  elevate: () => import('./verbs/elevate.ts'),
  run: () => import('./verbs/run.ts'),
  elevations: () => import('./verbs/elevations.ts'),
  stop: () => import('./verbs/stop.ts'),
  credential: () => import('./verbs/credential.ts'),
  approve: () => import('./verbs/approve.ts'),
  revoke: () => import('./verbs/revoke.ts'),
  grant: {
    load: () => group('grants: show, import, list'),
    below: {
      show: () => import('./verbs/grant-show.ts'),
      import: () => import('./verbs/grant-import.ts'),
      list: () => import('./verbs/grant-list.ts'),
    },
  },
  role: () => import('./verbs/role.ts'),
  notification: {
    load: () => group('receivers of notifications: test'),
    below: { test: () => import('./verbs/notification-test.ts') },
  },
  'approval-key': {
    load: () => group('keys of approvers: new, show'),
    below: {
      new: () => import('./verbs/approval-key-new.ts'),
      show: () => import('./verbs/approval-key-show.ts'),
    },
  },
  decide: () => import('./verbs/decide.ts'),
  file: () => import('./verbs/file.ts'),
  policy: {
    load: () => group(`policies: ${Object.keys(POLICY_VERBS).join(', ')}`),
    below: POLICY_VERBS,
  },
  audit: {
    load: () => import('./verbs/audit.ts'),
    below: { seal: () => import('./verbs/audit-seal.ts'), verify: () => import('./verbs/audit-verify.ts') },
  },
  report: () => import('./verbs/report.ts'),
};

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
  try {
    const program = await commandLine(values, io, (result) => (code = result));
    await program.parseAsync(values, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return commandLineExit(error);
    return reportError(io, error, asksForJson(values));
  }
}

/** Behind `run` there are words of another program. */
function asksForJson(values: readonly string[]): boolean {
  return values[0] !== 'run' && values.includes('--json');
}

/** Commander's own code for a wrong command line is 1; a verb may give another. */
function commandLineExit({ exitCode }: CommanderError): number {
  return exitCode === 1 ? EXIT.usage : exitCode;
}

async function commandLine(values: readonly string[], io: Io, end: (code: number) => void): Promise<Command> {
  const program = new Command('epm')
    .description('Runs approved programs with administrator rights for standard users, by rules, with an audit.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    // For verbs behind whose arguments are the options of another program.
    .enablePositionalOptions()
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.error(text) })
    .exitOverride();
  await addVerbs(program, VERBS, values, io, end);
  nameHelp(program, 'epm');
  return program;
}

/** Adds the verb that the words name; all of them when they name none, for the help and for what was meant. */
async function addVerbs(
  parent: Command,
  verbs: VerbList,
  words: readonly string[],
  io: Io,
  end: (code: number) => void,
): Promise<void> {
  const first = words.findIndex((word) => !word.startsWith('-'));
  const named = words[first];
  for (const [name, verb] of Object.entries(verbs)) {
    if (named !== undefined && Object.hasOwn(verbs, named) && named !== name) continue;
    const { load, below } = typeof verb === 'function' ? { load: verb, below: undefined } : verb;
    const command = parent.command(name);
    (await load()).declare(command, io, end);
    if (below !== undefined) await addVerbs(command, below, words.slice(first + 1), io, end);
  }
}

/** A verb that only has others below it. */
function group(description: string): { readonly declare: DeclareVerb } {
  return { declare: (command) => void command.description(description) };
}

/** A wrong command line leads to the help of its own verb, and says where options of another program go. */
function nameHelp(command: Command, name: string): void {
  const takesOthers = command.registeredArguments.some(({ description }) => description.includes('put -- before them'));
  const others = takesOthers ? 'Arguments that are not for epm itself go after --. ' : '';
  command.showHelpAfterError(`${others}See \`${name} --help\`.`);
  for (const verb of command.commands) nameHelp(verb, `${name} ${verb.name()}`);
}
