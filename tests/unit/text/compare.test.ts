import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodePoints, foldCase, foldText } from '../../../src/text/compare.ts';
import { compareVersions, parseFileVersion, parseRuleVersion } from '../../../src/engine/version.ts';

describe('texts', () => {
  const text = fc.string({ unit: 'binary' });

  it('keep their length when folded, and fold once', () => {
    fc.assert(
      fc.property(text, (value) => {
        const folded = foldCase(value);
        expect(folded).toHaveLength(value.length);
        expect(foldCase(folded)).toBe(folded);
      }),
    );
  });

  it('fold as upper case does, unit by unit', () => {
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const character = String.fromCharCode(unit);
      const upper = character.toUpperCase();
      const expected = upper.length === 1 && character !== 'ı' && character !== 'ſ' ? upper : character;
      if (foldCase(character) !== expected) expect(foldCase(character), unit.toString(16)).toBe(expected);
    }
  });

  it('lose outer white space; nothing else left means not set', () => {
    expect(foldText('\u00a0 a b\t')).toBe('A B');
    expect(foldText(' \ufeff ')).toBeUndefined();
  });

  it('are ordered by code point', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (left, right) => {
        const points = (value: string): number[] => Array.from(value, (character) => character.codePointAt(0) ?? 0);
        const [a, b] = [points(left), points(right)];
        const index = a.findIndex((point, position) => point !== b[position]);
        const expected = index < 0 ? a.length - b.length : (a[index] ?? 0) - (b[index] ?? -1);
        expect(Math.sign(compareCodePoints(left, right))).toBe(Math.sign(expected));
      }),
    );
  });
});

describe('versions', () => {
  const number = fc.integer({ min: 0, max: 65535 });
  const numbers = fc.array(number, { minLength: 1, maxLength: 4 });

  it('are read from one to four numbers, with missing ones 0', () => {
    fc.assert(
      fc.property(numbers, (parts) => {
        const expected = [...parts, 0, 0, 0].slice(0, 4);
        expect(parseRuleVersion(parts.join('.'))).toEqual(expected);
        expect(parseFileVersion(parts.join(', '))).toEqual(expected);
      }),
    );
  });

  it('are ordered as numbers, not as texts', () => {
    fc.assert(
      fc.property(fc.tuple(number, number, number, number), fc.tuple(number, number, number, number), (left, right) => {
        const value = (parts: readonly number[]): number => parts.reduce((sum, part) => sum * 65536 + part, 0);
        const wide = (parts: readonly number[]): bigint => parts.reduce((sum, part) => sum * 65536n + BigInt(part), 0n);
        expect(Number.isFinite(value(left))).toBe(true);
        const expected = wide(left) < wide(right) ? -1 : wide(left) > wide(right) ? 1 : 0;
        expect(Math.sign(compareVersions(left, right))).toBe(expected);
      }),
    );
  });

  it.each(['', '.', '1.', '1..2', '1.2.3.4.5', '65536', '-1', '1.a', '0x1', '1 2', '1e3', '١'])(
    'are not read from "%s"',
    (text) => {
      expect(parseRuleVersion(text)).toBeUndefined();
      expect(parseFileVersion(text)).toBeUndefined();
    },
  );

  it('of rules have dots only', () => {
    expect(parseRuleVersion('1, 2, 3, 4')).toBeUndefined();
    expect(parseFileVersion('1, 2, 3, 4')).toEqual([1, 2, 3, 4]);
    expect(parseFileVersion('1.2, 3')).toBeUndefined();
  });
});
