/**
 * Finds the rules that can match a file without asking every rule. Each rule is filed once, under whatever tells it
 * from the most other rules: its hash, the combination of its exact values, or a literal run of its name or path pattern.
 */
import type { CompiledRule } from './compiled-rule.ts';
import { ExactIndex, type ExactKey, exactKeyOf } from './exact-index.ts';
import { LiteralRunIndex } from './literal-run-index.ts';
import { matches } from './match.ts';
import type { PathPattern } from './path-pattern.ts';
import { pathPatternText } from './path-pattern.ts';
import type { MatchInput } from './match-input.ts';
import { literalRuns } from './wildcard.ts';

type Buckets = Map<string, CompiledRule[]>;

export class RuleIndex {
  readonly #hashes: Buckets = new Map();
  readonly #exact = new ExactIndex();
  readonly #nameRuns: LiteralRunIndex<CompiledRule[]>;
  readonly #pathRuns: LiteralRunIndex<CompiledRule[]>;
  /** Rules that only a comparison can tell, such as a Deny by version alone. */
  readonly #others: CompiledRule[] = [];

  /** @param rules in the order of precedence, which every list below keeps */
  constructor(rules: readonly CompiledRule[]) {
    const unhashed: CompiledRule[] = [];
    for (const rule of rules) {
      this.#exact.register(rule);
      const { hash } = rule.conditions;
      if (hash === undefined) unhashed.push(rule);
      else push(this.#hashes, hash.value, rule);
    }
    const keys = new Map(unhashed.map((rule) => [rule, keysOf(rule)]));
    const frequency = countKeys(keys.values());
    const nameRuns: Buckets = new Map();
    const pathRuns: Buckets = new Map();
    for (const [rule, own] of keys) this.#file(rule, own, frequency, nameRuns, pathRuns);
    this.#nameRuns = new LiteralRunIndex(nameRuns);
    this.#pathRuns = new LiteralRunIndex(pathRuns);
  }

  /** The matching rule that comes first, if it comes before `best`; else `best`. */
  winner(file: MatchInput, best: CompiledRule | undefined): CompiledRule | undefined {
    let first = best;
    this.#search(file, (rules) => {
      for (const rule of rules) {
        if (first !== undefined && rule.rank >= first.rank) return;
        if (matches(rule, file)) {
          first = rule;
          return;
        }
      }
    });
    return first;
  }

  /** Every matching rule, in no particular order. */
  allMatching(file: MatchInput): CompiledRule[] {
    const found = new Set<CompiledRule>();
    this.#search(file, (rules) => {
      for (const rule of rules) if (matches(rule, file)) found.add(rule);
    });
    return [...found];
  }

  /** Rules that have something in common with the file: at most `limit` from each list, the first by precedence. */
  related(file: MatchInput, limit: number): Set<CompiledRule> {
    const found = new Set<CompiledRule>();
    const take = (rules: readonly CompiledRule[]): void => {
      for (let index = 0; index < rules.length && index < limit; index += 1) found.add(rules[index] as CompiledRule);
    };
    this.#search(file, take);
    this.#exact.sharing(file, take);
    return found;
  }

  #search(file: MatchInput, found: (rules: readonly CompiledRule[]) => void): void {
    if (this.#hashes.size > 0) {
      for (const algorithm of ['sha256', 'sha384', 'sha512'] as const) {
        const value = file.facts[algorithm];
        const rules = value === undefined ? undefined : this.#hashes.get(value);
        if (rules !== undefined) found(rules);
      }
    }
    this.#exact.search(file, found);
    this.#nameRuns.search(file.name, found);
    if (!this.#pathRuns.isEmpty) {
      this.#pathRuns.search(file.folder.text, found);
      if (file.folder.profileText !== undefined) this.#pathRuns.search(file.folder.profileText, found);
    }
    if (this.#others.length > 0) found(this.#others);
  }

  #file(rule: CompiledRule, keys: Keys, frequency: Frequency, nameRuns: Buckets, pathRuns: Buckets): void {
    const { exact } = keys;
    const name = rarest(keys.nameRuns, frequency.name);
    const path = rarest(keys.pathRuns, frequency.path);
    const exactCount = exact === undefined ? Infinity : (frequency.exact.get(exactId(exact)) ?? 0);
    if (exact !== undefined && exactCount <= Math.min(name.count, path.count)) {
      this.#exact.add(rule, exact);
    } else if (name.run !== undefined && name.count <= path.count) push(nameRuns, name.run, rule);
    else if (path.run !== undefined) push(pathRuns, path.run, rule);
    else this.#others.push(rule);
  }
}

/** Everything a rule could be filed under. */
interface Keys {
  readonly exact: ExactKey | undefined;
  readonly nameRuns: readonly string[];
  readonly pathRuns: readonly string[];
}

// The end of a long run tells rules apart best, since folders share their beginnings; the limit bounds the memory.
const LONGEST_RUN = 64;

function keysOf(rule: CompiledRule): Keys {
  const shorten = (run: string): string => run.slice(-LONGEST_RUN);
  return {
    exact: exactKeyOf(rule),
    nameRuns: nameRunsOf(rule).map(shorten),
    pathRuns: pathRunsOf(rule).map(shorten),
  };
}

interface Frequency {
  readonly exact: ReadonlyMap<number, number>;
  readonly name: ReadonlyMap<string, number>;
  readonly path: ReadonlyMap<string, number>;
}

function countKeys(rules: Iterable<Keys>): Frequency {
  const exact = new Map<number, number>();
  const name = new Map<string, number>();
  const path = new Map<string, number>();
  const count = <T>(counts: Map<T, number>, key: T): void => {
    counts.set(key, (counts.get(key) ?? 0) + 1);
  };
  for (const keys of rules) {
    if (keys.exact !== undefined) count(exact, exactId(keys.exact));
    for (const run of keys.nameRuns) count(name, run);
    for (const run of keys.pathRuns) count(path, run);
  }
  return { exact, name, path };
}

/** One number for combination and key: 6 and 32 bits. */
function exactId({ mask, key }: ExactKey): number {
  return key * 64 + mask;
}

function nameRunsOf(rule: CompiledRule): readonly string[] {
  const wildcard = rule.conditions.name?.wildcard;
  return wildcard === undefined ? [] : literalRuns(wildcard.text);
}

function pathRunsOf(rule: CompiledRule): readonly string[] {
  const path: PathPattern | undefined = rule.conditions.path;
  return path === undefined || path.literal !== undefined ? [] : literalRuns(pathPatternText(path));
}

/** The run that the fewest rules have; of equals the longest, because it occurs in the fewest files. */
function rarest(
  runs: readonly string[],
  counts: ReadonlyMap<string, number>,
): { readonly run: string | undefined; readonly count: number } {
  let best: string | undefined;
  let bestCount = Infinity;
  for (const run of runs) {
    const count = counts.get(run) ?? 0;
    if (count < bestCount || (count === bestCount && run.length > (best?.length ?? 0))) {
      best = run;
      bestCount = count;
    }
  }
  return { run: best, count: bestCount };
}

function push(buckets: Buckets, key: string, rule: CompiledRule): void {
  const bucket = buckets.get(key);
  if (bucket === undefined) buckets.set(key, [rule]);
  else bucket.push(rule);
}
