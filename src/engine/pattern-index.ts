/**
 * Rules by a literal run of a pattern: what every text that fits contains. A file's texts are searched for all runs in
 * one pass, so a decision never tries every pattern.
 */
import type { DetectionAttribute } from '../model/rule.ts';
import { ATTRIBUTE_LIST } from './attributes/index.ts';
import type { PatternColumn } from './attributes/attribute.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { ExactValues } from './exact-index.ts';
import { LiteralRunIndex } from './literal-run-index.ts';
import type { MatchInput } from './match-input.ts';

const COLUMNS: readonly (readonly [DetectionAttribute, PatternColumn<unknown>])[] = ATTRIBUTE_LIST.flatMap(
  ([name, { pattern }]) => (pattern === undefined ? [] : [[name, pattern] as const]),
);

// The end of a long run tells rules apart best, since folders share their beginnings; the limit bounds the memory.
const LONGEST_RUN = 64;

/** Runs by column; undefined when the rule has no pattern. */
type Runs = readonly (readonly string[])[];

export class PatternIndex {
  /** Searched by column; without those that have no runs. */
  readonly #searches: readonly {
    readonly column: PatternColumn<unknown>;
    readonly runs: LiteralRunIndex<CompiledRule[]>;
  }[];
  readonly #filed: ReadonlySet<CompiledRule>;

  /**
   * Files the rules that a run tells from more other rules than their exact values do.
   * @param rules in the order in which those of one run are found
   */
  constructor(rules: readonly CompiledRule[]) {
    const buckets = COLUMNS.map(() => new Map<string, CompiledRule[]>());
    const filed = new Set<CompiledRule>();
    for (const { rule, column, run } of chooseRuns(rules)) {
      const bucket = buckets[column]?.get(run);
      if (bucket === undefined) buckets[column]?.set(run, [rule]);
      else bucket.push(rule);
      filed.add(rule);
    }
    this.#filed = filed;
    this.#searches = COLUMNS.map(([, column], position) => ({
      column,
      runs: new LiteralRunIndex(buckets[position] ?? new Map<string, CompiledRule[]>()),
    })).filter(({ runs }) => !runs.isEmpty);
  }

  get isEmpty(): boolean {
    return this.#searches.length === 0;
  }

  has(rule: CompiledRule): boolean {
    return this.#filed.has(rule);
  }

  /** Calls back with every list of rules of which a run occurs in the file's texts. */
  search(file: MatchInput, found: (rules: readonly CompiledRule[]) => void): void {
    for (const { column, runs } of this.#searches) for (const text of column.textsOf(file)) runs.search(text, found);
  }
}

interface Choice {
  readonly rule: CompiledRule;
  readonly column: number;
  readonly run: string;
}

function chooseRuns(rules: readonly CompiledRule[]): readonly Choice[] {
  if (!rules.some(hasPattern)) return [];
  // A digest tells a rule from all others.
  const open = rules.filter(({ conditions }) => conditions.fileHash === undefined);
  const patterns = open.filter(hasPattern).map((rule) => ({ rule, runs: runsOf(rule) }));
  const runCounts = COLUMNS.map((_, column) => countAll(patterns.flatMap(({ runs }) => runs[column] ?? [])));
  const values = new ExactValues();
  const exactIds = new Map(open.map((rule) => [rule, exactIdOf(rule, values)]));
  const exactCounts = countAll([...exactIds.values()].filter((id) => id !== undefined));
  return patterns.flatMap(({ rule, runs }) => {
    const best = rarest(runs, runCounts);
    const exact = exactIds.get(rule);
    const exactCount = exact === undefined ? Infinity : (exactCounts.get(exact) ?? Infinity);
    return best === undefined || exactCount <= best.count ? [] : [{ rule, column: best.column, run: best.run }];
  });
}

/** Most policies have none, which is found out without making anything. */
function hasPattern({ conditions }: CompiledRule): boolean {
  for (let index = 0; index < COLUMNS.length; index += 1) {
    const [name, column] = COLUMNS[index] as (typeof COLUMNS)[number];
    const condition = conditions[name];
    if (condition !== undefined && column.runsOf(condition).length > 0) return true;
  }
  return false;
}

function runsOf(rule: CompiledRule): Runs {
  return COLUMNS.map(([name, column]) => {
    const condition = rule.conditions[name];
    return condition === undefined ? [] : column.runsOf(condition).map((run) => run.slice(-LONGEST_RUN));
  });
}

/**
 * One number for the combination and the values; undefined when nothing of the rule compares for equality.
 * @param values filled anew
 */
function exactIdOf(rule: CompiledRule, values: ExactValues): number | undefined {
  values.read(rule);
  const { combination } = values;
  return combination === 0 ? undefined : values.hashOf(combination);
}

function countAll<T>(keys: readonly T[]): ReadonlyMap<T, number> {
  const counts = new Map<T, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** The run that the fewest rules have; of equals the longest of its column, because it occurs in the fewest files. */
function rarest(
  runs: Runs,
  counts: readonly ReadonlyMap<string, number>[],
): { readonly column: number; readonly run: string; readonly count: number } | undefined {
  let best: { readonly column: number; readonly run: string; readonly count: number } | undefined;
  for (const [column, of] of runs.entries()) {
    for (const run of of) {
      const count = counts[column]?.get(run) ?? 0;
      const isLonger = best?.column === column && count === best.count && run.length > best.run.length;
      if (best === undefined || count < best.count || isLonger) best = { column, run, count };
    }
  }
  return best;
}
