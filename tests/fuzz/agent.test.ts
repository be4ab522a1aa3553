/** A short run of the agent's fuzz entries; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { describe, expect, it } from 'vitest';
import * as journal from './journal.fuzz.ts';
import * as message from './message.fuzz.ts';
import { mutate } from './mutate.ts';
import * as path from './path.fuzz.ts';
import { Choices } from './random.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 2000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

interface Entry {
  readonly corpus: readonly string[];
  fuzz(bytes: Uint8Array): void | Promise<void>;
}

describe('mutated input', () => {
  it.each<[string, Entry]>([
    ['client message', message],
    ['path', path],
    ['journal', journal],
  ])('never breaks the reader of a %s', { timeout: patient(600_000) }, async (_name, { corpus, fuzz }) => {
    const entries = corpus.map((text) => Buffer.from(text));
    const choices = new Choices(SEED);
    for (const entry of entries) await fuzz(entry);
    for (let count = 0; count < INPUTS; count += 1) {
      const bytes = mutate(entries, choices);
      try {
        await fuzz(bytes);
      } catch (cause) {
        const text = JSON.stringify(Buffer.from(bytes).toString('latin1'));
        throw new Error(`Input ${count} of seed ${SEED}: ${text}`, { cause });
      }
    }
    expect(entries.length).toBeGreaterThan(0);
  });
});
