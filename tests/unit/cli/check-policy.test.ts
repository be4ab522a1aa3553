import { expect, it } from 'vitest';
import { checkPolicy } from '../../../src/cli/input/check-policy.ts';
import { parsePolicyFile } from '../../../src/policy/formats/json/policy-file.ts';

const check = (rules: readonly unknown[]) => checkPolicy(parsePolicyFile(JSON.stringify({ version: 1, rules })));
const good = { name: 'good', type: 'deny', fileName: 'a.exe' };

it('takes a rule that the agent takes', () => {
  const { rules, rejected } = check([good]);
  expect(rules).toMatchObject([{ name: 'good', outcome: 'imported', reasons: [] }]);
  expect(rejected).toEqual([]);
});

it('rejects what only compiling finds, with the place in the file', () => {
  const { rejected } = check([good, { name: 'loose', type: 'automatic', fileName: '*.exe' }]);
  expect(rejected).toMatchObject([{ name: 'loose', outcome: 'rejected' }]);
  expect(rejected[0]?.reasons.map(({ place }) => place?.pointer)).toContain('/rules/1/fileName');
});

it('takes a rule by what the version resource says', () => {
  const { rejected } = check([{ name: 'named', type: 'deny', fileName: 'a.exe', productName: 'A' }]);
  expect(rejected).toEqual([]);
});

it('takes a rule whose name a rejected one has too', () => {
  const { rules } = check([{ ...good, colour: 'red' }, good]);
  expect(rules.map(({ outcome }) => outcome)).toEqual(['rejected', 'imported']);
});
