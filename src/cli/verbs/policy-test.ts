import { dirname, resolve } from 'node:path';
import type { PolicyDocument, PolicyScope } from '../../model/policy.ts';
import { EpmError } from '../../model/errors.ts';
import { parseCaseFile } from '../../policy/cases/case-file.ts';
import { type CaseRun, toJUnit } from '../../policy/cases/junit.ts';
import { type CaseResult, runCases } from '../../policy/cases/run-cases.ts';
import { type PolicyFile, toPolicyDocuments } from '../../policy/formats/json/policy-file.ts';
import { decodePolicyText } from '../../policy/formats/input.ts';
import { defined } from '../../model/defined.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import { ownZoneOffset } from '../input/own-zone.ts';
import { jsonOption, policiesOption, fromOption } from '../input/options.ts';
import { readBytes, requireFile } from '../input/read-file.ts';
import { ofInput, readPoliciesFrom } from '../input/read-policies.ts';
import { assertDistinctFiles, writeOutputs } from '../output/write-file.ts';
import type { DeclareVerb } from '../verb.ts';

interface TestOptions {
  readonly from?: PolicyFormat;
  readonly policy?: readonly string[];
  readonly junit?: string;
  readonly explain?: true;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('decide test cases and compare the results with what they expect')
    .argument('<files...>', 'files of cases; they can name policies to read')
    .addOption(policiesOption())
    .addOption(fromOption())
    .option('--junit <file>', 'write a JUnit report for pipelines; - for standard output')
    .option('--explain', 'explain the decision of each case that fails')
    .addOption(jsonOption())
    .action(async (files: string[], options: TestOptions) => {
      end(await policyTest(io, files, options));
    });
};

/**
 * Decides the cases of files against policies, as the agent would.
 * @returns 1 when a case is decided otherwise than it expects
 * @throws EpmError EPM_CASES_INVALID, EPM_POLICY_INVALID, EPM_ARGUMENT when no policy is named
 */
async function policyTest(io: Io, paths: readonly string[], options: TestOptions): Promise<ExitCode> {
  const outputs = [options.junit, options.json === true ? '-' : undefined];
  await assertDistinctFiles([...paths, ...(options.policy ?? [])], outputs);
  const time = Date.now();
  const now = { time, zoneOffset: ownZoneOffset(time) };
  const runs: CaseRun[] = [];
  for (const path of paths) runs.push({ path, results: await runFile(io, path, options, outputs, now) });
  if (options.junit !== undefined) await writeOutputs(io, [{ path: options.junit, content: toJUnit(runs) }]);
  if (options.json === true) io.out(json(runs));
  else if (options.junit !== '-') io.out(describe(runs, options.explain === true));
  const passed = runs.every(({ results }) => results.every((result) => result.passed));
  return passed ? EXIT.done : EXIT.negative;
}

async function runFile(
  io: Io,
  path: string,
  { policy: given = [], from }: TestOptions,
  outputs: readonly (string | undefined)[],
  now: Parameters<typeof runCases>[2],
): Promise<readonly CaseResult[]> {
  const bytes = await readBytes(path);
  const file = ofInput(path, () => parseCaseFile(decodePolicyText(bytes)));
  const named = file.policies.map((policy) => resolve(dirname(path), policy));
  // A policy that is given and named counts once.
  const policies = [...new Set([...given.map((policy) => resolve(policy)), ...named])];
  if (policies.length === 0) {
    throw new EpmError('EPM_ARGUMENT', `No policy is named for the cases of "${shown(path)}".`, {
      hint: 'Give --policy FILE, or name the policies in the file of cases.',
    });
  }
  await assertDistinctFiles(policies, outputs);
  // Over a link, a file of cases could lead to a pipe or a device.
  for (const policy of named) await requireFile(policy);
  const documents: PolicyDocument[] = [];
  for (const policy of policies) {
    const { policies: found } = await readPoliciesFrom(io, policy, defined({ from }));
    documents.push(...found.flatMap((each) => toPolicyDocuments(each, scopeOf(each))));
  }
  // Policies without an identifier would otherwise all be the one policy of the device.
  const numbered = documents.map((document, index) =>
    document.id === 'device' && index > 0 ? { ...document, id: `device ${index + 1}` } : document,
  );
  return runCases(file, numbered, now);
}

/** A policy that names its user is for nobody else (decision S1); one for users without a name is tried on everybody. */
function scopeOf({ scope }: PolicyFile): PolicyScope {
  return scope?.kind === 'user' && scope.sid !== undefined ? { kind: 'user', sid: scope.sid } : { kind: 'device' };
}

function describe(runs: readonly CaseRun[], explain: boolean): string {
  const lines = runs.flatMap(({ path, results }) =>
    results.flatMap((result) => (result.passed ? [] : [describeFailure(path, result, explain)])),
  );
  const all = runs.flatMap(({ results }) => results);
  const failed = all.filter(({ passed }) => !passed).length;
  return `${lines.join('')}${all.length - failed} passed, ${failed} failed\n`;
}

function describeFailure(path: string, result: CaseResult, explain: boolean): string {
  const why = explain ? result.explanation.replace(/^/gm, '    ').trimEnd() + '\n' : '';
  return (
    `${shown(path)}:${result.line}  ${shown(result.name)}\n` +
    result.differences.map((difference) => `    ${shown(difference)}\n`).join('') +
    why
  );
}
