import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SIGNATURE_EX_STREAM, SIGNATURE_STREAM } from '../../../../src/facts/msi/package-digest.ts';
import { digestOf, inspect } from './inspect.ts';
import { innerStream, writeInstaller } from './installer-writer.ts';

/** A DER SEQUENCE with nothing that means anything inside: its content is not looked at here. */
const message = (length: number): Buffer => {
  const head = length < 128 ? [0x30, length] : [0x30, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), Buffer.alloc(length, 'm')]);
};
const withSignature = (bytes: Uint8Array) => writeInstaller({ more: [{ name: SIGNATURE_STREAM, bytes }] }).bytes;

describe('the signature of a package', () => {
  it.each([100, 3000, 60_000])('is the message in its stream: %i bytes', async (length) => {
    const { content } = await inspect(withSignature(message(length)));
    expect(content.signatures.map((each) => Buffer.from(each))).toEqual([message(length)]);
  });

  it('may be filled with zeros up to eight bytes, like that of a program', async () => {
    const { content } = await inspect(withSignature(Buffer.concat([message(100), Buffer.alloc(7)])));
    expect(content.signatures.map((each) => Buffer.from(each))).toEqual([message(100)]);
  });

  it.each([
    ['nothing', Buffer.alloc(0), /not hold a whole/],
    ['something else', Buffer.from('not a signature'), /not hold a whole/],
    ['half a message', message(3000).subarray(0, 2000), /not hold a whole/],
    ['a length without end', Buffer.from([0x30, 0x80, 0, 0]), /not hold a whole/],
    ['a length of five bytes', Buffer.from([0x30, 0x85, 0, 0, 0, 0, 1, 0]), /not hold a whole/],
    ['a message and more', Buffer.concat([message(100), Buffer.from([0, 1])]), /follows/],
    ['a message and many zeros', Buffer.concat([message(100), Buffer.alloc(8)]), /follows/],
  ])('is refused when the stream holds %s', async (_title, bytes, problem) => {
    await expect(inspect(withSignature(bytes))).rejects.toMatchObject({
      place: 'signature stream',
      message: expect.stringMatching(problem),
    });
  });

  it('is refused when it is larger than any signature', async () => {
    await expect(inspect(withSignature(message(65_000).subarray(0, 4)))).rejects.toMatchObject({
      place: 'signature stream',
    });
    await expect(inspect(withSignature(Buffer.alloc(1024 * 1024 + 1)))).rejects.toMatchObject({
      place: 'signature stream',
      message: expect.stringMatching(/more than/),
    });
  });

  it('leaves its own streams out of the digest, but not those of a storage inside', async () => {
    const plain = await digestOf(writeInstaller().bytes);
    expect(await digestOf(withSignature(message(100)))).toBe(plain);
    const inside = { name: 'storage', children: [{ name: SIGNATURE_STREAM, bytes: message(100) }] };
    const empty = { name: 'storage', children: [] };
    expect(await digestOf(writeInstaller({ more: [inside] }).bytes)).not.toBe(
      await digestOf(writeInstaller({ more: [empty] }).bytes),
    );
  });

  it('covers the content of every stream and the class of every storage', async () => {
    const plain = writeInstaller({ more: [innerStream('a.cab', Buffer.alloc(5000, 'a'))] });
    const expected = await digestOf(plain.bytes);
    const changed = Buffer.from(plain.bytes);
    changed.writeUInt8(0x62, [...plain.layout.streams.values()][0]! + 4999);
    expect(await digestOf(changed)).not.toBe(expected);
    const storage = (classId: string) =>
      digestOf(writeInstaller({ more: [{ name: 's', classId, children: [] }] }).bytes);
    expect(await storage('00'.repeat(16))).not.toBe(await storage('01'.repeat(16)));
  });

  it('with the digest of names is refused when that is not of this file', async () => {
    const extended = (bytes: Uint8Array) => writeInstaller({ more: [{ name: SIGNATURE_EX_STREAM, bytes }] }).bytes;
    for (const length of [16, 20, 32, 48, 64]) {
      await expect(inspect(extended(Buffer.alloc(length)))).rejects.toMatchObject({
        place: 'extended signature stream',
        message: expect.stringMatching(/not that of this file/),
      });
    }
    await expect(inspect(extended(Buffer.alloc(33)))).rejects.toMatchObject({
      message: expect.stringMatching(/no known digest/),
    });
    await expect(inspect(extended(Buffer.alloc(65)))).rejects.toMatchObject({
      message: expect.stringMatching(/more than 64/),
    });
  });

  it('leaves room for other work while a large package is digested', async () => {
    const { bytes } = writeInstaller({ more: [innerStream('big.cab', Buffer.alloc(40 * 1024 * 1024, 'b'))] });
    const { content } = await inspect(bytes);
    if (content.coverage.kind !== 'own') return expect.unreachable();
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 0);
    const digest = await content.coverage.digest('sha256');
    clearInterval(timer);
    expect(digest).toHaveLength(createHash('sha256').digest().length);
    expect(turns).toBeGreaterThan(3);
  });
});
