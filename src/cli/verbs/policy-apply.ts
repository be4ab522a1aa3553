import { createHash } from 'node:crypto';
import { defined } from '../../model/defined.ts';
import type { DiagnosticCode } from '../../model/diagnostic-codes.ts';
import { EpmError } from '../../model/errors.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import { LISTS } from '../../policy/declaration/lists.ts';
import { USERS_SUBKEY } from '../../policy/declaration/names.ts';
import { policyDigest } from '../../policy/declaration/policy-digest.ts';
import { lintPolicy } from '../../policy/lint/lint.ts';
import type { LintDiagnostic } from '../../policy/lint/lint-diagnostic.ts';
import { keyBelowRoot } from '../../policy/registry/policy-keys.ts';
import type { RegistrySnapshot } from '../../policy/registry/registry-snapshot.ts';
import type { PortableScope } from '../../model/policy.ts';
import { namedUser } from '../input/named-user.ts';
import { portable } from '../../policy/formats/convert.ts';
import type { PolicyFormat } from '../../policy/formats/format.ts';
import type { PolicyFile } from '../../policy/formats/json/policy-file.ts';
import type { RuleImportResult } from '../../policy/declaration/rule-import-result.ts';
import { writePolicy } from '../../policy/registry/registry-policy.ts';
import { rewriteRejected } from '../../policy/declaration/rejected-deny.ts';
import { loadDlls, removeTree, replaceTree } from '../../windows/index.ts';
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
  readonly user?: string;
  readonly partly?: true;
  readonly check?: true;
  readonly expect?: string;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description("make a policy this machine's policy, or that of one of its users (administrators)")
    .argument('<in>', `a file ${ANY_FORMAT}, or - for standard input`)
    .addOption(fromOption())
    .addOption(certificatesOption())
    .option('--user <user>', 'the user, by SID or name, whose policy it becomes on this machine')
    .option('--partly', 'take the rest of a policy in which something is rejected; the exit code is then 1')
    .option('--check', 'show what would happen and what the linter finds; write nothing')
    .option('--expect <content>', 'write only what --check said this of: its member `content`')
    .addOption(jsonOption())
    .action(async (path: string, options: ApplyOptions) => {
      end(await policyApply(io, path, options));
    });
};

/** What is said outside of rules and takes nothing away from the policy. */
const HARMLESS: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  'joined',
  'certificatesUnused',
  'assigned',
  'assignmentNotCarried',
  'otherPolicies',
]);

/**
 * Checks a policy in any format and makes it the policy of this machine, or the one that the machine has for a user.
 * Approvals in the registry stay, and so do the policies of others. An empty policy takes that of a user away.
 * @returns 1 when rules were left out, which only `partly` allows; with `check` also when it would be refused
 * @throws EpmError EPM_POLICY_INVALID, EPM_POLICY_RULE_REJECTED, EPM_ARGUMENT, EPM_NOT_ADMINISTRATOR, EPM_PLATFORM,
 * EPM_WINDOWS_API; then nothing was changed, except for the last
 */
async function policyApply(io: Io, place: string, options: ApplyOptions): Promise<ExitCode> {
  const { certificates, from } = options;
  const policy = await readOnePolicy(io, place, defined({ certificates, from }));
  const scope = targetOf(place, policy.scope, options.user);
  const checked = checkPolicy(policy);
  const refusal = options.partly === true ? undefined : refusalOf(place, policy, checked.rejected);
  if (refusal !== undefined && options.check !== true) throw refusal;
  const { document, rules } = rewriteRejected(portable({ ...policy, scope }));
  const snapshot = writePolicy(document);
  const key = keyBelowRoot(scope);
  const content = contentOf(key, snapshot);
  if (options.expect !== undefined && options.expect !== content) {
    throw new EpmError('EPM_POLICY_INVALID', `"${shown(place)}" is not what was checked: it has changed since.`, {
      hint: 'Nothing was changed. Check it again, and find out who writes to it meanwhile.',
    });
  }
  if (options.check !== true) write(scope, key, snapshot);
  const summary = {
    policy: document.id,
    rules: document.rules.length,
    key: `HKLM\\${key}`,
    content,
    report: [...checked.rules, ...rules],
    problems: policy.problems,
    // What is no rule's is among the problems.
    findings: lintPolicy({ ...policy, problems: [] }, Date.now()),
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
    if (options.check === true) io.error(summary.findings.map(describeFinding).join(''));
  }
  return checked.rejected.length === 0 && refusal === undefined ? EXIT.done : EXIT.negative;
}

/** Whose policy it becomes. @throws EpmError EPM_POLICY_INVALID when that is not for this machine to hold */
function targetOf(place: string, scope: PortableScope | undefined, user: string | undefined): PortableScope {
  const named = user === undefined ? undefined : namedUser(user);
  if (scope === undefined || scope.kind === 'device') {
    return named === undefined ? { kind: 'device' } : { kind: 'user', sid: named, place: 'machine' };
  }
  if (named === undefined && scope.place === 'machine') return scope;
  if (named !== undefined && (scope.sid ?? named) === named) return { kind: 'user', sid: named, place: 'machine' };
  if (named === undefined) {
    throw new EpmError('EPM_POLICY_INVALID', `"${shown(place)}" is a policy for users, not for the device.`, {
      hint: 'Nothing was changed. Name the user with --user, or deliver it by MDM or Group Policy.',
    });
  }
  throw new EpmError(
    'EPM_POLICY_INVALID',
    `"${shown(place)}" is a policy for the user ${scope.sid ?? ''}, not for ${named}.`,
    {
      hint: 'Nothing was changed. Name the user whom it is for.',
    },
  );
}

/** Stands for what would be written, and where: equal texts write the same. */
function contentOf(key: string, snapshot: RegistrySnapshot): string {
  // The digest covers everything else.
  const revocations = snapshot.subkeys.find(({ name }) => name === LISTS.revocations.subkey);
  return createHash('sha256')
    .update(canonicalJson({ key, digest: policyDigest(snapshot), revocations: revocations?.key.values ?? [] }))
    .digest('hex');
}

function write(scope: PortableScope, key: string, snapshot: RegistrySnapshot): void {
  const { advapi32 } = loadDlls();
  const isEmpty = snapshot.values.length + snapshot.subkeys.length === 0;
  if (scope.kind === 'user' && isEmpty) removeTree(advapi32, 'HKLM', key);
  else replaceTree(advapi32, 'HKLM', key, snapshot, scope.kind === 'user' ? [] : [LISTS.grants.subkey, USERS_SUBKEY]);
}

function describeFinding({ risk, rule, message }: LintDiagnostic): string {
  return `epm: ${risk}: ${rule === undefined ? '' : `rule "${shown(rule)}": `}${shown(message)}\n`;
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
