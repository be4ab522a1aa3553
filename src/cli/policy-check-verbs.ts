/** The verbs below `epm policy` for those who write policies: lint, test, new-rule. Each is loaded when it is used. */
import { type Command, Option } from 'commander';
import type { Io } from './io.ts';
import { jsonOption, wholeNumber } from './input/options.ts';

export interface LintOptions {
  readonly failOn: 'high' | 'medium' | 'low';
  readonly sarif?: string;
  readonly json?: true;
}

export interface TestOptions {
  readonly policy?: readonly string[];
  readonly junit?: string;
  readonly explain?: true;
  readonly json?: true;
}

export interface NewRuleOptions {
  readonly file?: string;
  readonly facts?: string;
  readonly record?: string;
  readonly auditRecord?: number;
  readonly journal?: string;
  readonly name?: string;
  readonly type: 'automatic' | 'userConfirmed' | 'currentUser' | 'supportApproved' | 'deny';
  readonly by: 'hash' | 'publisher';
  readonly validation?: readonly ('justification' | 'authentication')[];
  readonly childProcesses?: 'requireRule' | 'deny' | 'allow';
  readonly samePath?: true;
  readonly sameArguments?: true;
}

export function addPolicyCheckVerbs(policy: Command, io: Io, done: (code: number) => void): void {
  policy
    .command('lint')
    .description('say what in policies gives away the machine, and which rules do nothing')
    .argument('<files...>', 'policies in any form that `epm policy convert` reads')
    .addOption(
      new Option('--fail-on <severity>', 'lowest severity that makes the exit code 1')
        .choices(['high', 'medium', 'low'])
        .default('high'),
    )
    .option('--sarif <file>', 'write a SARIF log for pipelines; - for standard output')
    .addOption(jsonOption())
    .action(async (files: string[], options: LintOptions) => {
      done(await (await import('./verbs/policy-lint.ts')).policyLint(io, files, options));
    });
  policy
    .command('test')
    .description('decide the cases of files and compare with what they expect')
    .argument('<files...>', 'files of cases')
    .option('--policy <file...>', 'policies, besides those the files of cases name')
    .option('--junit <file>', 'write a JUnit report for pipelines; - for standard output')
    .option('--explain', 'say of every case that fails why it was decided so')
    .addOption(jsonOption())
    .action(async (files: string[], options: TestOptions) => {
      done(await (await import('./verbs/policy-test.ts')).policyTest(io, files, options));
    });
  policy
    .command('new-rule')
    .description('print a rule for a file, from the file itself or from an audit record')
    .option('--file <file>', 'the file')
    .option('--facts <file>', 'facts of a file, as `epm file --json` prints them; - for standard input')
    .option('--record <file>', 'one audit record, as `epm audit --json` prints it; - for standard input')
    .option('--audit-record <number>', 'sequence number of an audit record', wholeNumber)
    .option('--journal <file>', 'a journal file to take the record from; otherwise the agent is asked')
    .option('--name <name>', 'name of the rule; otherwise the name of the file')
    .addOption(
      new Option('--type <type>', 'what the rule does')
        .choices(['automatic', 'userConfirmed', 'currentUser', 'supportApproved', 'deny'])
        .default('userConfirmed'),
    )
    .addOption(
      new Option('--by <identity>', 'by what the rule knows the file').choices(['hash', 'publisher']).default('hash'),
    )
    .addOption(
      new Option('--validation <validation...>', 'what a person must give').choices([
        'justification',
        'authentication',
      ]),
    )
    .addOption(
      new Option('--child-processes <behavior>', 'what the program may start').choices([
        'requireRule',
        'deny',
        'allow',
      ]),
    )
    .option('--same-path', 'only files in the same folder')
    .option('--same-arguments', 'only the command line of the audit record')
    .addOption(jsonOption('print an error as JSON'))
    .action(async (options: NewRuleOptions) => {
      done(await (await import('./verbs/policy-new-rule.ts')).policyNewRule(io, options));
    });
}
