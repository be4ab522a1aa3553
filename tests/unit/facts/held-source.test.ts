import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../src/facts/byte-source.ts';
import { holdBeginning } from '../../../src/facts/held-source.ts';

const MEBIBYTE = 1024 ** 2;
const bytesOf = (size: number): Buffer => Buffer.from(Array.from({ length: size }, (_, at) => (at * 7) & 0xff));

/** A file that says which of its bytes were asked for, and gives so many of them at a time. */
function file(bytes: Buffer, { most = Infinity, promised = bytes.length, into = true } = {}) {
  const asked: (readonly [from: number, length: number])[] = [];
  const piece = (offset: number, length: number): Buffer => {
    asked.push([offset, length]);
    return bytes.subarray(offset, offset + Math.min(length, most));
  };
  const source: ByteSource = {
    size: promised,
    read: piece,
    ...(into ? { readInto: (target, offset) => Promise.resolve(piece(offset, target.length).copy(target)) } : {}),
  };
  return { source, asked };
}

describe('the beginning of a file', () => {
  it.each([true, false])('is asked for once, and a small file is held whole (into memory: %s)', async (into) => {
    const bytes = bytesOf(10_000);
    const { source, asked } = file(bytes, { into });
    const held = await holdBeginning(source);
    expect(asked).toEqual([[0, 10_000]]);
    for (const [offset, length] of [
      [0, 10_000],
      [9_000, 1_000],
      [9_990, 100],
      [10_000, 5],
      [17, 0],
    ] as const) {
      expect(Buffer.from(await held.read(offset, length))).toEqual(bytes.subarray(offset, offset + length));
    }
    expect(asked).toHaveLength(1);
    // It is digested from where it is, not copied once more.
    expect(held.readInto).toBeUndefined();
    expect(Buffer.compare(held.whole ?? Buffer.alloc(0), bytes)).toBe(0);
  });

  it('is held of a large file, whose rest is asked for as it is needed', async () => {
    const bytes = bytesOf(3 * MEBIBYTE);
    const { source, asked } = file(bytes);
    const held = await holdBeginning(source);
    expect(asked).toEqual([[0, 65_536]]);
    expect(Buffer.from(await held.read(65_000, 536))).toEqual(bytes.subarray(65_000, 65_536));
    expect(Buffer.from(await held.read(65_000, 537))).toEqual(bytes.subarray(65_000, 65_537));
    expect(asked.slice(1)).toEqual([[65_000, 537]]);
    const target = Buffer.alloc(10);
    expect(await held.readInto?.(target, 5)).toBe(10);
    expect(target).toEqual(bytes.subarray(5, 15));
  });

  it.each([true, false])('is put together from what the source gives (into memory: %s)', async (into) => {
    const bytes = bytesOf(1_000);
    const { source } = file(bytes, { most: 300, into });
    expect(Buffer.from(await (await holdBeginning(source)).read(0, 1_000))).toEqual(bytes);
  });

  it('is no more than there is: the source itself says that it ended too early', async () => {
    const { source, asked } = file(bytesOf(100), { promised: 200 });
    const held = await holdBeginning(source);
    asked.length = 0;
    expect(await held.read(50, 100)).toHaveLength(50);
    expect(asked).toEqual([[50, 100]]);
  });

  it('keeps to the limits of the source', async () => {
    const over = new Error('over');
    const { source } = file(bytesOf(10));
    const held = await holdBeginning({
      ...source,
      check() {
        throw over;
      },
    });
    expect(() => held.check?.()).toThrow(over);
  });
});
