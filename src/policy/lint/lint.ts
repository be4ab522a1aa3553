/** Checks a policy for what its author would not want: rules that give away the machine, and rules that do nothing. */
import { compileRule } from '../../engine/compile-rule.ts';
import type { CompiledRule } from '../../engine/compiled-rule.ts';
import { precedenceOf } from '../../engine/ladder.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import type { PolicyFile, RuleReport } from '../formats/json/policy-file.ts';
import { checkCertificateDates } from './certificate-dates.ts';
import { type Finding, LINT_CHECKS, type Remark, type Severity } from './finding.ts';
import { checkRule } from './rule-checks.ts';
import { checkSettings } from './settings-checks.ts';
import { shadowedRules } from './shadows.ts';

/**
 * @param policy as a reader made it, in any form
 * @param now milliseconds since 1970, for certificates
 * @returns findings in the order of the policy: first the policy itself, then its rules
 */
export function lintPolicy(policy: PolicyFile, now: number): readonly Finding[] {
  const findings = checkSettings(policy).map((remark) => finding(remark, undefined, policy));
  const compiled = new Map<string, CompiledRule>();
  const remarks = new Map<string, Remark[]>();
  policy.rules.forEach((rule, position) => {
    const { body, reasons } = compileRule(rule, { folders: DEFAULT_WINDOWS_FOLDERS });
    if (reasons.length > 0 || body === undefined) {
      remarks.set(
        rule.name,
        reasons.map((reason) => rejected(reason.place, reason.message, rule.type === 'deny' && body !== undefined)),
      );
      return;
    }
    const certificates = checkCertificateDates(rule, policy, now);
    remarks.set(rule.name, [...checkRule({ rule, conditions: body.conditions }), ...certificates]);
    const placed = {
      ...body,
      reference: { policyId: policy.id ?? '', scope: 'device' as const, name: rule.name, type: rule.type },
      user: undefined,
      position,
      contentDigest: '',
      rank: 0,
    };
    compiled.set(rule.name, { ...placed, precedence: precedenceOf(placed) });
  });
  for (const [loser, winner] of shadowedRules([...compiled.values()])) {
    remarks.get(loser.reference.name)?.push({
      id: 'shadowed',
      place: '',
      message: `Rule "${winner.reference.name}" matches whatever this rule matches, and comes first.`,
      advice: 'Remove one of the two, or narrow the other.',
    });
  }
  for (const report of policy.report) {
    const own = report.outcome === 'rejected' ? rejections(report) : (remarks.get(report.name) ?? []);
    findings.push(...own.map((remark) => finding(remark, report, policy)));
  }
  return findings;
}

/** Whether a finding is at least as severe. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  const order: readonly Severity[] = ['high', 'medium', 'low'];
  return order.indexOf(severity) <= order.indexOf(limit);
}

function rejections(report: RuleReport): readonly Remark[] {
  return report.reasons.map((reason) =>
    rejected(reason.place.slice(report.place.length), reason.message, report.stillDenies === true),
  );
}

function rejected(place: string, message: string, stillDenies: boolean): Remark {
  return {
    id: 'rule-rejected',
    place,
    message: stillDenies
      ? `${message} The rule still denies by what could be read of it.`
      : `${message} The rule has no effect.`,
    advice: 'Correct the rule at this place.',
  };
}

function finding(
  { id, severity, place, line: own, ...said }: Remark,
  report: RuleReport | undefined,
  { lineAt }: PolicyFile,
): Finding {
  const whole = `${report?.place ?? ''}${place}`;
  const line = own ?? lineAt?.(whole);
  return {
    id,
    severity: severity ?? LINT_CHECKS[id].severity,
    ...(report === undefined ? {} : { rule: report.name }),
    place: whole,
    ...(line === undefined ? {} : { line }),
    ...said,
  };
}
