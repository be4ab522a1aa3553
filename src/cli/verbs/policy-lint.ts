import { Option } from 'commander';
import type { DiagnosticCode } from '../../model/diagnostic-codes.ts';
import { LINT_CODES } from '../../model/lint-codes.ts';
import { isAtLeast, type LintDiagnostic, type Risk, RISKS } from '../../policy/lint/lint-diagnostic.ts';
import type { ReadPolicies } from '../../policy/formats/format.ts';
import { joinParts } from '../../policy/registry/join-parts.ts';
import type { PolicyFile } from '../../policy/formats/json/policy-file.ts';
import { lintPolicy } from '../../policy/lint/lint.ts';
import { toSarif } from '../../policy/lint/sarif.ts';
import { defined } from '../../model/defined.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import { ANY_FORMAT, jsonOption, fromOption } from '../input/options.ts';
import { VERSION } from '../version.ts';
import { readPoliciesFrom } from '../input/read-policies.ts';
import { assertDistinctFiles, writeOutputs } from '../output/write-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface LintOptions {
  readonly from?: PolicyFormat;
  readonly failOn: Risk;
  readonly sarif?: string;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('find rules that give away the machine, and rules that do nothing')
    .argument('<files...>', `policies ${ANY_FORMAT}`)
    .addOption(fromOption())
    .addOption(new Option('--fail-on <risk>', 'lowest risk that makes the exit code 1').choices(RISKS).default('high'))
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
  await assertDistinctFiles(paths, [options.sarif, options.json === true ? '-' : undefined]);
  const now = Date.now();
  const files: { path: string; findings: readonly LintDiagnostic[] }[] = [];
  for (const path of paths) {
    const policies = wholePolicies(await readPoliciesFrom(io, path, defined({ from: options.from })));
    files.push({ path, findings: policies.flatMap((policy) => lintPolicy(policy, now)) });
  }
  if (options.sarif !== undefined) {
    await writeOutputs(io, [{ path: options.sarif, content: toSarif(files, VERSION) }]);
  }
  if (options.json === true) io.out(json(files));
  else if (options.sarif !== '-') io.out(describe(files));
  const failed = files.some(({ findings }) => findings.some(({ risk }) => isAtLeast(risk, options.failOn)));
  return failed ? EXIT.negative : EXIT.done;
}

/** Of others, or said for people who convert: nothing that the author of the policy has to correct. */
const HARMLESS: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'otherItem',
  'otherKey',
  'otherPolicies',
  'assigned',
  'assignmentNotCarried',
  'emptySide',
  'joined',
  'grantsNotCarried',
]);

/** Settings and rules of one input belong together, and what could not be taken outside of them belongs to the first. */
function wholePolicies({ policies, problems }: ReadPolicies): readonly PolicyFile[] {
  const joined = joinParts(policies);
  return (joined === undefined ? policies : [joined]).map((policy, index) => {
    const all = index === 0 ? [...problems, ...policy.problems] : policy.problems;
    return { ...policy, problems: all.filter(({ code }) => !HARMLESS.has(code)) };
  });
}

function describe(files: readonly { readonly path: string; readonly findings: readonly LintDiagnostic[] }[]): string {
  const all = files.flatMap(({ findings }) => findings);
  const texts = files.map(({ path, findings }) => findings.map((finding) => describeFinding(path, finding)).join(''));
  const counts = RISKS.map((risk) => count(all, risk)).join(', ');
  return `${texts.join('')}${files.length === 1 ? '1 policy' : `${files.length} policies`}: ${counts}\n`;
}

function describeFinding(path: string, found: LintDiagnostic): string {
  const line = found.place?.line;
  const where = line === undefined ? shown(path) : `${shown(path)}:${line}`;
  const rule = found.rule === undefined ? '' : `, rule "${shown(found.rule)}"`;
  return (
    `${where}  ${found.risk}  ${LINT_CODES[found.code].meaning}${rule} [${found.code}]\n` +
    `    ${shown(found.message)}\n` +
    `    ${shown(found.hint)}\n`
  );
}

function count(findings: readonly LintDiagnostic[], risk: Risk): string {
  return `${findings.filter((found) => found.risk === risk).length} ${risk}`;
}
