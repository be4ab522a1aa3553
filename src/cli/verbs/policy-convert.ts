import { stat } from 'node:fs/promises';
import path from 'node:path';
import { displayText } from '../../text/display.ts';
import { EpmError, isEpmError } from '../../model/errors.ts';
import { portable, writeAs } from '../../policy/formats/convert.ts';
import { FORMS } from '../../policy/formats/formats.ts';
import { joinParts } from '../../policy/registry/join-parts.ts';
import type { WrittenPolicy } from '../../policy/formats/format.ts';
import type { PolicyFile, RuleReport } from '../../policy/formats/json/policy-file.ts';
import { decodePolicyText } from '../../policy/formats/input.ts';
import { EXIT } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { describeReason, json, reportError, shown } from '../output/text.ts';
import type { ConvertOptions } from '../policy-form-verbs.ts';
import { readPoliciesFrom } from '../input/read-policies.ts';
import { requireApart, whereItLies, writeOutputs } from '../output/write-file.ts';

/** Exit code of this verb alone; elsewhere 2 is a wrong command line, which is 3 here. */
const REJECTED = 2;

/** One policy of the input and what became of it. */
interface Converted {
  readonly file: PolicyFile;
  readonly written: WrittenPolicy;
  readonly output: string;
}

/**
 * Writes the policies of an input in another form. Nothing is written when one of them has no place in that form.
 * @returns 0, 1 or 2 as the help of the verb says; 3 for a wrong command line, which is 2 elsewhere
 * @throws EpmError EPM_POLICY_INVALID and the codes of reading and writing files
 */
export async function policyConvert(io: Io, input: string, options: ConvertOptions): Promise<number> {
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
    throw new EpmError('EPM_ARGUMENT', `The form ${options.to} carries every rule as it is.`, {
      hint: 'Leave --allow-looser out; it is for --to graph.',
    });
  }
  const { form, policies: read, problems } = await readPoliciesFrom(io, input, options);
  const isFolder = out !== '-' && (await stat(out).catch(() => undefined))?.isDirectory() === true;
  const joined = isFolder ? undefined : joinParts(read);
  const policies = joined === undefined ? read : [joined];
  const outputs = outputsFor(out, isFolder, policies.length, FORMS[options.to].extension);
  // The policy itself may be replaced by its other form; reports and certificates may not.
  const isPrinted = options.json === true && out === '-';
  const written = isPrinted ? [] : outputs;
  await requireApart(options.certificates ?? [], [...written, options.report, options.json === true ? '-' : undefined]);
  if (options.report !== undefined) await requireApart([input], [options.report]);
  const converted = policies.map((file, index): Converted => {
    const written = writeAs(file, options.to, { allowLooser: options.allowLooser === true });
    return { file, written, output: outputs[index] ?? out };
  });
  const reports = converted.map((policy) => reportOf(policy, isPrinted));
  const report = { from: form, to: options.to, policies: reports, problems };
  const rules = converted.flatMap(({ file, written }) => together([...file.report, ...written.rules]));
  const notes = [...problems, ...converted.flatMap(({ file, written }) => [...file.problems, ...written.problems])];
  const lost = rules.find(({ outcome }) => outcome === 'rejected');
  if (lost !== undefined) await requireOther(input, written, lost);
  await writeOutputs(io, [
    ...(isPrinted ? [] : converted.map(({ written, output }) => ({ path: output, content: written.bytes }))),
    ...(options.report === undefined ? [] : [{ path: options.report, content: json(report) }]),
    ...(options.json === true ? [{ path: '-', content: json(report) }] : []),
  ]);
  for (const rule of rules) io.error(describeRule(rule));
  for (const note of notes) io.error(`epm: ${describeReason(note)}\n`);
  if (lost !== undefined) return REJECTED;
  const isClean = notes.length === 0 && rules.every(({ outcome }) => outcome === 'imported');
  return isClean || options.strict !== true ? EXIT.done : EXIT.negative;
}

/** The only copy of a rule that has to be corrected is not written over. @throws EpmError EPM_ARGUMENT */
async function requireOther(input: string, outputs: readonly string[], { name }: RuleReport): Promise<void> {
  if (input === '-') return;
  const source = await whereItLies(input);
  for (const output of outputs) {
    if (output === '-' || (await whereItLies(output)) !== source) continue;
    throw new EpmError('EPM_ARGUMENT', `"${displayText(input)}" would be replaced by itself without rule "${name}".`, {
      hint: 'Nothing was written. Correct the rule first, or give --out another file.',
    });
  }
}

/** What a reader and a writer say about the rules of a policy, so that a rule that was not taken is not told twice. */
function together(rules: readonly RuleReport[]): readonly RuleReport[] {
  const told = new Map<string, RuleReport>();
  for (const rule of rules) {
    const key = `${rule.outcome} ${rule.name}`;
    const before = told.get(key);
    told.set(key, before === undefined ? rule : { ...before, reasons: [...before.reasons, ...rule.reasons] });
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
    ...(withText ? { text: decodePolicyText(written.bytes) } : {}),
  };
}

function describeRule({ name, outcome, stillDenies, reasons }: RuleReport): string {
  if (outcome === 'imported' && reasons.length === 0) return '';
  const what =
    outcome === 'rejected' ? `rejected${stillDenies === true ? ', but still denies' : ''}` : 'taken with a warning';
  return `epm: rule "${shown(name)}": ${what}\n${reasons.map((reason) => `     ${describeReason(reason)}\n`).join('')}`;
}
