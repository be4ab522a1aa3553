/** Policies as a person reads them. */
import type { PolicyReport } from '../../agent/contract.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import type { DigestState } from '../../policy/declaration/policy-digest.ts';
import type { CheckedPolicy } from '../input/check-policy.ts';
import { age, duration } from './duration.ts';
import { describeDiagnostic, fields, shown } from './text.ts';

/** A policy that was read, for people; lines only where its format has them. */
export function describePolicy({ file: policy, rules, rejected }: CheckedPolicy): string {
  const lines = rules.map(
    (rule) =>
      `  ${shown(rule.name)}: ${rule.outcome}\n` +
      rule.reasons.map((reason) => `    ${describeDiagnostic(reason)}\n`).join(''),
  );
  const problems = policy.problems.map((problem) => `  ${describeDiagnostic(problem)}\n`);
  return (
    fields([
      ['Policy', policy.id ?? '(no identifier)'],
      ['Settings', policy.settings === undefined ? 'none' : Object.keys(policy.settings).length],
      ['Digest', policy.digest && DIGESTS[policy.digest]],
      ['Rules', `${rules.length - rejected.length}${rejected.length === 0 ? '' : `, and ${rejected.length} rejected`}`],
    ]) +
    lines.join('') +
    (problems.length === 0 ? '' : `Problems:\n${problems.join('')}`)
  );
}

const DIGESTS: Readonly<Record<DigestState, string>> = {
  fits: 'fits the content',
  differs: 'does not fit the content',
  absent: 'none',
};

/** The policy in force, for people. */
export function describeReport(report: PolicyReport): string {
  const rules = report.rules.map((rule) => {
    const what = [rule.fileName, rule.filePath, rule.fileHash?.slice(0, 16)]
      .filter((text) => text !== undefined)
      .join(', ');
    return (
      `  ${shown(rule.name)}: ${rule.type}, ${rule.state}${what === '' ? '' : `, ${shown(what)}`} (${shown(rule.policyId)}, ${rule.scope})\n` +
      rule.reasons.map(({ message }) => `    ${shown(message)}\n`).join('')
    );
  });
  const fault =
    report.fault === undefined
      ? ''
      : `The delivered policy cannot be used since ${report.faultSince ?? ''} (${duration(report.faultAge ?? 0)}); ${
          report.lastRead === undefined ? 'nothing is elevated until it can.' : 'the last good one stays in force.'
        }\n  ${shown(report.fault.message)}\n  ${shown(report.fault.hint)}\n`;
  return (
    fault +
    fields([
      ['Policy', report.digest],
      ['Since', `${report.since} (${age(report.since)})`],
      ['Read', report.lastRead ?? 'never whole since the start of the agent'],
      ...settingFields(report.settings),
    ]) +
    rules.join('')
  );
}

function settingFields(settings: EffectiveSettings): readonly (readonly [string, string])[] {
  return [
    ['Client', settings.clientState],
    ['Default response', settings.defaultElevationResponse],
    ...(settings.defaultValidations.length === 0
      ? []
      : [['Validations', settings.defaultValidations.join(', ')] as const]),
    ...settings.leftOut.map(
      ({ setting, policies }) =>
        [
          'Left out',
          `${setting}: only the hive of the user says it, and nothing confirms it (${policies.join(', ')})`,
        ] as const,
    ),
    ...settings.conflicts.map(({ setting, policies }) => ['Conflict', `${setting}: ${policies.join(', ')}`] as const),
  ];
}
