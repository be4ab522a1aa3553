import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CREDENTIAL_BUFFER, readCredential, writeCredential } from '../../../src/requests/credential.ts';

const invalid = (reason: string) => expect.objectContaining({ code: 'EPM_CREDENTIAL_INVALID', data: { reason } });
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

describe('a credential', () => {
  it('is read as it was written', () => {
    const buffer = { form: 'buffer', authenticationPackage: 0xffff_fffe, buffer: Buffer.from([1, 2, 3]) } as const;
    expect(readCredential(writeCredential(buffer))).toEqual(buffer);
    for (const [userName, password] of [
      ['CONTOSO\\alice', 'Pa$$wörd ☃ 😀'],
      ['alice@contoso.com', ''],
    ] as const) {
      const credential = { form: 'password', userName, password: utf16(password) } as const;
      expect(readCredential(writeCredential(credential))).toEqual(credential);
    }
  });

  it('keeps its secret in the bytes that it was read from, so that overwriting those overwrites it', () => {
    for (const credential of [
      { form: 'password', userName: 'alice', password: utf16('secret') },
      { form: 'buffer', authenticationPackage: 1, buffer: utf16('secret') },
    ] as const) {
      const bytes = writeCredential(credential);
      const read = readCredential(bytes);
      bytes.fill(0);
      const secret = read.form === 'buffer' ? read.buffer : read.password;
      expect(Buffer.from(secret).every((byte) => byte === 0)).toBe(true);
    }
  });

  it.each([
    ['an empty name', { form: 'password', userName: '', password: utf16('x') }, 'empty'],
    ['a long name', { form: 'password', userName: 'x'.repeat(514), password: utf16('x') }, 'tooLong'],
    ['a long password', { form: 'password', userName: 'x', password: utf16('x'.repeat(513)) }, 'tooLong'],
    ['an empty buffer', { form: 'buffer', authenticationPackage: 1, buffer: Buffer.alloc(0) }, 'empty'],
    [
      'a long buffer',
      { form: 'buffer', authenticationPackage: 1, buffer: Buffer.alloc(MAX_CREDENTIAL_BUFFER + 1) },
      'tooLong',
    ],
  ] as const)('is not written with %s', (_name, credential, reason) => {
    expect(() => writeCredential(credential)).toThrow(invalid(reason));
  });

  it.each([
    ['nothing', []],
    ['another form', [3, 0, 0, 0, 0, 0, 0]],
    ['a package that is cut', [1, 0, 0, 0]],
    ['a name with half a unit', [2, 1, 0, 65]],
    ['a name that goes beyond', [2, 4, 0, 65, 0]],
    ['a password with half a unit', [2, 2, 0, 65, 0, 66]],
    ['a name with a control character', [2, 2, 0, 10, 0]],
    ['a name with half a character', [2, 2, 0, 0, 0xd8]],
  ])('is refused with %s', (_name, bytes) => {
    expect(() => readCredential(Uint8Array.from(bytes))).toThrow(invalid('malformed'));
  });

  it('is refused whatever the bytes are, or is bounded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const read = readCredential(bytes);
          expect(writeCredential(read)).toEqual(Buffer.from(bytes));
        } catch (error) {
          expect(error).toMatchObject({ code: 'EPM_CREDENTIAL_INVALID' });
        }
      }),
    );
  });
});
