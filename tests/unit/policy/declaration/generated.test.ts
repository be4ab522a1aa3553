import { execFileSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicyFile, writePolicyFile } from '../../../../src/policy/formats/json/policy-file.ts';
import { policyFileSchema } from '../../../../src/policy/declaration/schema.ts';
import { policyDocument } from '../arbitrary-policy.ts';

const root = resolve(import.meta.dirname, '../../../..');

describe('generated files', () => {
  it('are what the declarations render', () => {
    const output = execFileSync(process.execPath, [join(root, 'scripts/generate.mjs'), '--check'], {
      encoding: 'utf8',
    });
    expect(output).toContain('up to date');
  });
});

describe('the published schema of the policy file', () => {
  const valid = new Ajv2020({ strictRequired: false }).compile(policyFileSchema());

  it('takes every policy that is written', () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        expect(valid(JSON.parse(writePolicyFile(document)))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    { version: 1, rules: [{ name: 'r', type: 'deny', fileNam: 'a.exe' }] },
    { version: 1, rules: [{ type: 'deny' }] },
    { version: 1, rules: [{ name: 'r', type: 'Deny' }] },
    { version: 1, rules: [{ name: 'r', type: 'deny', certificate: { type: 'publisher' } }] },
    { version: 1, settings: { enabled: 1 } },
    { version: 1, settings: { reportingScope: 'all' } },
    { version: 1, rule: [] },
  ])('and the reader agree that something is wrong with %j', (file) => {
    expect(valid(file)).toBe(false);
    const { rejected, problems } = parsePolicyFile(JSON.stringify(file));
    expect(rejected.length + problems.length).toBeGreaterThan(0);
  });
});
