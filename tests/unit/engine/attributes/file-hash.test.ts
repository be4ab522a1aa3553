import { expect, it } from 'vitest';
import { ask, saidOf } from './condition.ts';

const digest = (digit: string, length: number): string => digit.repeat(length);

it.each([64, 96, 128])('reads %d hexadecimal digits in any case', (length) => {
  expect(saidOf({ fileHash: ` ${digest('A', length)} ` })).toEqual([]);
});

it.each([digest('a', 63), digest('a', 40), digest('g', 64)])('rejects %s', (fileHash) => {
  expect(saidOf({ fileHash })).toEqual(['hashInvalid']);
});

it('compares the digest of its length, and says when that was not computed', () => {
  const facts = { sha384: digest('b', 96) as never };
  expect(ask('fileHash', { fileHash: digest('B', 96) }, { facts })).toBe(true);
  expect(ask('fileHash', { fileHash: digest('c', 128) }, { facts })).toEqual({
    expected: digest('c', 128),
    found: 'no sha512 was computed',
  });
});
