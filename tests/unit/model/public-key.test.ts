import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isUsablePublicKey } from '../../../src/model/public-key.ts';

const P = 2n ** 255n - 19n;

/** @param sign of x */
const keyOf = (y: bigint, sign = 0n): Buffer =>
  Buffer.from((y | (sign << 255n)).toString(16).padStart(64, '0'), 'hex').reverse();
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Points of order 1, 2, 4 and 8, as the literature on Ed25519 lists them, and the second ways to write some of them. */
const SMALL = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
].map((hex) => Buffer.from(hex, 'hex'));

describe('a public key', () => {
  it('is usable when somebody made it', () => {
    for (let count = 0; count < 200; count += 1) {
      const { x } = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
      expect(isUsablePublicKey(text(Buffer.from(x ?? '', 'base64url')))).toBe(true);
    }
  });

  it('is not usable as a point of small order', () => {
    for (const bytes of SMALL) expect(isUsablePublicKey(text(bytes)), bytes.toString('hex')).toBe(false);
  });

  it('is not usable in a second form', () => {
    // 3 and 4 are y of points; P + 3 and P + 4 still fit into 255 bits.
    for (const y of [3n, 4n]) {
      expect(isUsablePublicKey(text(keyOf(y)))).toBe(true);
      expect(isUsablePublicKey(text(keyOf(P + y)))).toBe(false);
    }
  });

  it('is not usable when it is no point of the curve', () => {
    for (const y of [2n, 7n]) expect(isUsablePublicKey(text(keyOf(y)))).toBe(false);
    let points = 0;
    for (let y = 2n; y < 1002n; y += 1n) if (isUsablePublicKey(text(keyOf(y, 1n)))) points += 1;
    expect(points).toBeGreaterThan(400);
    expect(points).toBeLessThan(600);
  });

  it.each<[string, string]>([
    ['nothing', ''],
    ['31 bytes', text(keyOf(3n).subarray(1))],
    ['33 bytes', text(Buffer.concat([keyOf(3n), Buffer.of(0)]))],
    ['base64url without padding', keyOf(3n).toString('base64url')],
    ['white space', `${text(keyOf(3n))}\n`],
    ['spare bits', text(keyOf(3n)).replace(/A=$/, 'B=')],
    ['PEM', '-----BEGIN PUBLIC KEY-----'],
  ])('is not usable as %s', (_, value) => expect(isUsablePublicKey(value)).toBe(false));
});
