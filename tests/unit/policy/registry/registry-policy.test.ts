import { placeText } from '../../../../src/model/diagnostic.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../../../src/policy/declaration/limits.ts';
import { readPolicy, writePolicy } from '../../../../src/policy/registry/registry-policy.ts';
import type { RegistrySnapshot, RegistryValue } from '../../../../src/policy/registry/registry-snapshot.ts';
import { policyDocument } from '../arbitrary-policy.ts';
import { effort } from '../../../effort.ts';

const DEVICE = { kind: 'device' } as const;
const DIGEST = 'a'.repeat(64);

function key(
  values: readonly RegistryValue[],
  subkeys: Record<string, readonly RegistryValue[]> = {},
): RegistrySnapshot {
  return {
    values,
    subkeys: Object.entries(subkeys).map(([name, entries]) => ({ name, key: { values: entries, subkeys: [] } })),
  };
}

function withRules(rules: Record<string, string>, certificates: Record<string, string> = {}): RegistrySnapshot {
  const entries = (list: Record<string, string>): RegistryValue[] =>
    Object.entries(list).map(([name, data]) => ({ name, type: 'REG_SZ', data }));
  return key([], { Rules: entries(rules), Certificates: entries(certificates) });
}

describe('readPolicy', () => {
  it('reads settings, rules and a certificate by name', () => {
    const policy = readPolicy(
      {
        values: [
          { name: 'enableepm', type: 'REG_DWORD', data: 1 },
          { name: 'DefaultElevationResponse', type: 'REG_DWORD', data: 2 },
          { name: 'DefaultBehaviorValidation', type: 'REG_DWORD', data: 3 },
          { name: 'PolicyId', type: 'REG_SZ', data: 'pilot' },
        ],
        subkeys: withRules(
          { Git: `{"type":"automatic","fileName":"git.exe","certificate":{"type":"publisher","name":"Vendor"}}` },
          { Vendor: DIGEST.toUpperCase() },
        ).subkeys,
      },
      DEVICE,
    );
    expect(policy).toEqual({
      id: 'pilot',
      scope: DEVICE,
      settings: {
        enabled: true,
        defaultElevationResponse: 'requireSupportApproval',
        defaultValidations: ['justification', 'authentication'],
      },
      rules: [
        { name: 'Git', type: 'automatic', fileName: 'git.exe', certificate: { type: 'publisher', sha256: DIGEST } },
      ],
      rejected: [],
      certificates: [{ name: 'Vendor', sha256: DIGEST }],
    });
  });

  it('is undone by writePolicy and undoes it, for every valid policy', () => {
    fc.assert(
      fc.property(policyDocument, (document) => {
        const snapshot = writePolicy(document);
        const read = readPolicy(snapshot, document.scope);
        expect(read).toEqual(document);
        expect(writePolicy(read)).toEqual(snapshot);
      }),
      { numRuns: 300 },
    );
  });

  it('takes an empty key as a policy without settings and rules', () => {
    expect(readPolicy(key([]), DEVICE)).toEqual({ id: 'device', scope: DEVICE, rules: [], rejected: [] });
  });

  it.each<[string, RegistryValue, object | undefined]>([
    ['a number that means nothing', { name: 'EnableEPM', type: 'REG_DWORD', data: 2 }, undefined],
    ['a text', { name: 'EnableEPM', type: 'REG_SZ', data: '1' }, undefined],
    ['a 64-bit number', { name: 'SendData', type: 'REG_QWORD', data: 1n }, undefined],
    [
      'validations nobody knows, which become all of them',
      { name: 'DefaultBehaviorValidation', type: 'REG_DWORD', data: 4 },
      { defaultValidations: ['justification', 'authentication'] },
    ],
  ])('reports %s as a broken setting that is not configured', (_, value, settings) => {
    const policy = readPolicy(key([value]), DEVICE);
    expect(policy.settings).toEqual(settings);
    expect(policy.problems).toEqual([expect.objectContaining({ place: { registry: value.name } })]);
  });

  it('reports names it does not know', () => {
    const policy = readPolicy(key([{ name: 'BlockInternetFile', type: 'REG_DWORD', data: 1 }], { Rule: [] }), DEVICE);
    expect(policy.problems?.map(({ code, place }) => [code, placeText(place)])).toEqual([
      ['unknownMember', 'BlockInternetFile'],
      ['unknownMember', 'Rule'],
    ]);
  });

  it.each<[string, RegistrySnapshot]>([
    ['Rules as a value', key([{ name: 'rules', type: 'REG_SZ', data: '[]' }])],
    ['Certificates as a value', key([{ name: 'Certificates', type: 'REG_MULTI_SZ', data: [] }])],
    [
      'keys below Rules',
      { values: [], subkeys: [{ name: 'Rules', key: { values: [], subkeys: withRules({}).subkeys } }] },
    ],
    [
      'more rules than the limit',
      withRules(Object.fromEntries(Array.from({ length: LIMITS.rules + 1 }, (_, index) => [`r${index}`, '{}']))),
    ],
  ])('AC-76 refuses %s instead of reading an emptier policy', (_, snapshot) => {
    expect(() => readPolicy(snapshot, DEVICE)).toThrow(expect.objectContaining({ code: 'EPM_POLICY_INVALID' }));
  });
});

