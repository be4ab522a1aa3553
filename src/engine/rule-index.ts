/** Finds the rules that can match a file without asking every rule. */
import type { CompiledRule } from './compiled-rule.ts';
import { matches } from './match.ts';
import type { Prepared } from './prepared.ts';

export class RuleIndex {
  /** In the order of precedence. */
  readonly rules: readonly CompiledRule[];

  constructor(rules: readonly CompiledRule[]) {
    this.rules = rules;
  }

  /** The matching rule that comes first, if it comes before `best`. */
  winner(file: Prepared, best: CompiledRule | undefined): CompiledRule | undefined {
    for (const rule of this.rules) {
      if (best !== undefined && rule.rank >= best.rank) return best;
      if (matches(rule, file)) return rule;
    }
    return best;
  }

  /** Every matching rule. */
  allMatching(file: Prepared): CompiledRule[] {
    return this.rules.filter((rule) => matches(rule, file));
  }
}
