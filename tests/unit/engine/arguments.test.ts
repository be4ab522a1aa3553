import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalMsiVector,
  onlyDisplayAndRestart,
  quoteArgument,
  readingsOf,
  splitArguments,
} from '../../../src/engine/arguments.ts';
import { splitEntry } from '../../oracle/rules.ts';

/** Quotes one element so that CommandLineToArgvW gives it back: the published counterpart of its rules. */
function quote(element: string): string {
  return `"${element.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`;
}

describe('splitting an entry of an argument list', () => {
  // The examples of Microsoft's page "Parsing C++ command-line arguments" that CommandLineToArgvW shares, and its own.
  it.each([
    ['"a b c" d e', ['a b c', 'd', 'e']],
    ['"ab\\"c" "\\\\" d', ['ab"c', '\\', 'd']],
    ['a\\\\\\b d"e f"g h', ['a\\\\\\b', 'de fg', 'h']],
    ['a\\\\\\"b c d', ['a\\"b', 'c', 'd']],
    ['a\\\\\\\\"b c" d e', ['a\\\\b c', 'd', 'e']],
    ['  a\t b  ', ['a', 'b']],
    ['""', ['']],
    ['"" ""', ['', '']],
    ['"a""', ['a"']],
    ['a""b', ['ab']],
    ['"a b"c', ['a bc']],
    ['C:\\folder\\', ['C:\\folder\\']],
    ['', []],
  ])('%s', (entry, vector) => {
    expect(splitArguments(entry)).toEqual(vector);
  });

  it.each(['"a', 'a "b', '"a"""', '"a""b"', '\\\\"', '"a\\"'])(
    'refuses %s, whose quotation mark is never closed',
    (entry) => {
      expect(splitArguments(entry)).toBeUndefined();
    },
  );

  it('gives back what was quoted', () => {
    const element = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\t', 'é') });
    fc.assert(
      fc.property(fc.array(element), (vector) => {
        expect(splitArguments(vector.map(quote).join(' '))).toEqual(vector);
      }),
      { numRuns: 2000 },
    );
  });

  it('agrees with another reading of the same rules', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\'), maxLength: 12 }), (entry) => {
        expect(splitArguments(entry)).toEqual(splitEntry(entry));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('arguments of a package', () => {
  it('fold the names of switches and properties and nothing else', () => {
    expect(canonicalMsiVector(['/Qn', 'InstallDir=C:\\Ab', 'plain Text', '-Log:File', '=x'])).toEqual([
      '/QN',
      'INSTALLDIR=C:\\Ab',
      'plain Text',
      '-LOG:File',
      '=x',
    ]);
  });

  it('pass without a list only when each chooses display or restart', () => {
    expect(onlyDisplayAndRestart(['/QUIET', '/norestart'])).toBe(true);
    expect(onlyDisplayAndRestart(['/qn', 'X=1'])).toBe(false);
    expect(onlyDisplayAndRestart(['-qn'])).toBe(false);
    expect(onlyDisplayAndRestart(['/qn ', '/qn'])).toBe(false);
  });
});

describe('a command line that somebody else has written', () => {
  // The examples of Microsoft's page "Parsing C command-line arguments" are read alike by all.
  it.each<[string, readonly (readonly string[])[]]>([
    ['"C:\\a b\\x.exe" "a b c" d e', [['a b c', 'd', 'e']]],
    ['x.exe a\\\\\\"b c d', [['a\\"b', 'c', 'd']]],
    ['x.exe', [[]]],
    ['"C:\\x.exe"', [[]]],
    ['"C:\\x.exe', [[]]],
    ['', [[]]],
    ['  a', [['a']]],
    // The name ends at its mark for the shell, and goes on for the C run-time.
    ['"C:\\x"a b', [['a', 'b'], ['b']]],
    ['C:\\x" y" b', [['y b'], ['b']]],
    // A second mark: "" inside quoted text.
    [
      'x "a""b c" d',
      [
        ['a"b', 'c d'],
        ['a"b c', 'd'],
      ],
    ],
    // A mark that is never closed goes to the end.
    ['x "a b', [['a b']]],
  ])('%s', (line, readings) => {
    expect(readingsOf(line)).toEqual(readings);
  });

  it('is read in one way only when it was quoted by the agent', () => {
    const element = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\t', 'é') });
    fc.assert(
      fc.property(fc.array(element), (vector) => {
        expect(readingsOf(`"C:\\Tools\\x.exe" ${vector.map(quoteArgument).join(' ')}`)).toEqual([vector]);
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to its length', () => {
    for (const unit of ['\\', '"', '\\"', '" ']) {
      expect(readingsOf(`x ${unit.repeat(16_000)}`).length).toBeGreaterThan(0);
    }
  });
});
