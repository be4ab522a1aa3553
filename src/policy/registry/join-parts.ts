/**
 * Several policies of one input as one. Intune keeps settings and rules in policies of their own, and no more than 100
 * rules in one, while a device's policy key, a policy file and a delivery to it hold one policy.
 */
import { defined } from '../../model/defined.ts';
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import type { PolicyCertificate } from '../../model/policy.ts';
import type { RuleInput } from '../../model/rule.ts';
import type { PolicyFile } from '../formats/json/policy-file.ts';
import type { RuleImportResult } from '../declaration/rule-import-result.ts';
import { UniqueNames } from '../declaration/unique-names.ts';

/** What an export of one policy puts behind its name, for each part. */
const PART = / \((?:settings|rules(?: \d{1,4} of \d{1,4})?)\)$/;
/** The name an export gives a policy that has none of its own. */
const UNNAMED = 'device';

/**
 * @returns undefined when they do not make one: policies for different users or devices, or several with settings, whose
 *   conflicts are settled only between policies
 */
export function joinParts(policies: readonly PolicyFile[]): PolicyFile | undefined {
  const [first, ...rest] = policies;
  if (first === undefined || rest.length === 0) return first;
  const scopes = new Set(policies.map(({ scope }) => JSON.stringify(scope ?? { kind: 'device' })));
  const withSettings = policies.filter(({ settings }) => settings !== undefined);
  const withApprovals = policies.filter(({ approvals }) => approvals !== undefined);
  if (scopes.size > 1 || withSettings.length > 1 || withApprovals.length > 1) return undefined;
  const settings = withSettings[0]?.settings;
  const { rules, report } = joinRules(policies);
  const { id, problem } = joinedId(policies);
  return {
    ...defined({ id, scope: first.scope, settings }),
    rules,
    rejected: policies.flatMap(({ rejected }) => rejected),
    certificates: joinCertificates(policies),
    ...defined({ approvals: withApprovals[0]?.approvals }),
    report,
    problems: [...policies.flatMap(({ problems }) => problems), ...(problem === undefined ? [] : [problem])],
  };
}

/** Rules keep their order; one whose name an earlier policy has is renamed, as within one policy. */
function joinRules(policies: readonly PolicyFile[]): {
  readonly rules: readonly RuleInput[];
  readonly report: readonly RuleImportResult[];
} {
  const names = new UniqueNames();
  const rules: RuleInput[] = [];
  const report: RuleImportResult[] = [];
  for (const policy of policies) {
    const renamed = new Map<string, string>();
    for (const rule of policy.rules) {
      const name = names.take(rule.name);
      if (name !== rule.name) renamed.set(rule.name, name);
      rules.push({ ...rule, name });
    }
    for (const entry of policy.report) {
      const name = entry.outcome === 'rejected' ? undefined : renamed.get(entry.name);
      report.push(name === undefined ? entry : withName(entry, name));
    }
  }
  return { rules, report };
}

function withName(entry: RuleImportResult, name: string): RuleImportResult {
  const message = `A rule of another policy is called "${entry.name}"; this one becomes "${name}".`;
  const reason = diagnostic('renamed', message, entry.place);
  return { ...entry, name, outcome: 'importedWithWarnings', reasons: [...entry.reasons, reason] };
}

function joinedId(policies: readonly PolicyFile[]): {
  readonly id: string | undefined;
  readonly problem: Diagnostic | undefined;
} {
  const ids = policies.map(({ id }) => id);
  const [name, ...others] = new Set(ids.map((id) => id?.replace(PART, '')));
  if (others.length === 0) return { id: name === UNNAMED ? undefined : name, problem: undefined };
  const named = ids.filter((id) => id !== undefined);
  const message = `${policies.length} policies become one, called after the first: ${named.join(', ')}. Between equal rules the id of their policy no longer decides.`;
  return { id: named[0], problem: diagnostic('joined', message) };
}

function joinCertificates(policies: readonly PolicyFile[]): readonly PolicyCertificate[] {
  const names = new UniqueNames();
  const joined = new Map<string, PolicyCertificate>();
  for (const certificate of policies.flatMap(({ certificates }) => certificates ?? [])) {
    const known = joined.get(certificate.sha256);
    if (known === undefined) joined.set(certificate.sha256, { ...certificate, name: names.take(certificate.name) });
    else if (known.der === undefined && certificate.der !== undefined) {
      joined.set(certificate.sha256, { ...known, der: certificate.der });
    }
  }
  return [...joined.values()];
}
