import { CommanderError, Option } from 'commander';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { displayText } from '../../text/display.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import { portable, writeAs } from '../../policy/formats/convert.ts';
import { FORMATS } from '../../policy/formats/formats.ts';
import { joinParts } from '../../policy/registry/join-parts.ts';
import { NothingWritten, POLICY_FORMATS, type PolicyFormat, type WrittenPolicy } from '../../policy/formats/format.ts';
import type { PolicyFile } from '../../policy/formats/json/policy-file.ts';
import type { RuleImportResult } from '../../policy/declaration/rule-import-result.ts';
import { decodePolicyText } from '../../policy/formats/input.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { describeDiagnostic, json, reportError, shown } from '../output/text.ts';
import { certificatesOption, fromOption, jsonOption } from '../input/options.ts';
import { readPoliciesFrom } from '../input/read-policies.ts';
import { assertDistinctFiles, resolvedPath, writeOutputs } from '../output/write-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface ConvertOptions {
  readonly from?: PolicyFormat;
  readonly to: PolicyFormat;
  readonly certificates?: readonly string[];
  readonly report?: string;
  readonly strict?: true;
  readonly allowLooser?: true;
  readonly out?: string;
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
refuses the policy. With --allow-looser they are written as far as Graph can
hold them, with a warning. A Deny is made broader where Graph cannot hold
all of it; one that may deny less there is written with a warning.

