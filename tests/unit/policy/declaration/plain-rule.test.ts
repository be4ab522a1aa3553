import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedRule } from '../../../../src/policy/declaration/canonical.ts';
import { readPlainRule } from '../../../../src/policy/declaration/plain-rule.ts';
import { readRuleText } from '../../../../src/policy/declaration/rule-reader.ts';
import { corpus } from '../../../fuzz/rule-value.fuzz.ts';
import { policyDocument } from '../arbitrary-policy.ts';

const digest = 'ab'.repeat(32);

describe('the short way of reading a rule', () => {
  it('takes right rules, as the careful reader does', () => {
    fc.assert(
      fc.property(policyDocument, ({ rules }) => {
        for (const rule of rules) {
          const text = storedRule(rule);
          expect(readRuleText(rule.name, text, new Map())).toEqual({ rule: readPlainRule(rule.name, text) });
        }
      }),
    );
  });

  it.each([
    ['a member given twice', '{"type":"deny","fileName":"a.exe","fileName":"b.exe"}'],
    ['a member given twice with escapes', '{"type":"deny","type":"automatic","fileName":"a.exe"}'],
    [
      'a member given twice inside',
      `{"type":"deny","certificate":{"type":"publisher","sha256":"${digest}","sha256":"${digest}"}}`,
    ],
    [
      'a colon and quotes in a text that hide it',
      '{"type":"deny","description":"\\":{","fileName":"a.exe","fileName":"b.exe"}',
    ],
    ['a reference to the list of certificates', '{"type":"deny","certificate":{"type":"publisher","name":"Vendor"}}'],
    ['an unknown member', '{"type":"deny","fileName":"a.exe","x":1}'],
    ['a member of the language', '{"type":"deny","fileName":"a.exe","__proto__":{"fileHash":"x"}}'],
    ['another name inside', '{"name":"other","type":"deny","fileName":"a.exe"}'],
    ['a wrong type', '{"type":"deny","fileName":7}'],
    ['no object', '[]'],
    ['no JSON', '{"type":"deny"'],
  ])('leaves %s to the careful reader', (_, text) => {
    expect(readPlainRule('r', text)).toBeUndefined();
  });

  it('never takes what the careful reader rejects', () => {
    const piece = fc.oneof(
      fc.constantFrom(...corpus),
      fc.constantFrom('"', '{', '}', ',', ':', '\\', '"type":"deny",'),
    );
    const cut = fc.tuple(piece, fc.nat(60), fc.nat(60)).map(([text, from, length]) => text.slice(from, from + length));
    fc.assert(
      fc.property(fc.constantFrom(...corpus), fc.nat(200), cut, (text, at, inserted) => {
        const changed = text.slice(0, at) + inserted + text.slice(at);
        const plain = readPlainRule('r', changed);
        if (plain === undefined) return;
        expect(readRuleText('r', changed, new Map())).toEqual({ rule: plain });
      }),
      { numRuns: 5000 },
    );
  });
});
