import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256, sid } from '../../../../src/model/brands.ts';
import type { RuleInput } from '../../../../src/model/rule.ts';
import { portable, writeAs } from '../../../../src/policy/formats/convert.ts';
import { readPolicies } from '../../../../src/policy/formats/formats.ts';
import { joinParts } from '../../../../src/policy/registry/join-parts.ts';
import type { PolicyFile } from '../../../../src/policy/formats/json/policy-file.ts';

const HASH = 'a1'.repeat(32);
const CERTIFICATE = { name: 'Vendor', sha256: sha256('c3'.repeat(32)) };
const rule = (name: string): RuleInput => ({ name, type: 'userConfirmed', fileName: 'a.exe', fileHash: HASH });
const part = (id: string | undefined, names: readonly string[], more: Partial<PolicyFile> = {}): PolicyFile => ({
  ...(id === undefined ? {} : { id }),
  rules: names.map(rule),
  rejected: [],
  report: names.map((name, index) => ({
    name,
    outcome: 'imported',
    place: { pointer: `/rules/${index}` },
    reasons: [],
  })),
  problems: [],
  ...more,
});

describe('policies of one input', () => {
  it('that are settings and rules become one under the name they share', () => {
    const joined = joinParts([
      part('Office (settings)', [], { settings: { enabled: true } }),
      part('Office (rules 1 of 2)', ['a']),
      part('Office (rules 2 of 2)', ['b']),
    ]);
    expect(joined).toMatchObject({ id: 'Office', settings: { enabled: true }, problems: [] });
    expect(joined?.rules.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(joined?.report).toHaveLength(2);
  });

  it('that have different names become one with a warning', () => {
    const joined = joinParts([part('7d1f', ['a']), part('90aa', ['b'])]);
    expect(joined?.id).toBe('7d1f');
    expect(joined?.problems).toMatchObject([{ code: 'joined', message: expect.stringContaining('90aa') as string }]);
  });

  it('that have too many rules together are written in no format a device would refuse', () => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}${index}`);
    const joined = joinParts([part('a', names('a', 6_000)), part('b', names('b', 4_001))]) ?? part('', []);
    for (const format of ['json', 'registry', 'reg', 'registry-pol'] as const) {
      expect(() => writeAs(joined, format), format).toThrowError(
        expect.objectContaining({ code: 'EPM_POLICY_INVALID', message: expect.stringContaining('10001') as string }),
      );
    }
    expect(readPolicies(writeAs(part('a', names('a', 10_000)), 'reg').bytes, 'reg').policies[0]?.rules).toHaveLength(
      10_000,
    );
  });

  it('rename a rule whose name an earlier one has, and say so', () => {
    const joined = joinParts([part('x', ['Setup']), part('x', ['setup', 'b'])]);
    expect(joined?.rules.map(({ name }) => name)).toEqual(['Setup', 'setup (2)', 'b']);
    expect(joined?.report.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'Setup imported',
      'setup (2) importedWithWarnings',
      'b imported',
    ]);
  });

  it('keep each certificate once, with its content where one has it', () => {
    const joined = joinParts([
      part('x', [], { certificates: [CERTIFICATE] }),
      part('x', [], {
        certificates: [
          { ...CERTIFICATE, der: 'AQID' },
          { name: 'vendor', sha256: sha256('d4'.repeat(32)) },
        ],
      }),
    ]);
    expect(joined?.certificates).toEqual([
      { ...CERTIFICATE, der: 'AQID' },
      { name: 'vendor (2)', sha256: sha256('d4'.repeat(32)) },
    ]);
  });

  it.each([
    [
      'for different people',
      [part('x', []), part('x', [], { scope: { kind: 'user', sid: sid('S-1-5-21-1-2-3-1001') } })],
    ],
    ['with settings twice', [part('x', [], { settings: { enabled: true } }), part('y', [], { settings: {} })]],
  ])('stay apart when they are %s', (_what, policies) => {
    expect(joinParts(policies)).toBeUndefined();
  });

  it('of which there is one or none are left alone', () => {
    const only = part('Office (rules)', ['a']);
    expect(joinParts([only])).toBe(only);
    expect(joinParts([])).toBeUndefined();
  });
});

it('any policy that Graph can hold is the same after Graph, settings and hundreds of rules together', () => {
  const policies = fc.record({
    id: fc.constantFrom(undefined, 'Office', 'Pläne (2026)'),
    count: fc.constantFrom(1, 2, 100, 101, 250),
    enabled: fc.constantFrom(undefined, true),
  });
  fc.assert(
    fc.property(policies, ({ id, count, enabled }) => {
      const policy = part(
        id,
        Array.from({ length: count }, (_, index) => `Rule ${index}`),
        {
          ...(enabled === undefined ? {} : { settings: { enabled } }),
        },
      );
      const { bytes } = writeAs(policy, 'graph');
      const joined = joinParts(readPolicies(bytes, 'graph').policies);
      expect(joined?.problems).toEqual([]);
      expect(structuredClone(portable(joined ?? policy))).toMatchObject(structuredClone(portable(policy)));
    }),
    { numRuns: 30 },
  );
});
