/** One row of the benchmark table, and the statistics it is made of. */

export interface BenchResult {
  /** Stable id, for example `engine.decide.5000`. */
  readonly id: string;
  readonly value: number;
  readonly unit: string;
  readonly p50?: number;
  readonly p99?: number;
  readonly max?: number;
  readonly samples: number;
  /** How it was measured, in one sentence. */
  readonly method: string;
}

/** A group of rows that is measured together; `prefixes` are the ids it can produce. */
export interface Benchmark {
  readonly prefixes: readonly string[];
  /** Undefined when the machine lacks what it needs, with the reason. */
  run(): Promise<readonly BenchResult[]>;
}

/** Value below which the share `p` (0–1) of the sorted samples lies. */
export function percentile(sorted: ArrayLike<number>, p: number): number {
  const index = Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1));
  return sorted[index] ?? Number.NaN;
}

/** p50, p99 and maximum of samples in any order. */
export function summary(samples: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = Float64Array.from(samples).sort();
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99), max: percentile(sorted, 1) };
}
