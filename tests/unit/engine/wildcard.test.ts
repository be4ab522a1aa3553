import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiteralRunIndex } from '../../../src/engine/literal-run-index.ts';
import { compileWildcard, literalRuns, matchesWildcard } from '../../../src/engine/wildcard.ts';
import { effort } from '../../effort.ts';

const matches = (pattern: string, text: string): boolean => matchesWildcard(compileWildcard(pattern), text);
const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });

/** By the definition: a star takes nothing, or one character and stays. */
function byDefinition(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern.startsWith('*')) {
    return byDefinition(pattern.slice(1), text) || (text !== '' && byDefinition(pattern, text.slice(1)));
  }
  return (
    text !== '' && (pattern.startsWith('?') || pattern[0] === text[0]) && byDefinition(pattern.slice(1), text.slice(1))
  );
}

describe('wildcards', () => {
  it('match as the definition says', () => {
    fc.assert(
      fc.property(patterns, letters, (pattern, text) => {
        expect(matches(pattern, text)).toBe(byDefinition(pattern, text));
      }),
      { numRuns: 5000 },
    );
  });

  it('match a text made from the pattern', () => {
    fc.assert(
      fc.property(patterns, fc.array(letters, { minLength: 9, maxLength: 9 }), (pattern, fillings) => {
        let next = 0;
        const text = pattern.replace(/[*?]/g, (sign) => (sign === '?' ? 'x' : (fillings[next++] ?? '')));
        expect(matches(pattern, text)).toBe(true);
      }),
    );
  });

  it('take time in proportion to text and pattern', () => {
    const time = (length: number): number => {
      const pattern = compileWildcard(`${'*a'.repeat(length / 4)}b`);
      const text = `${'a'.repeat(length)}c`;
      const runs = Array.from({ length: 9 }, () => effort(() => expect(matchesWildcard(pattern, text)).toBe(false)));
      return Math.min(...runs);
    };
    time(4096);
    expect(time(65_536)).toBeLessThan(100);
  });
});

describe('literal runs', () => {
  it('are found wherever they occur', () => {
    const runs = fc.uniqueArray(
      letters.filter((run) => run !== ''),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(runs, letters, (all, text) => {
        const found = new Set<string>();
        new LiteralRunIndex(new Map(all.map((run) => [run, run]))).search(text, (run) => found.add(run));
        expect([...found].sort()).toEqual(all.filter((run) => text.includes(run)).sort());
      }),
      { numRuns: 3000 },
    );
  });

  it('are what every matching text contains', () => {
    fc.assert(
      fc.property(patterns, letters, (pattern, text) => {
        fc.pre(matches(pattern, text));
        for (const run of literalRuns(pattern)) expect(text).toContain(run);
      }),
    );
  });
});
