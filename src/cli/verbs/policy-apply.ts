import { defined } from '../../model/defined.ts';
import type { DiagnosticCode } from '../../model/diagnostic-codes.ts';
import { EpmError } from '../../model/errors.ts';
import { LISTS } from '../../policy/declaration/lists.ts';
import { POLICY_KEY } from '../../policy/declaration/names.ts';
import { portable } from '../../policy/formats/convert.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import type { PolicyFile } from '../../policy/formats/json/policy-file.ts';
import type { RuleImportResult } from '../../policy/declaration/rule-import-result.ts';
import { writePolicy } from '../../policy/registry/registry-policy.ts';
import { rewriteRejected } from '../../policy/declaration/rejected-deny.ts';
import { loadDlls, replaceTree } from '../../windows/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { json, shown } from '../output/text.ts';
import { ANY_FORMAT, certificatesOption, fromOption, jsonOption } from '../input/options.ts';
import { checkPolicy } from '../input/check-policy.ts';
import { readOnePolicy } from '../input/read-policies.ts';
import type { DeclareVerb } from '../verb.ts';

interface ApplyOptions {
  readonly from?: PolicyFormat;
  readonly certificates?: readonly string[];
  readonly partly?: true;
  readonly check?: true;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description("make a policy this machine's policy (administrators)")
    .argument('<in>', `a file ${ANY_FORMAT}, or - for standard input`)
    .addOption(fromOption())
    .addOption(certificatesOption())
    .option('--partly', 'take the rest of a policy in which something is rejected; the exit code is then 1')
    .option('--check', 'show what would happen; write nothing')
    .addOption(jsonOption())
    .action(async (path: string, options: ApplyOptions) => {
      end(await policyApply(io, path, options));
    });
};

/** What is said outside of rules and takes nothing away from the policy. */
const HARMLESS: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>(['joined', 'certificatesUnused']);

/**
 * Checks a policy in any format and makes it the policy of this machine. Approvals in the registry stay.
 * @returns 1 when rules were left out, which only `partly` allows; with `check` also when it would be refused
 * @throws EpmError EPM_POLICY_INVALID, EPM_POLICY_RULE_REJECTED, EPM_NOT_ADMINISTRATOR, EPM_PLATFORM, EPM_WINDOWS_API;
 * then nothing was changed, except for the last
 */
async function policyApply(io: Io, place: string, options: ApplyOptions): Promise<ExitCode> {
  const { certificates, from } = options;
  const policy = await readOnePolicy(io, place, defined({ certificates, from }));
  if (policy.scope !== undefined && policy.scope.kind !== 'device') {
    throw new EpmError('EPM_POLICY_INVALID', `"${shown(place)}" is a policy for users, not for the device.`, {
      hint: 'Nothing was changed. Convert it to .reg for the user, or deliver it by MDM.',
    });
  }
  const checked = checkPolicy(policy);
  const refusal = options.partly === true ? undefined : refusalOf(place, policy, checked.rejected);
  if (refusal !== undefined && options.check !== true) throw refusal;
  const { document, rules } = rewriteRejected(portable(policy));
  const snapshot = writePolicy(document);
  if (options.check !== true) replaceTree(loadDlls().advapi32, 'HKLM', POLICY_KEY, snapshot, [LISTS.grants.subkey]);
  const summary = {
    policy: document.id,
    rules: document.rules.length,
    key: `HKLM\\${POLICY_KEY}`,
    report: [...checked.rules, ...rules],
    problems: policy.problems,
    ...(options.check === true ? { checked: true, refused: refusal !== undefined } : {}),
  };
  if (options.json === true) io.out(json(summary));
  else {
    const what = `Policy ${shown(summary.policy)} with ${summary.rules} ${summary.rules === 1 ? 'rule' : 'rules'}`;
    if (refusal !== undefined) io.out(`${what} would be refused: ${shown(refusal.message)}\n`);
    else io.out(`${what} ${options.check === true ? 'would be' : 'is'} written to ${summary.key}.\n`);
    for (const { name, outcome, reasons } of summary.report) {
      if (outcome !== 'imported') io.error(`epm: rule "${shown(name)}": ${shown(reasons[0]?.message ?? outcome)}\n`);
    }
    for (const { message } of policy.problems) io.error(`epm: ${shown(message)}\n`);
  }
  return checked.rejected.length === 0 && refusal === undefined ? EXIT.done : EXIT.negative;
}

/** Why nothing of it is taken; undefined: it is. */
function refusalOf(place: string, policy: PolicyFile, rejected: readonly RuleImportResult[]): EpmError | undefined {
  const hint = 'Nothing was changed. Correct the policy, or give --partly to take the rest of it.';
  const [rule] = rejected;
  if (rule !== undefined) {
    return new EpmError(
      'EPM_POLICY_RULE_REJECTED',
      `Rule "${shown(rule.name)}" cannot be taken: ${rule.reasons[0]?.message ?? ''}`,
      { hint },
    );
  }
  const problem = policy.problems.find(({ code }) => !HARMLESS.has(code));
  if (problem === undefined) return undefined;
  const where = problem.place?.line === undefined ? '' : `Line ${problem.place.line} of `;
  return new EpmError('EPM_POLICY_INVALID', `${where}"${shown(place)}" cannot be taken: ${problem.message}`, { hint });
}
