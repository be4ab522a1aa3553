import type { PolicyReport } from '../../agent/contract.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import { age, duration } from '../output/duration.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { describeReason, fields, json, shown } from '../output/text.ts';
import { checkPolicy, type CheckedPolicy, shownRules } from '../input/check-policy.ts';
import { readOnePolicy } from '../input/read-policies.ts';

/**
 * Shows the policy in force, or what a file would bring.
 * @returns 1 when a rule or a setting cannot be taken
 * @throws EpmError EPM_POLICY_INVALID and the codes of reading the file, or of reaching the agent
 */
export async function policyShow(
  io: Io,
  options: { readonly policy?: string; readonly json?: true },
): Promise<ExitCode> {
  if (options.policy !== undefined) {
    const checked = checkPolicy(await readOnePolicy(io, options.policy, {}));
    const { id, settings, problems } = checked.file;
    io.out(
      options.json === true ? json({ id, settings, rules: shownRules(checked), problems }) : describeFile(checked),
    );
    return checked.rejected.length === 0 && problems.length === 0 ? EXIT.done : EXIT.negative;
  }
  const { askPolicy } = await import('../agent/connect.ts');
  const report = await askPolicy();
  io.out(options.json === true ? json(report) : describeReport(report));
  return report.fault === undefined && report.rules.every((rule) => rule.state === 'active')
    ? EXIT.done
    : EXIT.negative;
}

/** A policy that was read, for people; lines only where its form has them. */
export function describeFile({ file: policy, rules, rejected }: CheckedPolicy): string {
  const lines = rules.map(
    (rule) =>
      `  ${shown(rule.name)}: ${rule.outcome}\n` +
      rule.reasons.map((reason) => `    ${describeReason(reason)}\n`).join(''),
  );
  const problems = policy.problems.map((problem) => `  ${describeReason(problem)}\n`);
  return (
    fields([
      ['Policy', policy.id ?? '(no identifier)'],
      ['Settings', policy.settings === undefined ? 'none' : Object.keys(policy.settings).length],
      ['Rules', `${rules.length - rejected.length}${rejected.length === 0 ? '' : `, and ${rejected.length} rejected`}`],
    ]) +
    lines.join('') +
    (problems.length === 0 ? '' : `Left out:\n${problems.join('')}`)
  );
}

function describeReport(report: PolicyReport): string {
  const rules = report.rules.map((rule) => {
    const what = [rule.fileName, rule.filePath, rule.fileHash?.slice(0, 16)]
      .filter((text) => text !== undefined)
      .join(', ');
    return (
      `  ${shown(rule.name)}: ${rule.type}, ${rule.state}${what === '' ? '' : `, ${shown(what)}`} (${shown(rule.policyId)}, ${rule.scope})\n` +
      rule.reasons.map((reason) => `    ${shown(reason)}\n`).join('')
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
    ...settings.conflicts.map(({ setting, policies }) => ['Conflict', `${setting}: ${policies.join(', ')}`] as const),
  ];
}
