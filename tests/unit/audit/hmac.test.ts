import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { hmacSha256 } from '../../../src/audit/hmac.ts';

it.each([0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])('is that of Node for a text of %i bytes', (length) => {
  for (const keyLength of [1, 31, 32, 64]) {
    const key = Buffer.alloc(keyLength, length + keyLength);
    const text = '{"a":1}'.repeat(200).slice(0, length);
    expect(hmacSha256(key, text)).toEqual(createHmac('sha256', key).update(text).digest());
    expect(key).toEqual(Buffer.alloc(keyLength, length + keyLength));
  }
});
