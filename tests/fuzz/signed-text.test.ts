/** A short run of the fuzz entries of signed texts; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { describe, expect, it } from 'vitest';
import * as grant from './grant-text.fuzz.ts';
import { mutate } from './mutate.ts';
import { Choices } from './random.ts';
import * as request from './request-text.fuzz.ts';
import * as revocation from './revocation-text.fuzz.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 5000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

describe('mutated texts never break their reader', () => {
  it.each([
    ['grant', grant],
    ['request', request],
    ['revocation', revocation],
  ])('%s', { timeout: patient(7_200_000) }, (name, { corpus, fuzz }) => {
    for (const entry of corpus) expect(fuzz(entry).isRead).toBe(true);
    const choices = new Choices(SEED);
    const read = { text: 0, bytes: 0, headers: 0, content: 0, members: 0 };
    for (let count = 0; count < INPUTS; count += 1) {
      const bytes = mutate(corpus, choices);
      try {
        const { depth, isRead } = fuzz(bytes);
        if (isRead) read[depth] += 1;
      } catch (cause) {
        throw new Error(`Input ${count} of seed ${SEED}: ${Buffer.from(bytes).toString('base64')}`, { cause });
      }
    }
    if (process.env['EPM_FUZZ_INPUTS'] !== undefined)
      process.stdout.write(`${name}: ${INPUTS} inputs of seed ${SEED}, read ${JSON.stringify(read)}\n`);
    // A mutation that is never read would test nothing behind the form.
    expect(read.members).toBeGreaterThan(INPUTS / 100);
  });
});
