/** A short run of the fuzz entry of a journal's keys; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { expect, it } from 'vitest';
import { patient } from '../../tooling/patience.mjs';
import { fuzzKept, fuzzText, kept, texts } from './journal-keys.fuzz.ts';
import { mutate } from './mutate.ts';
import { Choices } from './random.ts';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 2000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

it.each([
  ['keys that verify', texts, fuzzText],
  ['a kept key that seals', kept, fuzzKept],
] as const)('%s: mutated ones break nothing', { timeout: patient(7_200_000) }, async (name, corpus, fuzz) => {
  const [good = Buffer.alloc(0)] = corpus;
  expect(await fuzz(good)).toBe(true);
  const choices = new Choices(SEED);
  let read = 0;
  for (let count = 0; count < INPUTS; count += 1) {
    const bytes = mutate(corpus, choices);
    try {
      if (await fuzz(bytes)) read += 1;
    } catch (cause) {
      throw new Error(`Input ${count} of seed ${SEED}: ${Buffer.from(bytes).toString('base64')}`, { cause });
    }
  }
  if (process.env['EPM_FUZZ_INPUTS'] !== undefined)
    process.stdout.write(`${name}: ${INPUTS} inputs of seed ${SEED}, read ${read}\n`);
  expect(read).toBeGreaterThan(INPUTS / 100);
});
