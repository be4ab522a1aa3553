/** Policies compare by what they say: spellings that decide alike are no difference. */
import { describe, expect, it } from 'vitest';
import type { RuleInput } from '../../../../src/model/rule.ts';
import { comparePolicies } from '../../../../src/policy/authoring/compare.ts';
import { portable, writeAs } from '../../../../src/policy/formats/convert.ts';
import { readPolicies } from '../../../../src/policy/formats/formats.ts';
import { parsePolicyFile, type PolicyFile } from '../../../../src/policy/formats/json/policy-file.ts';

type Rule = Partial<RuleInput>;
const fileOf = (rule: Rule): PolicyFile =>
  parsePolicyFile(
    JSON.stringify({
      version: 1,
      rules: [{ name: 'r', type: 'userConfirmed', fileHash: 'a'.repeat(64), ...rule }],
    }),
  );
const differences = (left: Rule, right: Rule): readonly (string | undefined)[] =>
  comparePolicies(portable(fileOf(left)), portable(fileOf(right))).map(({ attribute }) => attribute);
const SIGNED = (sha256: string): Rule => ({ certificate: { type: 'publisher', sha256 } });

describe('two rules', () => {
  it.each<[string, Rule, Rule]>([
    ['validations in another order', both('authentication'), both('justification')],
    ['no validation', { validations: [] }, {}],
    ['a digest in other case', { fileHash: ` ${'A'.repeat(64)}` }, {}],
    ['a certificate in other case', SIGNED('B'.repeat(64)), SIGNED('b'.repeat(64))],
    ['a version with and without its last zeros', { minimumVersion: '1.2' }, { minimumVersion: '1.2.0.0 ' }],
    [
      'hours in other words',
      { activeHours: ['Mon-Fri 08:00-18:00', 'sat,SUN'] },
      { activeHours: ['Sat-Sun', 'Mon-Wed 08:00-18:00', 'Thu,Fri 08:00-18:00'] },
    ],
    ['a blank text', { productName: ' ' }, {}],
    ['what holds anyway', { requireArguments: false, allowInterpreter: false }, {}],
  ])('are the same: %s', (_, left, right) => {
    expect(differences(left, right)).toEqual([]);
    expect(differences(right, left)).toEqual([]);
  });

  it.each<[string, Rule, Rule]>([
    ['validations', { validations: ['justification'] }, both('justification')],
    ['fileHash', { fileHash: 'b'.repeat(64) }, {}],
    ['certificate', SIGNED('b'.repeat(64)), SIGNED('c'.repeat(64))],
    ['minimumVersion', { minimumVersion: '1.2' }, { minimumVersion: '1.2.0.1' }],
    ['minimumVersion', { minimumVersion: 'v1' }, { minimumVersion: 'v2' }],
    ['requireArguments', { requireArguments: true }, {}],
    // The setting of the same name holds where the rule says nothing.
    ['acceptTimestamped', { acceptTimestamped: false }, {}],
    ['arguments', { arguments: [] }, {}],
    ['childProcesses', { childProcesses: 'allow' }, {}],
    ['activeHours', { activeHours: ['Mon-Fri'] }, {}],
    ['activeUntil', { activeUntil: '2026-12-24' }, { activeUntil: '2026-12-24T00:00' }],
  ])('differ in %s', (attribute, left, right) => {
    expect(differences(left, right)).toEqual([attribute]);
  });

  it('are the same after Graph, which has its own order of validations', () => {
    const file = fileOf(both('authentication'));
    const [back] = readPolicies(writeAs(file, 'graph').bytes, 'graph').policies;
    expect(back?.rules[0]?.validations).toEqual(['justification', 'authentication']);
    expect(comparePolicies(portable(file), { ...portable(back ?? file), id: 'device' })).toEqual([]);
  });
});

it('a rejected rule is shown by its type and what could be read of it', () => {
  const none = parsePolicyFile('{"version":1,"rules":[]}');
  const found = (rule: Rule) =>
    comparePolicies(portable(fileOf({ ...rule, minimumVersion: 1 as never })), portable(none));
  expect(found({ name: 'x', type: 'deny', fileName: 'a.exe' })).toEqual([
    {
      what: 'rejected rule',
      name: 'x',
      left: { type: 'deny', fileName: 'a.exe', fileHash: 'a'.repeat(64) },
      right: undefined,
    },
  ]);
});

function both(first: 'justification' | 'authentication'): Rule {
  const second = first === 'justification' ? 'authentication' : 'justification';
  return { validations: [first, second] };
}

describe('certificates', () => {
  const holding = (certificates: Readonly<Record<string, string>>) =>
    portable(parsePolicyFile(JSON.stringify({ version: 1, certificates })));
  const ONE = 'b'.repeat(64);

  it('are the same under two names, and told once by their digest', () => {
    expect(comparePolicies(holding({ a: ONE }), holding({ b: ONE }))).toEqual([]);
    expect(comparePolicies(holding({ a: ONE, b: ONE }), holding({}))).toEqual([
      { what: 'certificate', name: expect.any(String) as string, left: `${ONE} (its digest alone)`, right: undefined },
    ]);
  });
});
