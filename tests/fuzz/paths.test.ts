/** A short run of made-up paths; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { expect, it } from 'vitest';
import { fuzzText, ordinaryPath, trickyPath } from './path.fuzz.ts';
import { Choices } from './random.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 5000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

it('paths made of tricks are refused, or mean what they say', { timeout: patient(3_600_000) }, () => {
  const choices = new Choices(SEED);
  let taken = 0;
  for (let count = 0; count < INPUTS; count += 1) {
    const text = trickyPath(choices);
    try {
      if (fuzzText(text)) taken += 1;
    } catch (cause) {
      throw new Error(`Input ${count} of seed ${SEED}: ${JSON.stringify(text)}`, { cause });
    }
  }
  expect(taken).toBeGreaterThan(INPUTS / 200);
  expect(taken).toBeLessThan(INPUTS / 2);
});

it('paths of ordinary names are taken', { timeout: patient(3_600_000) }, () => {
  const choices = new Choices(SEED);
  for (let count = 0; count < INPUTS; count += 1) {
    const text = ordinaryPath(choices);
    expect(fuzzText(text), text).toBe(true);
  }
});
