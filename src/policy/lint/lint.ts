/** Checks a policy for what its author would not want: rules that give away the machine, and rules that do nothing. */
import { compileRule } from '../../engine/compile-rule.ts';
import type { CompiledRule } from '../../engine/compiled-rule.ts';
import { placeRule } from '../../engine/ladder.ts';
import { interpreterSet } from '../../engine/interpreters.ts';
import { DEFAULT_WINDOWS_FOLDERS } from '../../engine/default-windows-folders.ts';
import { defined } from '../../model/defined.ts';
import { inside, type Diagnostic } from '../../model/diagnostic.ts';
import type { RuleInput } from '../../model/rule.ts';
import type { PolicyFile } from '../formats/json/policy-file.ts';
import type { RuleImportResult } from '../declaration/rule-import-result.ts';
import { checkApprovals } from './approval-checks.ts';
import { checkCertificateDates } from './certificate-dates.ts';
import { checkHours } from './hours-checks.ts';
import { looserWinners } from './looser-winners.ts';
import { checkNotifications } from './notification-checks.ts';
import { lintDiagnostic, type LintDiagnostic, type LintMessage } from './lint-diagnostic.ts';
import { checkRule } from './rule-checks.ts';
import { checkSettings } from './settings-checks.ts';
import { shadowedRules } from './shadows.ts';

const PATHS = { folders: DEFAULT_WINDOWS_FOLDERS };

/**
 * @param policy as a reader made it, in any format
 * @param now milliseconds since 1970, for certificates, keys and rules that end
 * @returns in the order of the policy: first the policy itself, then its rules
 */
export function lintPolicy(policy: PolicyFile, now: number): readonly LintDiagnostic[] {
  const found = [...checkSettings(policy), ...checkApprovals(policy, now), ...checkNotifications(policy)].map(
    (message) => ofPolicy(message, policy),
  );
  const interpreters = interpreterSet(policy.settings?.additionalInterpreters);
  const compiled = new Map<string, CompiledRule>();
  const messages = new Map<string, LintMessage[]>();
  policy.rules.forEach((rule, position) => {
    const { body, reasons } = compileRule(rule, PATHS);
    if (reasons.length > 0 || body === undefined) {
      messages.set(
        rule.name,
        reasons.map((reason) => rejected(reason, rule.type === 'deny' && body !== undefined)),
      );
      return;
    }
    const checkOne = (one: RuleInput): readonly LintMessage[] | undefined => {
      const taken = one === rule ? body : compileRule(one, PATHS).body;
      if (taken === undefined) return undefined;
      const checked = { rule: one, conditions: taken.conditions, interpreters, settings: policy.settings };
      return [...checkRule(checked), ...checkHours(one, taken.hours, now), ...checkCertificateDates(one, policy, now)];
    };
    messages.set(rule.name, withCleanOffers(checkOne(rule) ?? [], checkOne));
    const place = { policyId: policy.id ?? '', user: undefined, position, contentDigest: '' };
    compiled.set(rule.name, placeRule(body, rule.name, place));
  });
  const places = [...compiled.values()];
  for (const [loser, winner] of shadowedRules(places)) {
    messages.get(loser.reference.name)?.push({
      code: 'shadowed',
      message: `Rule "${winner.reference.name}" matches whatever this rule matches, and comes first.`,
      hint: 'Remove one of the two, or narrow the other.',
    });
  }
  for (const [loser, winner] of looserWinners(places)) {
    messages.get(loser.reference.name)?.push({
      code: 'looser-wins',
      message: `For a file that fits both, rule "${winner.reference.name}" comes first, because it sets more attributes, and asks for less.`,
      hint: 'Give this rule the same attributes, or the other one the same type, validations and child processes.',
    });
  }
  for (const report of policy.report) {
    if (report.outcome === 'rejected') found.push(...rejections(report));
    else found.push(...(messages.get(report.name) ?? []).map((message) => ofRule(message, report, policy)));
  }
  return found;
}

/**
 * A rule that is offered in place of another is itself without any finding; where there are several, it has what is
 * offered against each of them. Otherwise nothing is offered, and the hint has to do.
 */
function withCleanOffers(
  found: readonly LintMessage[],
  check: (rule: RuleInput) => readonly LintMessage[] | undefined,
): LintMessage[] {
  return found.map(({ tighter, ...message }) => {
    let offered = tighter;
    for (let step = 0; offered !== undefined && step <= found.length; step += 1) {
      const left = check(offered);
      if (left?.length === 0) return { ...message, tighter: offered };
      offered = left?.find((next) => next.tighter !== undefined)?.tighter;
    }
    return message;
  });
}

/** What a reader says of a rejected rule is at its place in the policy already. */
function rejections({ name, reasons, stillDenies }: RuleImportResult): readonly LintDiagnostic[] {
  return reasons.map((reason) => ({ ...lintDiagnostic(rejected(reason, stillDenies === true)), rule: name }));
}

function rejected({ place, message }: Diagnostic, stillDenies: boolean): LintMessage {
  const effect = stillDenies ? 'The rule still denies by what could be read of it.' : 'The rule has no effect.';
  return {
    code: 'rule-rejected',
    ...defined({ place }),
    message: `${message} ${effect}`,
    hint: 'Correct the rule at this place.',
  };
}

/** What a check says of the policy itself. */
function ofPolicy(message: LintMessage, { lineAt }: PolicyFile): LintDiagnostic {
  const { pointer, line } = message.place ?? {};
  const found = lintDiagnostic(message);
  if (pointer === undefined || line !== undefined || lineAt === undefined) return found;
  return { ...found, place: { pointer, line: lineAt(pointer) } };
}

/** What a check says of a rule, at its place in the policy. */
function ofRule(
  message: LintMessage,
  { name, place: base = {} }: RuleImportResult,
  { lineAt }: PolicyFile,
): LintDiagnostic {
  const { pointer } = base;
  const line = pointer === undefined ? undefined : lineAt?.(pointer + (message.place?.pointer ?? ''));
  return { ...inside(lintDiagnostic(message), base, line), rule: name };
}
