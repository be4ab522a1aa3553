/** Times calls in batches of different questions: a single call of a microsecond would measure the clock. */
import { type BenchResult, summary } from '../result.ts';
import type { Question } from './corpus.ts';

const BATCH = 100;
const WARM_UP = 5;
const ROUNDS = 15;

export interface Subject {
  readonly id: string;
  readonly what: string;
  readonly ask: (question: Question) => unknown;
}

/**
 * Asks all subjects the same batches in turn, so that each has its share of what the machine does besides.
 * @returns one row each: microseconds for one question, mean over all batches of all rounds, net of an empty loop
 */
export function measureBatches(questions: readonly Question[], subjects: readonly Subject[]): readonly BenchResult[] {
  const batches = Array.from({ length: Math.floor(questions.length / BATCH) }, (_, index) =>
    questions.slice(index * BATCH, (index + 1) * BATCH),
  );
  const timed = [...subjects.map(({ ask }) => ({ ask, samples: [] as number[] })), { ask: nothing, samples: [] }];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    for (const [number, batch] of batches.entries()) {
      for (let turn = 0; turn < timed.length; turn += 1) {
        // Each is asked first as often as last.
        const { ask, samples } = timed[(turn + number + round) % timed.length] as (typeof timed)[number];
        const time = timeBatch(batch.map(fresh), ask);
        if (round >= WARM_UP) samples.push(time);
      }
    }
  }
  const empty = mean(timed.at(-1)?.samples ?? []);
  return subjects.map(({ id, what }, index) => {
    const samples = timed[index]?.samples ?? [];
    const { p50, p99, max } = summary(samples.map((sample) => sample - empty));
    const method = `${what}; mean over ${samples.length} batches of ${BATCH} different questions, net of an empty loop of ${empty.toFixed(3)} µs; p99 is that of the batches`;
    return { id, value: mean(samples) - empty, unit: 'µs', p50, p99, max, samples: samples.length * BATCH, method };
  });
}

/** What was answered last: used, so that no compiler can leave the work out. */
let sink: unknown;

/** Microseconds for one question. */
function timeBatch(batch: readonly Question[], ask: (question: Question) => unknown): number {
  const start = performance.now();
  for (const question of batch) sink = ask(question);
  const time = performance.now() - start;
  if (sink === undefined) throw new Error('Nothing was answered.');
  return (time * 1000) / batch.length;
}

function nothing(question: Question): unknown {
  return question;
}

export function mean(samples: readonly number[]): number {
  return samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
}

/**
 * A copy whose texts nobody has looked at yet, as they come from a file: a text that was compared or looked up before
 * keeps its hash, and one text used twice is equal at a glance.
 */
function fresh<T>(value: T): T {
  if (typeof value === 'string') return Buffer.from(value, 'utf16le').toString('utf16le') as T;
  if (Array.isArray(value)) return value.map(fresh) as T;
  if (typeof value !== 'object' || value === null) return value;
  // A copy of the whole first: it keeps the shape that the object was made with.
  const copy = { ...value } as Record<string, unknown>;
  for (const name in copy) copy[name] = fresh(copy[name]);
  return copy as T;
}
