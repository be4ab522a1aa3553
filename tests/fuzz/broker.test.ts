/** A short run of what a hostile broker sends; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { expect, it } from 'vitest';
import { patient } from '../../tooling/patience.mjs';
import { corpus, fuzz } from './broker.fuzz.ts';
import { mutate } from './mutate.ts';
import { Choices } from './random.ts';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 5000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

it('what a broker sends breaks no reader', { timeout: patient(7_200_000) }, () => {
  expect(corpus.filter(fuzz)).toHaveLength(2);
  const choices = new Choices(SEED);
  let read = 0;
  for (let count = 0; count < INPUTS; count += 1) {
    const bytes = mutate(corpus, choices);
    try {
      if (fuzz(bytes)) read += 1;
    } catch (cause) {
      throw new Error(`Input ${count} of seed ${SEED}: ${Buffer.from(bytes).toString('base64')}`, { cause });
    }
  }
  if (process.env['EPM_FUZZ_INPUTS'] !== undefined)
    process.stdout.write(`broker: ${INPUTS} inputs of seed ${SEED}, read ${read}\n`);
  expect(read).toBeGreaterThan(0);
});
