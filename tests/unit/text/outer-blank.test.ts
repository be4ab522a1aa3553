import { describe, expect, it } from 'vitest';
import { hasOuterBlank } from '../../../src/text/outer-blank.ts';

/** What nobody sees, said another way than the code does. */
function isUnseen(character: string): boolean {
  return character.trim() === '' || /[\p{Zs}\p{Zl}\p{Zp}]/u.test(character) || ZERO_WIDTH.has(character);
}

const ZERO_WIDTH = new Set(
  [...'\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u3164\ufeff\uffa0'].concat(
    [
      [0x200b, 0x200f],
      [0x202a, 0x202e],
      [0x2060, 0x206f],
      [0xfe00, 0xfe0f],
      [0xfff0, 0xfff8],
    ].flatMap(([first = 0, last = 0]) =>
      Array.from({ length: last - first + 1 }, (_, index) => String.fromCharCode(first + index)),
    ),
  ),
);

describe('a blank at the end of a name', () => {
  it('is every unit that is not seen, and no other', () => {
    const wrong: number[] = [];
    for (let unit = 0; unit < 0x10000; unit += 1) {
      const character = String.fromCharCode(unit);
      if (character === '\\' || character === '/') continue;
      const expected = isUnseen(character);
      const paths = [
        `${character}a`,
        `a${character}`,
        `C:\\a${character}\\b`,
        `C:\\${character}a\\b`,
        `/x/a${character}`,
      ];
      if (paths.some((path) => hasOuterBlank(path) !== expected)) wrong.push(unit);
      if (hasOuterBlank(`C:\\a${character}a\\b`)) wrong.push(unit);
    }
    expect(wrong).toEqual([]);
  });

  it.each(['', 'C:\\', 'C:\\Tools', 'C:\\\\Tools\\', '/', '/usr/bin', '\ud83d\ude00', 'C:\\\ud83d\\x', 'C:\\\udc00'])(
    'is not in %j',
    (path) => {
      expect(hasOuterBlank(path)).toBe(false);
    },
  );

  it.each(['\u{e0020}a', 'a\u{e0020}', 'C:\\a\u{1d173}\\b', ' ', 'C:\\ ', '\\\\srv\\s\u00a0\\x'])(
    'is in %j',
    (path) => {
      expect(hasOuterBlank(path)).toBe(true);
    },
  );
});
