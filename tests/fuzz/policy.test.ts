/** A short run of the policy readers' fuzz entries; `EPM_FUZZ_INPUTS` makes it longer, `EPM_FUZZ_SEED` another. */
import { describe, expect, it } from 'vitest';
import * as intuneProfile from './intune-profile.fuzz.ts';
import * as graph from './graph.fuzz.ts';
import * as jsonText from './json-text.fuzz.ts';
import { mutate } from './mutate.ts';
import * as policyFile from './policy-file.fuzz.ts';
import { Choices } from './random.ts';
import * as reg from './reg.fuzz.ts';
import * as registryPol from './registry-pol.fuzz.ts';
import * as ruleValue from './rule-value.fuzz.ts';
import * as syncMl from './syncml.fuzz.ts';
import { patient } from '../../tooling/patience.mjs';

const INPUTS = Number(process.env['EPM_FUZZ_INPUTS'] ?? 2000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

interface Entry {
  readonly corpus: readonly (string | Uint8Array)[];
  fuzz(bytes: Uint8Array): void;
}

describe('mutated input', () => {
  it.each<[string, Entry]>([
    ['JSON text', jsonText],
    ['policy file', policyFile],
    ['rule value', ruleValue],
    ['SyncML message', syncMl],
    ['Graph policy', graph],
    ['.reg file', reg],
    ['Registry.pol', registryPol],
    ['Intune profile', intuneProfile],
  ])('never breaks the reader of a %s', { timeout: patient(600_000) }, (_, { corpus, fuzz }) => {
    const entries = corpus.map((entry) => Buffer.from(entry as string));
    const choices = new Choices(SEED);
    for (const entry of entries) fuzz(entry);
    for (let count = 0; count < INPUTS; count += 1) {
      const bytes = mutate(entries, choices);
      try {
        fuzz(bytes);
      } catch (cause) {
        throw new Error(`Input ${count} of seed ${SEED}: ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}`, {
          cause,
        });
      }
    }
    expect(entries.length).toBeGreaterThan(0);
  });
});
