import { describe, expect, it } from 'vitest';
import { SEAL_BLOCK, SealKeys, sealKeyId } from '../../../src/audit/seal-keys.ts';
import { readVerificationKeys, writeVerificationKey } from '../../../src/audit/verification-key.ts';

const SEED = Buffer.alloc(32, 7);
const HEAD = { records: 41, headHash: 'ab'.repeat(32) };

/** Steps one by one. */
function walkTo(number: number): SealKeys {
  const keys = SealKeys.from(SEED);
  while (keys.number < number) keys.advance();
  return keys;
}

describe('the keys that seal records', () => {
  it.each([1, 2, 1023, 1024, 1025, 2048, 2049, 5000])('number %i is the same by steps and at once', (number) => {
    expect(SealKeys.from(SEED, number).seal('{}')).toBe(walkTo(number).seal('{}'));
  });

  it('are all different, and go on from what is kept', () => {
    const keys = SealKeys.from(SEED);
    const seen = new Set<string>();
    for (let number = 1; number <= 2 * SEAL_BLOCK + 2; number += 1) {
      seen.add(keys.seal('{}'));
      const { block, record } = keys.secrets;
      expect(SealKeys.resume(number, block, record).seal('{}')).toBe(keys.seal('{}'));
      keys.advance();
    }
    expect(seen.size).toBe(2 * SEAL_BLOCK + 2);
  });

  it('what is kept gives no key before it: it holds neither the seed nor a key that was used', () => {
    const keys = SealKeys.from(SEED);
    const used: string[] = [SEED.toString('hex')];
    for (let number = 1; number < 3000; number += 1) {
      const { block, record } = keys.secrets;
      const kept = Buffer.concat([block, record]).toString('hex');
      for (const key of used.slice(-3)) expect(kept).not.toContain(key);
      used.push(Buffer.from(record).toString('hex'));
      if (number % SEAL_BLOCK === 0) used.push(Buffer.from(block).toString('hex'));
      keys.advance();
    }
  });

  it('are of this form for ever, as another program computes it', () => {
    expect(SealKeys.from(SEED).seal('{"a":1}')).toBe(
      '354c9272c74f8e9af209ec7ffdd607787bac81c4e52255548bb057be91f17734',
    );
    expect(SealKeys.from(SEED, 1025).seal('{"a":1}')).toBe(
      '525f48030d7f9a49329d07cbbb757e83fa295c40bc4f6ea62b6f9edf2b4dc923',
    );
    expect(sealKeyId(SEED)).toBe('f3a887d4a3926f1e');
  });

  it('of a copy are its own, and erased ones seal nothing like before', () => {
    const keys = SealKeys.from(SEED);
    const copy = keys.copy();
    keys.erase();
    expect(copy.seal('{}')).toBe(SealKeys.from(SEED).seal('{}'));
    expect(keys.seal('{}')).not.toBe(copy.seal('{}'));
  });
});

describe('the text that verifies a journal', () => {
  const text = writeVerificationKey(HEAD, SEED);

  it('is one line, and read as it was written', () => {
    expect(text).toMatch(/^EPM-SEAL-1-[A-Za-z0-9_-]{102}$/);
    expect(readVerificationKeys(`# PC-1\r\n\r\n  ${text}\r\n`)).toEqual([
      { head: HEAD, seed: SEED, id: sealKeyId(SEED) },
    ]);
  });

  it('is in the order of its records, whatever that of the file', () => {
    const later = writeVerificationKey({ ...HEAD, records: 99 }, SEED);
    expect(readVerificationKeys(`${later}\n${text}`).map(({ head }) => head.records)).toEqual([41, 99]);
  });

  it.each([
    ['nothing', ''],
    ['a comment only', '# nothing'],
    ['cut off', text.slice(0, -1)],
    ['longer', `${text}A`],
    ['another prefix', text.replace('SEAL', 'SEEL')],
    ['one letter changed', text.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['a letter in the middle changed', `${text.slice(0, 60)}${text[60] === 'x' ? 'y' : 'x'}${text.slice(61)}`],
    ['too many', `${text}\n`.repeat(257)],
  ])('%s is refused, and not repeated in the message', (_name, given) => {
    expect(() => readVerificationKeys(given)).toThrow(
      expect.objectContaining({
        code: 'EPM_VERIFICATION_KEY_INVALID',
        message: expect.not.stringContaining('EPM-SEAL'),
      }),
    );
  });
});
