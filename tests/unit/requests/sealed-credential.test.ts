import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CREDENTIAL } from '../../../src/requests/credential.ts';
import { CredentialKey, MAX_SEALED, sealCredential } from '../../../src/requests/sealed-credential.ts';

const TICKET = 'ab'.repeat(16);
const SECRET = Buffer.from('correct horse battery staple', 'utf16le');
const unreadable = expect.objectContaining({ code: 'EPM_CREDENTIAL_INVALID', data: { reason: 'unreadable' } });

describe('a sealed credential', () => {
  it('is opened once, by the key of its question', () => {
    const key = new CredentialKey();
    const sealed = sealCredential(SECRET, TICKET, key.publicKey);
    expect(() => new CredentialKey().open(TICKET, sealed)).toThrow(unreadable);
    expect(Buffer.from(key.open(TICKET, sealed))).toEqual(SECRET);
    expect(() => key.open(TICKET, sealed)).toThrow(unreadable);
  });

  it('is used up by an attempt that fails', () => {
    const key = new CredentialKey();
    const sealed = sealCredential(SECRET, TICKET, key.publicKey);
    expect(() => key.open('cd'.repeat(16), sealed)).toThrow(unreadable);
    expect(() => key.open(TICKET, sealed)).toThrow(unreadable);
  });

  it('differs each time and has no part of the secret', () => {
    const key = new CredentialKey();
    const [first, second] = [1, 2].map(() => sealCredential(SECRET, TICKET, key.publicKey));
    expect(first).not.toBe(second);
    expect(Buffer.from(first ?? '', 'base64').indexOf(SECRET.subarray(0, 8))).toBe(-1);
  });

  it('is refused when any byte of it was changed', () => {
    const length = Buffer.from(sealCredential(SECRET, TICKET, new CredentialKey().publicKey), 'base64').length;
    fc.assert(
      fc.property(fc.nat(length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const key = new CredentialKey();
        const bytes = Buffer.from(sealCredential(SECRET, TICKET, key.publicKey), 'base64');
        bytes[at] = (bytes[at] ?? 0) ^ change;
        expect(() => key.open(TICKET, bytes.toString('base64'))).toThrow(unreadable);
      }),
    );
  });

  it.each([0, 1, 65, 66, 128, 129])('is refused with %i bytes', (length) => {
    expect(() => new CredentialKey().open(TICKET, Buffer.alloc(length, 4).toString('base64'))).toThrow(unreadable);
  });

  it('has the stated length at most', () => {
    expect(
      sealCredential(Buffer.alloc(MAX_CREDENTIAL), TICKET, new CredentialKey().publicKey).length,
    ).toBeLessThanOrEqual(MAX_SEALED);
  });

  it('is not sealed to what is no key', () => {
    for (const key of ['', 'AAAA', Buffer.alloc(65, 4).toString('base64')]) {
      expect(() => sealCredential(SECRET, TICKET, key)).toThrow(
        expect.objectContaining({ code: 'EPM_CREDENTIAL_INVALID', data: { reason: 'key' } }),
      );
    }
  });
});
