/** The verbs below `epm policy` that know the forms a policy travels in: convert, compare, inspect. */
import { type Command, CommanderError, Option } from 'commander';
import { POLICY_FORMS, type PolicyForm } from '../policy/formats/format.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';
import { jsonOption } from './input/options.ts';

export interface ConvertOptions {
  readonly from?: PolicyForm;
  readonly to: PolicyForm;
  readonly certificates?: readonly string[];
  readonly report?: string;
  readonly strict?: true;
  readonly allowLooser?: true;
  readonly out?: string;
  readonly json?: true;
}

export interface CompareOptions {
  readonly certificates?: readonly string[];
  readonly json?: true;
}

const CONVERT_HELP = `
<in> is a file, - for standard input, or on Windows the name of a policy key:
HKLM\\Software\\Policies\\EPM or HKU\\<SID>\\Software\\Policies\\EPM.
One policy goes to standard output, or to the file of --out. When <in> holds
several, as Intune keeps settings and rules apart, they become one where they
can: for the same people, and with settings in one of them only. Where --out is
a folder, each becomes a file policy-<number> in it.
A rejected Deny is written as a Deny of what could be read of it; every other
rejected rule is left out. Both are reported and make the exit code 2.
So does a rule that would elevate more at Microsoft's client than here, for
example by requireArguments, which Graph does not have: it is left out of graph,
and a setting without which every rule is looser, such as blockInternetFiles,
refuses the policy. With --allow-looser they are written as far as Graph has a
place for them, with a warning. A Deny is made broader where Graph cannot hold
all of it; one that may deny less there is written with a warning.

Exit codes of this verb:
  0  everything was taken as it is
  1  with --strict: there were warnings
  2  a rule was rejected; the rest is written
  3  the command line is wrong, or nothing was written`;

export function addPolicyFormVerbs(policy: Command, io: Io, done: (code: number) => void): void {
  policy
    .command('convert')
    .description('write a policy in another form')
    .argument('<in>')
    .addOption(new Option('--from <form>', 'form of the input; otherwise told by its content').choices(POLICY_FORMS))
    .addOption(new Option('--to <form>', 'form of the output').choices(POLICY_FORMS).makeOptionMandatory())
    .option('--certificates <file...>', 'reusable settings of Graph that the policy refers to')
    .option('--report <file>', 'write what became of every rule, as JSON')
    .option('--strict', 'warnings make the exit code 1')
    .option('--allow-looser', "write rules for Graph that Microsoft's client would read more loosely")
    .option('--out <file>', 'file, folder or - for the output', '-')
    .addOption(
      jsonOption('print what became of every rule as JSON, with the text of the output unless it goes to --out'),
    )
    .addHelpText('after', CONVERT_HELP)
    // 2 says that a rule was rejected, and a pipeline must not take a spelling mistake for that.
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : new CommanderError(EXIT.error, error.code, error.message);
    })
    .action(async (input: string, options: ConvertOptions) => {
      done(await (await import('./verbs/policy-convert.ts')).policyConvert(io, input, options));
    });
  policy
    .command('compare')
    .description('say how two policies differ: settings, rules by name and their attributes, certificates')
    .argument('<a>', 'file in any form, -, the name of a policy key, or device for HKLM\\Software\\Policies\\EPM')
    .argument('<b>', 'the same')
    .option('--certificates <file...>', 'reusable settings of Graph that the policies refer to')
    .addOption(jsonOption())
    .action(async (left: string, right: string, options: CompareOptions) => {
      done(await (await import('./verbs/policy-compare.ts')).policyCompare(io, left, right, options));
    });
  policy
    .command('inspect')
    .description('say what a file is: the form of a policy, or the frame of a declared-configuration document')
    .argument('<file>')
    .addOption(jsonOption())
    .action(async (path: string, options: { json?: true }) => {
      done(await (await import('./verbs/policy-inspect.ts')).policyInspect(io, path, options));
    });
}
