/** A short run over signed messages; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { describe, expect, it } from 'vitest';
import { whyNoCorpus } from '../corpus/index.ts';
import { Turns } from '../../src/facts/turns.ts';
import { mutateDer, prepareCms } from './cms.fuzz.ts';
import { FuzzRun, LONGEST_STRETCH } from './run.ts';
import { Choices } from './random.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 2000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

describe('mutated input', () => {
  it('never breaks the readers of signatures, nor earns trust', { timeout: patient(3_600_000) }, async ({ skip }) => {
    const reason = whyNoCorpus();
    if (reason !== undefined) skip(reason);
    const { corpus, fuzz } = await prepareCms();
    const choices = new Choices(SEED);
    for (const entry of corpus) await fuzz(entry, new Turns({}));
    const run = new FuzzRun();
    for (let count = 0; count < INPUTS; count += 1) {
      const bytes = mutateDer(corpus, choices);
      try {
        await run.input((turns) => fuzz(bytes, turns));
      } catch (cause) {
        throw new Error(`Input ${count} of seed ${SEED}: ${Buffer.from(bytes).toString('base64')}`, { cause });
      }
    }
    expect(corpus.length).toBeGreaterThan(40);
    expect(run.end('signed messages', INPUTS)).toBeLessThan(LONGEST_STRETCH);
  });
});
