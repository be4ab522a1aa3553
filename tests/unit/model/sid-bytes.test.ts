import { describe, expect, it } from 'vitest';
import { sidBytes, sidOfBytes } from '../../../src/model/sid-bytes.ts';

describe('a SID in binary form', () => {
  it.each([
    ['S-1-5-18', '010100000000000512000000'],
    ['S-1-5-32-544', '01020000000000052000000020020000'],
    ['S-1-5-21-1-2-4294967295-1001', '010500000000000515000000010000000200000' + '0ffffffffe9030000'],
    ['S-1-0X123456789ABC-1', '0101123456789abc01000000'],
  ])('%s', (text, hex) => {
    expect(sidBytes(text).toString('hex')).toBe(hex);
    expect(sidOfBytes(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it.each([
    '',
    '01',
    '0100000000000005',
    '0201000000000005' + '12000000',
    '0101000000000005',
    '010100000000000512000000' + '00',
  ])('not: %s', (hex) => expect(sidOfBytes(Buffer.from(hex, 'hex'))).toBeUndefined());

  it('has at most 15 parts', () => {
    const head = (count: number): Buffer =>
      Buffer.concat([Buffer.of(1, count, 0, 0, 0, 0, 0, 5), Buffer.alloc(4 * count)]);
    expect(sidOfBytes(head(15))).toBe(`S-1-5${'-0'.repeat(15)}`);
    expect(sidOfBytes(head(16))).toBeUndefined();
  });
});
