/** The image of a program that Wine can map: the same program, its sections on pages of the file. */
import { expect, it } from 'vitest';
import { alignedToPages } from '../../../testbed/wine/page-aligned.mjs';
import { buildProgram, directoryOffset, OPTIONAL_OFFSET, PE_OFFSET } from '../facts/pe-builder.ts';

interface Section {
  readonly address: number;
  readonly size: number;
  readonly offset: number;
}

function sectionsOf(image: Buffer): readonly Section[] {
  const header = image.readUInt32LE(0x3c);
  const table = header + 24 + image.readUInt16LE(header + 20);
  return Array.from({ length: image.readUInt16LE(header + 6) }, (_, index) => {
    const [address = 0, size = 0, offset = 0] = [12, 16, 20].map((field) =>
      image.readUInt32LE(table + index * 40 + field),
    );
    return { address, size, offset };
  });
}

/** Both images are the same in memory, and the second lies on pages. */
function expectSameOnPages(before: Buffer, after: Buffer): void {
  const [old, aligned] = [sectionsOf(before), sectionsOf(after)];
  expect(aligned.map(({ address }) => address)).toEqual(old.map(({ address }) => address));
  for (const [index, { size, offset }] of aligned.entries()) {
    const [from, length] = [old[index]?.offset ?? 0, old[index]?.size ?? 0];
    expect([offset % 4096, size % 4096, size - length < 4096]).toEqual([0, 0, true]);
    expect(after.compare(before, from, from + length, offset, offset + length)).toBe(0);
    expect(after.subarray(offset + length, offset + size).some((byte) => byte !== 0)).toBe(false);
  }
}

const resources = [{ type: 10, data: Buffer.alloc(5000, 'resource') }];

it('has everything where it was in memory', () => {
  const before = buildProgram({ mark: 'x'.repeat(600), resources });
  const after = alignedToPages(before);
  expectSameOnPages(before, after);
  expect(after.readUInt32LE(OPTIONAL_OFFSET + 36)).toBe(4096);
  expect(alignedToPages(after).equals(after)).toBe(true);
});

it('says where the data of the debugger lies now', () => {
  const before = buildProgram({ mark: 'x', resources });
  const [, data] = sectionsOf(before);
  const [address, offset] = [data?.address ?? 0, data?.offset ?? 0];
  before.writeUInt32LE(address + 4096, directoryOffset(6));
  before.writeUInt32LE(28, directoryOffset(6) + 4);
  before.writeUInt32LE(address + 64, offset + 4096 + 20);
  before.writeUInt32LE(offset + 64, offset + 4096 + 24);
  const after = alignedToPages(before);
  const moved = sectionsOf(after)[1]?.offset ?? 0;
  expect(after.readUInt32LE(moved + 4096 + 24)).toBe(moved + 64);
});

it.each([
  ['is signed', (image: Buffer) => void image.writeUInt32LE(4096, directoryOffset(4))],
  ['has a symbol table', (image: Buffer) => void image.writeUInt32LE(512, PE_OFFSET + 12)],
  ['is for 32 bits', (image: Buffer) => void image.writeUInt16LE(0x10b, OPTIONAL_OFFSET)],
])('is not made of a program that %s', (_what, change) => {
  const image = buildProgram();
  change(image);
  expect(() => alignedToPages(image)).toThrow();
});

it('is not made of a program with data behind its sections', () => {
  expect(() => alignedToPages(buildProgram({ overlay: Buffer.alloc(8) }))).toThrow('Data follows');
});
