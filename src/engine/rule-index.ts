/**
 * Finds the rules that can match a file without asking every rule. Each rule is filed once, under whatever tells it
 * from the most other rules: all its exact values together, or a literal run of a pattern.
 */
import type { CompiledRule } from './compiled-rule.ts';
import { ExactIndex } from './exact-index.ts';
import { matches } from './match.ts';
import type { MatchInput } from './match-input.ts';
import { PatternIndex } from './pattern-index.ts';

export class RuleIndex {
  readonly #patterns: PatternIndex;
  readonly #exact: ExactIndex;
  /** Rules that only a comparison can tell, such as a Deny by version alone. */
  readonly #others: CompiledRule[] = [];

  /** @param rules in the order of precedence, which every list keeps */
  constructor(rules: readonly CompiledRule[]) {
    this.#patterns = new PatternIndex(rules);
    this.#exact = new ExactIndex(
      rules,
      (rule) => this.#patterns.has(rule),
      (rule) => this.#others.push(rule),
    );
  }

  /** The matching rule that comes first, if it comes before `best`; else `best`. */
  winner(file: MatchInput, best: CompiledRule | undefined): CompiledRule | undefined {
    let first = best;
    const keys = this.#exact.keysOf(file);
    for (let index = 0; index < keys.length; index += 1) {
      let cursor = this.#exact.first(keys.at(index));
      for (; cursor !== 0; cursor = this.#exact.next(cursor)) {
        const rule = this.#exact.ruleAt(cursor);
        if (first !== undefined && rule.rank >= first.rank) break;
        if (!matches(rule, file)) continue;
        first = rule;
        break;
      }
    }
    if (file.hasUnsignedTexts) first = firstMatch(this.#exact.denyingUnsigned, file, first);
    if (!this.#patterns.isEmpty) this.#patterns.search(file, (rules) => (first = firstMatch(rules, file, first)));
    return this.#others.length === 0 ? first : firstMatch(this.#others, file, first);
  }

  /** Every matching rule, in no particular order. */
  allMatching(file: MatchInput): CompiledRule[] {
    const found = new Set<CompiledRule>();
    this.#search(file, Infinity, (rule) => {
      if (matches(rule, file)) found.add(rule);
    });
    return [...found];
  }

  /** Rules that have something in common with the file: at most `limit` from each list, the first by precedence. */
  related(file: MatchInput, limit: number): Set<CompiledRule> {
    const found = new Set<CompiledRule>();
    const take = (rule: CompiledRule): void => void found.add(rule);
    this.#search(file, limit, take);
    this.#exact.sharing(file, limit, take);
    return found;
  }

  /** Calls back with each rule that may match, at most `limit` of each list. */
  #search(file: MatchInput, limit: number, found: (rule: CompiledRule) => void): void {
    const keys = this.#exact.keysOf(file);
    for (let index = 0; index < keys.length; index += 1) {
      let cursor = this.#exact.first(keys.at(index));
      for (let count = 0; cursor !== 0 && count < limit; count += 1, cursor = this.#exact.next(cursor)) {
        found(this.#exact.ruleAt(cursor));
      }
    }
    const take = (rules: readonly CompiledRule[]): void => {
      for (let index = 0; index < rules.length && index < limit; index += 1) found(rules[index] as CompiledRule);
    };
    if (file.hasUnsignedTexts) take(this.#exact.denyingUnsigned);
    this.#patterns.search(file, take);
    take(this.#others);
  }
}

function firstMatch(
  rules: readonly CompiledRule[],
  file: MatchInput,
  first: CompiledRule | undefined,
): CompiledRule | undefined {
  for (const rule of rules) {
    if (first !== undefined && rule.rank >= first.rank) return first;
    if (matches(rule, file)) return rule;
  }
  return first;
}
