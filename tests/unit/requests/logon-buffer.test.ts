import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLogonBuffer, writeLogonBuffer } from '../../../src/requests/logon-buffer.ts';

const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const good = (): Buffer => Buffer.from(writeLogonBuffer('CONTOSO', 'alice', utf16('secret')));

describe('a logon buffer', () => {
  it('is read as it was written, the password by its length only', () => {
    expect(readLogonBuffer(good())).toEqual({
      kind: 'password',
      domain: 'CONTOSO',
      userName: 'alice',
      passwordLength: 12,
    });
    expect(readLogonBuffer(writeLogonBuffer('', 'a@b.c', utf16('')))).toEqual({
      kind: 'password',
      domain: '',
      userName: 'a@b.c',
      passwordLength: 0,
    });
  });

  it('lets through what proves a person: a password, a card, Windows Hello', () => {
    const kinds = Array.from({ length: 256 }, (_, kind) => kind).filter((kind) => {
      const buffer = good();
      buffer.writeUInt32LE(kind, 0);
      return readLogonBuffer(buffer).kind !== 'refused';
    });
    expect(kinds).toEqual([2, 6, 13]);
  });

  it.each<[string, (buffer: Buffer) => Buffer]>([
    ['is cut in its header', (buffer) => buffer.subarray(0, 55)],
    ['has an odd length', (buffer) => buffer.fill(1, 40, 41)],
    ['has a text in its header', (buffer) => (buffer.writeBigUInt64LE(8n, 32), buffer)],
    ['has a text beyond its end', (buffer) => (buffer.writeUInt16LE(1000, 40), buffer)],
    ['has a pointer', (buffer) => (buffer.writeBigUInt64LE(0x7ff6_0000_0000n, 32), buffer)],
    ['has the greatest pointer', (buffer) => (buffer.writeBigUInt64LE(0xffff_ffff_ffff_fffen, 32), buffer)],
  ])('is refused when it %s', (_name, change) => {
    expect(readLogonBuffer(change(good()))).toEqual({ kind: 'refused', messageType: 2 });
  });

  it('is refused or bounded whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 128 }), fc.constantFrom(2, 13, 12), (bytes, kind) => {
        const buffer = Buffer.concat([Buffer.from([kind, 0, 0, 0]), bytes]);
        const read = readLogonBuffer(buffer);
        if (kind === 12) expect(read.kind).toBe('refused');
        if (read.kind === 'password') expect(read.domain.length + read.userName.length).toBeLessThan(buffer.length);
      }),
    );
  });
});