describe('a rule value', () => {
  function read(text: string): { rules: number; rejected: { typeText: string; readable: object; reasons: string[] } } {
    const policy = readPolicy(withRules({ rule: text }), DEVICE);
    const [rejected] = policy.rejected;
    return {
      rules: policy.rules.length,
      rejected: {
        typeText: rejected?.typeText ?? '',
        readable: rejected?.readable ?? {},
        reasons: (rejected?.reasons ?? []).map(({ code, place }) => `${code} ${placeText(place)}`),
      },
    };
  }

  it('AC-76 M8: an unknown member rejects the rule and leaves the rest readable', () => {
    expect(read('{"type":"deny","fileName":"a.exe","FilePath":"C:\\\\x"}')).toEqual({
      rules: 0,
      rejected: { typeText: 'deny', readable: { fileName: 'a.exe' }, reasons: ['unknownMember /FilePath'] },
    });
  });

  it('M8: a member given twice rejects the rule, and neither value is readable', () => {
    expect(read('{"type":"deny","fileName":"a.exe","fileName":"b.exe","filePath":"C:\\\\x"}')).toEqual({
      rules: 0,
      rejected: { typeText: 'deny', readable: { filePath: 'C:\\x' }, reasons: ['givenTwice /fileName'] },
    });
  });

  it('M8: of a type given twice every text is kept', () => {
    expect(read('{"type":"automatic","fileName":"a.exe","type":"deny"}').rejected).toEqual({
      typeText: 'automatic deny',
      readable: { fileName: 'a.exe' },
      reasons: ['givenTwice /type'],
    });
  });

  it.each([
    ['null', 'null'],
    ['""', ''],
    ['["Denied"]', '["Denied"]'],
    ['"Deny"', 'Deny'],
  ])('M8: keeps the text of the type %s', (type, typeText) => {
    expect(read(`{"type":${type},"fileName":"a.exe"}`)).toEqual({
      rules: 0,
      rejected: { typeText, readable: { fileName: 'a.exe' }, reasons: [expect.stringContaining('/type')] },
    });
  });

  it('AC-76 M8: a text that is cut off is read up to its last whole member', () => {
    expect(read('{"type":"deny","fileName":"a.exe","filePath":"C:\\\\Pro').rejected).toEqual({
      typeText: 'deny',
      readable: { fileName: 'a.exe' },
      reasons: ['notJson '],
    });
    expect(read('{"fileName":"a.exe","type":"den').rejected).toMatchObject({
      typeText: 'den',
      readable: { fileName: 'a.exe' },
    });
    expect(read('{"type":"deny","fileName":"a.exe"} trailing').rejected).toMatchObject({
      typeText: 'deny',
      readable: { fileName: 'a.exe' },
    });
  });

  it('a text longer than the limit is rejected and read up to it', () => {
    const long = `{"type":"deny","fileName":"a.exe","arguments":["${'x'.repeat(LIMITS.ruleText)}"]}`;
    expect(read(long).rejected).toEqual({ typeText: 'deny', readable: { fileName: 'a.exe' }, reasons: ['tooLong '] });
  });

  it('nesting beyond the limit is refused before it is parsed', () => {
    const deep = `{"type":"deny","fileName":"a.exe","arguments":${'['.repeat(15_000)}${']'.repeat(15_000)}}`;
    expect(read(deep).rejected).toEqual({ typeText: 'deny', readable: { fileName: 'a.exe' }, reasons: ['tooDeep '] });
  });

  it.each(['', '[]', '"deny"', 'null', '7', '{', '{"a"', '\u0000'])('%j is no rule', (text) => {
    const { rules, rejected } = read(text);
    expect(rules).toBe(0);
    expect(rejected.readable).toEqual({});
    expect(rejected.reasons).not.toEqual([]);
  });

  it('AC-97 with thousands of faults is judged at once, and no faulty member counts as readable', () => {
    const many = '7,'.repeat(9_000);
    const unknown = Array.from({ length: 1_000 }, (_, index) => `"x${index}":1`).join();
    const text = `{"validations":[${many}7],"type":"deny","fileName":1,${unknown},"filePath":"C:\\\\x"}`;
    expect(effort(() => read(text))).toBeLessThan(1_000);
    const { rejected } = read(text);
    expect(rejected.readable).toEqual({ filePath: 'C:\\x' });
    expect(rejected.reasons.length).toBeLessThan(30);
    expect(rejected.reasons).toContain('wrongType /fileName');
  });

  it('__proto__ is a member like any other unknown one', () => {
    const { rejected } = read('{"type":"automatic","__proto__":{"fileName":"a.exe"},"constructor":1}');
    expect(rejected.readable).toEqual({});
    expect(rejected.reasons).toEqual(['unknownMember /__proto__', 'unknownMember /constructor']);
    expect(({} as Record<string, unknown>)['fileName']).toBeUndefined();
  });

  it('a certificate name that leads nowhere rejects the rule; what is left still denies', () => {
    const text = '{"type":"deny","fileName":"a.exe","certificate":{"type":"publisher","name":"gone"}}';
    expect(read(text).rejected).toEqual({
      typeText: 'deny',
      readable: { fileName: 'a.exe' },
      reasons: ['certificateMissing /certificate/name'],
    });
    const broken = readPolicy(withRules({ rule: text }, { gone: 'zz' }), DEVICE);
    expect(broken.rejected[0]?.readable).toEqual({ fileName: 'a.exe' });
    expect(broken.problems?.map(({ place }) => placeText(place))).toEqual(['Certificates\\gone']);
  });

  it('a certificate has a digest or a name, not both and not neither', () => {
    for (const rest of ['', `,"sha256":"${DIGEST}","name":"n"`, `,"sha256":"${DIGEST}","sha256":"${DIGEST}"`]) {
      expect(read(`{"type":"automatic","certificate":{"type":"publisher"${rest}}}`).rules).toBe(0);
    }
  });

  it('a name inside must be the name it is stored under', () => {
    expect(read('{"name":"rule","type":"deny"}').rules).toBe(1);
    expect(read('{"name":"other","type":"deny"}').rejected.reasons).toEqual(['nameDiffers /name']);
  });

  it('lets a Deny in several lines of text still deny', () => {
    const data = ['{"type":"deny",', '"fileName":"bad.exe"}'];
    const { rules, rejected } = readPolicy(key([], { Rules: [{ name: 'r', type: 'REG_MULTI_SZ', data }] }), DEVICE);
    expect(rules).toEqual([]);
    expect(rejected).toMatchObject([
      { name: 'r', typeText: 'deny', readable: { fileName: 'bad.exe' }, reasons: [{ code: 'wrongType' }] },
    ]);
  });

  it('of another registry type is rejected, its text still read', () => {
    const data = '{"type":"deny","fileName":"a.exe"}';
    const policy = readPolicy(key([], { Rules: [{ name: 'rule', type: 'REG_EXPAND_SZ', data }] }), DEVICE);
    expect(policy.rejected).toEqual([
      {
        name: 'rule',
        typeText: 'deny',
        readable: { fileName: 'a.exe' },
        reasons: [expect.objectContaining({ code: 'wrongType' })],
      },
    ]);
    const bytes = readPolicy(
      key([], { Rules: [{ name: 'rule', type: 'REG_BINARY', data: new Uint8Array(4) }] }),
      DEVICE,
    );
    expect(bytes.rejected).toMatchObject([{ name: 'rule', readable: {}, reasons: [{ code: 'wrongType' }] }]);
  });

  it('without a usable name is rejected under another', () => {
    const policy = readPolicy(withRules({ '': '{"type":"deny"}', 'a\u0001b': '{"type":"deny"}' }), DEVICE);
    expect(policy.rejected.map(({ name }) => name)).toEqual(['unnamed rule', 'a\ufffdb']);
  });
});

describe('writePolicy', () => {
  it('refuses what has no stored form', () => {
    const base = { id: 'device', scope: DEVICE, rejected: [] };
    const rule = { name: 'A', type: 'deny' as const };
    expect(() => writePolicy({ ...base, rules: [rule, { ...rule, name: 'a' }] })).toThrow(/Two rules/);
    expect(() => writePolicy({ ...base, rules: [{ ...rule, arguments: Array(5).fill('x'.repeat(8000)) }] })).toThrow(
      /characters/,
    );
    const rejected = [{ name: 'A', typeText: 'deny', readable: {}, reasons: [] }];
    expect(() => writePolicy({ ...base, rules: [], rejected })).toThrow(
      expect.objectContaining({ code: 'EPM_POLICY_RULE_REJECTED' }),
    );
  });
});
