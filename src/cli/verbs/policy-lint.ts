import { Option } from 'commander';
import { type Finding, LINT_CHECKS, type Severity } from '../../policy/lint/finding.ts';
import type { ReadPolicies } from '../../policy/formats/format.ts';
import { joinParts } from '../../policy/registry/join-parts.ts';
import type { PolicyFile } from '../../policy/formats/json/policy-file.ts';
import { isAtLeast, lintPolicy } from '../../policy/lint/lint.ts';
import { toSarif } from '../../policy/lint/sarif.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import { ANY_FORM, jsonOption } from '../input/options.ts';
import { VERSION } from '../version.ts';
import { readPoliciesFrom } from '../input/read-policies.ts';
import { requireApart, writeOutputs } from '../output/write-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface LintOptions {
  readonly failOn: Severity;
  readonly sarif?: string;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('say what in policies gives away the machine, and which rules do nothing')
    .argument('<files...>', `policies ${ANY_FORM}`)
    .addOption(
      new Option('--fail-on <severity>', 'lowest severity that makes the exit code 1')
        .choices(['high', 'medium', 'low'] satisfies Severity[])
        .default('high'),
    )
    .option('--sarif <file>', 'write a SARIF log for pipelines; - for standard output')
    .addOption(jsonOption())
    .action(async (files: string[], options: LintOptions) => {
      end(await policyLint(io, files, options));
    });
};

/**
 * Checks policies for what their authors would not want.
 * @returns 1 when something of the severity asked for, or worse, was found
 * @throws EpmError EPM_ARGUMENT, EPM_POLICY_INVALID and the codes of reading and writing files
 */
async function policyLint(io: Io, paths: readonly string[], options: LintOptions): Promise<ExitCode> {
  await requireApart(paths, [options.sarif, options.json === true ? '-' : undefined]);
  const now = Date.now();
  const files: { path: string; findings: readonly Finding[] }[] = [];
  for (const path of paths) {
    const policies = wholePolicies(await readPoliciesFrom(io, path, {}));
    files.push({ path, findings: policies.flatMap((policy) => lintPolicy(policy, now)) });
  }
  if (options.sarif !== undefined) {
    await writeOutputs(io, [{ path: options.sarif, content: toSarif(files, VERSION) }]);
  }
  if (options.json === true) io.out(json(files));
  else if (options.sarif !== '-') io.out(describe(files));
  const failed = files.some(({ findings }) => findings.some(({ severity }) => isAtLeast(severity, options.failOn)));
  return failed ? EXIT.negative : EXIT.done;
}

/** Of others, or said for people who convert: nothing that the author of the policy has to correct. */
const HARMLESS: ReadonlySet<string> = new Set(['otherItem', 'otherKey', 'emptySide', 'joined', 'grantsNotCarried']);

/** Settings and rules of one input belong together, and what could not be taken outside of them belongs to the first. */
function wholePolicies({ policies, problems }: ReadPolicies): readonly PolicyFile[] {
  const joined = joinParts(policies);
  return (joined === undefined ? policies : [joined]).map((policy, index) => {
    const all = index === 0 ? [...problems, ...policy.problems] : policy.problems;
    return { ...policy, problems: all.filter(({ reason }) => !HARMLESS.has(reason)) };
  });
}

function describe(files: readonly { readonly path: string; readonly findings: readonly Finding[] }[]): string {
  const all = files.flatMap(({ findings }) => findings);
  const texts = files.map(({ path, findings }) => findings.map((finding) => describeFinding(path, finding)).join(''));
  const counts = (['high', 'medium', 'low'] as const).map((severity) => count(all, severity)).join(', ');
  return `${texts.join('')}${files.length === 1 ? '1 policy' : `${files.length} policies`}: ${counts}\n`;
}

function describeFinding(path: string, found: Finding): string {
  const where = found.line === undefined ? shown(path) : `${shown(path)}:${found.line}`;
  const rule = found.rule === undefined ? '' : `, rule "${shown(found.rule)}"`;
  return (
    `${where}  ${found.severity}  ${LINT_CHECKS[found.id].title}${rule} [${found.id}]\n` +
    `    ${shown(found.message)}\n` +
    `    ${shown(found.advice)}\n`
  );
}

function count(findings: readonly Finding[], severity: Severity): string {
  return `${findings.filter((found) => found.severity === severity).length} ${severity}`;
}
