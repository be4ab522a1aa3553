/** A short run of the fuzz entry of programs; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { expect, it } from 'vitest';
import { corpus, fuzz, mutateProgram } from './pe.fuzz.ts';
import { Turns } from '../../src/facts/turns.ts';
import { Choices } from './random.ts';
import { FuzzRun, LONGEST_STRETCH } from './run.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 5000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

it('mutated programs never break their reader', { timeout: patient(3_600_000) }, async () => {
  for (const program of corpus) expect(await fuzz(program, new Turns({}))).toBe(true);
  const choices = new Choices(SEED);
  let described = 0;
  const run = new FuzzRun();
  for (let count = 0; count < INPUTS; count += 1) {
    const bytes = mutateProgram(choices);
    try {
      if (await run.input((turns) => fuzz(bytes, turns))) described += 1;
    } catch (cause) {
      throw new Error(`Input ${count} of seed ${SEED}: ${bytes.toString('base64')}`, { cause });
    }
  }
  expect(run.end('programs', INPUTS)).toBeLessThan(LONGEST_STRETCH);
  // A mutation that always breaks the headers would test nothing behind them.
  expect(described).toBeGreaterThan(INPUTS / 10);
  expect(described).toBeLessThan(INPUTS * 0.9);
});
