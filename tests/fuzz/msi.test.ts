/** A short run of the fuzz entry of installer packages; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { describe, expect, it } from 'vitest';
import { corpus, fuzz, mutatePackage, stretches } from './msi.fuzz.ts';
import { Choices } from './random.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 2000);
/** Milliseconds of CPU time of a quiet machine; the collection of garbage of what went before is part of it. */
const LONGEST_STRETCH = 100;
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

describe('mutated input', () => {
  it('never breaks the reader of an installer package', { timeout: patient(3_600_000) }, async () => {
    const whole = new Set<string>();
    for (const bytes of corpus) whole.add(await fuzz(bytes));
    // One of them has a digest over names that is not its own.
    expect([...whole].sort()).toEqual(['facts', 'refused']);
    const choices = new Choices(SEED);
    const outcomes = { facts: 0, refused: 0 };
    let slowest = 0;
    for (let count = 0; count < INPUTS; count += 1) {
      const bytes = mutatePackage(choices);
      const start = performance.now();
      try {
        outcomes[await fuzz(bytes)] += 1;
      } catch (cause) {
        // The packages are large; the same numbers make the same input again.
        throw new Error(`Input ${count} of seed ${SEED}.`, { cause });
      }
      slowest = Math.max(slowest, performance.now() - start);
    }
    // Inputs that are all refused at the first check would test nothing behind it.
    expect(outcomes.facts).toBeGreaterThan(INPUTS / 20);
    expect(outcomes.refused).toBeGreaterThan(INPUTS / 20);
    const { longest } = stretches;
    expect(longest).toBeLessThan(LONGEST_STRETCH);
    if (INPUTS > 100_000) {
      const memory = Math.round(process.memoryUsage.rss() / 2 ** 20);
      console.log(
        `${JSON.stringify(outcomes)}, slowest ${slowest.toFixed(1)} ms, longest stretch ${longest.toFixed(1)} ms, ${memory} MiB`,
      );
    }
  });
});