Exit codes of this verb:
  0  everything was taken as it is
  1  with --strict: there were warnings
  2  a rule was rejected; the rest is written
  3  the command line is wrong, or nothing was written`;

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('write a policy in another format')
    .argument('<in>')
    .addOption(fromOption())
    .addOption(new Option('--to <format>', 'format of the output').choices(POLICY_FORMATS).makeOptionMandatory())
    .addOption(certificatesOption())
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
      end(await policyConvert(io, input, options));
    });
};

/** Exit code of this verb alone; elsewhere 2 is a wrong command line, which is 3 here. */
const REJECTED = 2;

/** One policy of the input and what became of it. */
interface Converted {
  readonly file: PolicyFile;
  /** Without bytes where the format can hold nothing of it. */
  readonly written: Omit<WrittenPolicy, 'bytes'> & Partial<WrittenPolicy>;
  readonly fault?: NothingWritten;
  readonly output: string;
}

/**
 * Writes the policies of an input in another format. Nothing is written when one of them has no place in that format.
 * @returns 0, 1 or 2 as the help of the verb says; 3 for a wrong command line, which is 2 elsewhere
 * @throws EpmError EPM_POLICY_INVALID and the codes of reading and writing files
 */
async function policyConvert(io: Io, input: string, options: ConvertOptions): Promise<number> {
  try {
    return await convert(io, input, options);
  } catch (error) {
    if (!isEpmError(error) || error.code !== 'EPM_ARGUMENT') throw error;
    reportError(io, error, options.json === true);
    return EXIT.error;
  }
}

async function convert(io: Io, input: string, options: ConvertOptions): Promise<number> {
  const out = options.out ?? '-';
  if (options.allowLooser === true && options.to !== 'graph') {
    throw new EpmError('EPM_ARGUMENT', `The format ${options.to} carries every rule as it is.`, {
      hint: 'Leave --allow-looser out; it is for --to graph.',
    });
  }
  const { format, policies: read, problems } = await readPoliciesFrom(io, input, options);
  const isFolder = out !== '-' && (await stat(out).catch(() => undefined))?.isDirectory() === true;
  const joined = isFolder ? undefined : joinParts(read);
  const policies = joined === undefined ? read : [joined];
  const outputs = outputsFor(out, isFolder, policies.length, FORMATS[options.to].extension);
  // The policy itself may be replaced by its other format; reports and certificates may not.
  const isPrinted = options.json === true && out === '-';
  const written = isPrinted ? [] : outputs;
  await assertDistinctFiles(options.certificates ?? [], [
    ...written,
    options.report,
    options.json === true ? '-' : undefined,
  ]);
  if (options.report !== undefined) await assertDistinctFiles([input], [options.report]);
  const converted = policies.map((file, index): Converted => {
    const output = outputs[index] ?? out;
    try {
      return { file, written: writeAs(file, options.to, { allowLooser: options.allowLooser === true }), output };
    } catch (error) {
      if (!(error instanceof NothingWritten)) throw error;
      return { file, written: error.written, fault: error, output };
    }
  });
  const fault = converted.find((policy) => policy.fault !== undefined)?.fault;
  const reports = converted.map((policy) => reportOf(policy, isPrinted));
  const report = { from: format, to: options.to, policies: reports, problems };
  const rules = converted.flatMap(({ file, written }) => together(file.report, written.rules));
  const notes = [...problems, ...converted.flatMap(({ file, written }) => [...file.problems, ...written.problems])];
  const lost = rules.find(({ outcome }) => outcome === 'rejected');
  if (lost !== undefined && fault === undefined) await requireOther(input, written, lost);
  const isWritten = !isPrinted && fault === undefined;
  await writeOutputs(io, [
    ...(isWritten
      ? converted.flatMap(({ written: { bytes }, output }) =>
          bytes === undefined ? [] : [{ path: output, content: bytes }],
        )
      : []),
    ...(options.report === undefined ? [] : [{ path: options.report, content: json(report) }]),
    ...(options.json === true ? [{ path: '-', content: json(report) }] : []),
  ]);
  for (const rule of rules) io.error(describeRule(rule));
  for (const note of notes) io.error(`epm: ${describeDiagnostic(note)}\n`);
  if (fault !== undefined) throw fault;
  if (lost !== undefined) return REJECTED;
  const isClean = notes.length === 0 && rules.every(({ outcome }) => outcome === 'imported');
  return isClean || options.strict !== true ? EXIT.done : EXIT.negative;
}

/** The only copy of a rule that has to be corrected is not written over. @throws EpmError EPM_ARGUMENT */
async function requireOther(input: string, outputs: readonly string[], { name }: RuleImportResult): Promise<void> {
  if (input === '-') return;
  const source = await resolvedPath(input);
  for (const output of outputs) {
    if (output === '-' || (await resolvedPath(output)) !== source) continue;
    throw new EpmError('EPM_ARGUMENT', `"${displayText(input)}" would be replaced by itself without rule "${name}".`, {
      hint: 'Nothing was written. Correct the rule first, or give --out another file.',
    });
  }
}

/** What a reader and a writer say about the rules of a policy, so that a rule that was not taken is not told twice. */
function together(...lists: readonly (readonly RuleImportResult[])[]): readonly RuleImportResult[] {
  const told = new Map<string, RuleImportResult>();
  for (const rules of lists) {
    const seen = new Map<string, number>();
    for (const rule of rules) {
      const same = `${rule.outcome} ${rule.name}`;
      // Several rejected rules may have one name: the second of one list is the second of the other.
      const number = (seen.get(same) ?? 0) + 1;
      seen.set(same, number);
      const key = `${number} ${same}`;
      const before = told.get(key);
      told.set(key, before === undefined ? rule : { ...before, reasons: [...before.reasons, ...rule.reasons] });
    }
  }
  return [...told.values()];
}

/** Where each policy goes. @throws EpmError EPM_ARGUMENT when several would go to one place */
function outputsFor(out: string, isFolder: boolean, count: number, extension: string): readonly string[] {
  if (isFolder) return Array.from({ length: count }, (_, index) => path.join(out, `policy-${index + 1}.${extension}`));
  if (count === 1) return [out];
  throw new EpmError('EPM_ARGUMENT', `The input holds ${count} policies that cannot be one.`, {
    hint: 'Give --out with an existing folder; each policy becomes a file in it.',
  });
}

/** @param withText the report holds what would else be written */
function reportOf({ file, written, output }: Converted, withText: boolean): object {
  const { id, scope } = portable(file);
  return {
    id,
    scope,
    output,
    rules: file.report,
    problems: file.problems,
    written: { rules: written.rules, problems: written.problems },
    ...(withText && written.bytes !== undefined ? { text: decodePolicyText(written.bytes) } : {}),
  };
}

function describeRule({ name, outcome, stillDenies, reasons }: RuleImportResult): string {
  if (outcome === 'imported' && reasons.length === 0) return '';
  const what =
    outcome === 'rejected' ? `rejected${stillDenies === true ? ', but still denies' : ''}` : 'taken with a warning';
  return `epm: rule "${shown(name)}": ${what}\n${reasons.map((reason) => `     ${describeDiagnostic(reason)}\n`).join('')}`;
}
