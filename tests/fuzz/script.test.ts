/** A short run of the fuzz entry of scripts; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { expect, it } from 'vitest';
import { mutate } from './mutate.ts';
import { Turns } from '../../src/facts/turns.ts';
import { Choices } from './random.ts';
import { FuzzRun, LONGEST_STRETCH } from './run.ts';
import { corpus, fuzz } from './script.fuzz.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 5000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

it('mutated scripts never break their reader', { timeout: patient(3_600_000) }, async () => {
  for (const script of corpus) expect((await fuzz(script, new Turns({}))).described).toBe(true);
  const choices = new Choices(SEED);
  const seen = { described: 0, counted: 0 };
  const run = new FuzzRun();
  for (let count = 0; count < INPUTS; count += 1) {
    const bytes = mutate(corpus, choices);
    try {
      const { described, counted } = await run.input((turns) => fuzz(bytes, turns));
      seen.described += Number(described);
      seen.counted += Number(counted);
    } catch (cause) {
      throw new Error(`Input ${count} of seed ${SEED}: ${Buffer.from(bytes).toString('base64')}`, { cause });
    }
  }
  expect(run.end('scripts', INPUTS)).toBeLessThan(LONGEST_STRETCH);
  // A mutation that always breaks text or block would test nothing behind them.
  expect(seen.described).toBeGreaterThan(INPUTS / 4);
  expect(seen.counted).toBeGreaterThan(INPUTS / 100);
});
