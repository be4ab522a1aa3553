/** Rules that can never decide anything, because another rule matches whatever they match and comes first. */
import { ATTRIBUTE_LIST, type RulePair } from '../../engine/attributes/index.ts';
import type { CompiledRule } from '../../engine/compiled-rule.ts';
import { coversHours } from '../../engine/hours.ts';
import { compareRules } from '../../engine/ladder.ts';
import { coversUnsignedTexts } from '../../engine/package-texts.ts';

/** Rules without a literal name that are compared with every other; more would make the work the square of the rules. */
const MAX_GENERAL = 200;
/** Vectors of arguments that are looked up in others' lists, for the same reason. */
const MAX_LOOKUPS = 5_000_000;

/**
 * @param rules all of one policy
 * @returns for each rule that can never win, one that beats it
 */
export function shadowedRules(rules: readonly CompiledRule[]): ReadonlyMap<CompiledRule, CompiledRule> {
  const byName = Map.groupBy(
    rules.filter((rule) => rule.conditions.fileName?.literal !== undefined),
    (rule) => rule.conditions.fileName?.literal,
  );
  const general = rules.filter((rule) => rule.conditions.fileName?.literal === undefined).slice(0, MAX_GENERAL);
  const shadows = new Map<CompiledRule, CompiledRule>();
  const work = { left: MAX_LOOKUPS };
  for (const rule of rules) {
    const same = byName.get(rule.conditions.fileName?.literal) ?? [];
    const winner = [...same.slice(0, MAX_GENERAL), ...general].find(
      (other) => other !== rule && compareRules(other, rule) < 0 && covers(other, rule, work),
    );
    if (winner !== undefined) shadows.set(rule, winner);
  }
  return shadows;
}

/** Whether every file and call that `narrow` matches is also matched by `wide`. When in doubt: no. */
function covers(wide: CompiledRule, narrow: CompiledRule, work: RulePair['work']): boolean {
  if (!coversHours(wide.hours, narrow.hours)) return false;
  const rules = { wide, narrow, work };
  return ATTRIBUTE_LIST.every(([name, attribute]) => {
    const one = wide.conditions[name];
    const other = narrow.conditions[name];
    if (one === undefined) return attribute.whenOpen?.covers(other, rules) ?? true;
    if (attribute.isPackageText === true && !coversUnsignedTexts(rules)) return false;
    return attribute.covers(one, other, rules);
  });
}
