/** Whether a rule matches, and what keeps it from matching: every attribute that it sets must fit (decision M1). */
import type { FailedAttribute } from '../model/decision.ts';
import type { Check } from './check.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { MatchInput } from './match-input.ts';

export function matches(rule: CompiledRule, file: MatchInput): boolean {
  const { checks } = rule;
  for (let index = 0; index < checks.length; index += 1) {
    if (!(checks[index] as Check).passes(file, rule)) return false;
  }
  return true;
}

/** The checks that keep a rule from matching; cheap enough to ask for many rules. Only a trace asks. */
export function failedChecks(rule: CompiledRule, file: MatchInput): Check[] {
  return rule.checks.filter((check) => !check.passes(file, rule));
}

/** What the rule wants and what the file has. */
export function describeFailure(check: Check, rule: CompiledRule, file: MatchInput): FailedAttribute {
  return { attribute: check.name, ...check.describeMiss(file, rule) };
}
