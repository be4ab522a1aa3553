import { describe, expect, it } from 'vitest';
import { memorySource } from '../../agent/fake-machine.ts';
import { buildProgram, OPTIONAL_OFFSET, PE_OFFSET, sectionOffset } from '../pe-builder.ts';
import { changed, factsOf, refusalOf } from './inspect.ts';
import { inspectExecutable } from '../../../corpus/readers.ts';

describe('headers of a program', () => {
  it.each([
    ['x86', 2, 'windows'],
    ['x64', 3, 'console'],
    ['arm64', 1, 'native'],
    ['x64', 4660, '0x1234'],
  ] as const)('for %s and subsystem %i', async (machine, subsystem, name) => {
    expect(await factsOf(buildProgram({ machine, subsystem }))).toEqual({ executable: { machine, subsystem: name } });
  });

  it('of a library are read as well', async () => {
    expect(await refusalOf(buildProgram({ library: true }))).toBeUndefined();
  });

  it('allow data behind the last section, where installers keep their files', async () => {
    const overlay = Buffer.from('NullsoftInst and more');
    const bytes = buildProgram({ overlay });
    const { content } = await inspectExecutable(memorySource(bytes));
    expect(content.signatures).toEqual([]);
    expect(content.coverage).toMatchObject({ kind: 'ranges' });
    expect(content.coverage.kind === 'ranges' && content.coverage.ranges.at(-1)?.end).toBe(bytes.length);
  });

  it('allow a section that has no bytes in the file, as packers leave one', async () => {
    const bytes = changed(buildProgram(), (copy) => {
      copy.writeUInt32LE(0, sectionOffset(0) + 16);
      copy.writeUInt32LE(0xffff_ff00, sectionOffset(0) + 20);
    });
    expect(await refusalOf(bytes)).toBeUndefined();
  });

  it('are read with few and small reads', async () => {
    const bytes = buildProgram({ overlay: Buffer.alloc(1_000_000) });
    let reads = 0;
    let total = 0;
    const source = {
      size: bytes.length,
      read(offset: number, length: number) {
        reads += 1;
        total += length;
        return bytes.subarray(offset, offset + length);
      },
    };
    await inspectExecutable(source);
    expect(reads).toBeLessThan(10);
    expect(total).toBeLessThan(1024);
  });

  it('do not depend on how many bytes a read gives', async () => {
    const bytes = buildProgram();
    const source = {
      size: bytes.length,
      read: (offset: number, length: number) => bytes.subarray(offset, offset + Math.min(length, 3)),
    };
    expect((await inspectExecutable(source)).facts).toEqual(await factsOf(bytes));
  });

  it('of a source that gives less than it promised are unreadable', async () => {
    const bytes = buildProgram();
    const source = { size: bytes.length, read: (offset: number) => bytes.subarray(offset, Math.min(offset + 8, 70)) };
    await expect(inspectExecutable(source)).rejects.toMatchObject({ code: 'EPM_FILE_UNREADABLE' });
  });

  const section = sectionOffset(0);
  it.each<[string, RegExp, (copy: Buffer) => unknown]>([
    ['another magic number', /start as a program.*DOS header, offset 0x0/, (copy) => copy.write('ZM', 0)],
    ['headers inside the DOS header', /behind the DOS header.*0x3c/, (copy) => copy.writeUInt32LE(0x20, 0x3c)],
    ['headers at an odd place', /multiple of 4/, (copy) => copy.writeUInt32LE(PE_OFFSET + 1, 0x3c)],
    ['headers outside of the file', /ends outside/, (copy) => copy.writeUInt32LE(0xffff_fff0, 0x3c)],
    ['no signature', /signature.*PE header, offset 0x80/, (copy) => copy.write('NE', PE_OFFSET)],
    ['no section', /number of sections/, (copy) => copy.writeUInt16LE(0, PE_OFFSET + 6)],
    ['97 sections', /between 1 and 96/, (copy) => copy.writeUInt16LE(97, PE_OFFSET + 6)],
    ['a huge optional header', /too large/, (copy) => copy.writeUInt16LE(1025, PE_OFFSET + 20)],
    ['an empty optional header', /shorter than/, (copy) => copy.writeUInt16LE(0, PE_OFFSET + 20)],
    ['a 32-bit header on x64', /not of the kind/, (copy) => copy.writeUInt16LE(0x10b, OPTIONAL_OFFSET)],
    ['a section alignment of 0', /powers of two/, (copy) => copy.writeUInt32LE(0, OPTIONAL_OFFSET + 32)],
    ['an alignment of 4097', /powers of two/, (copy) => copy.writeUInt32LE(4097, OPTIONAL_OFFSET + 32)],
    ['a larger file alignment', /larger one/, (copy) => copy.writeUInt32LE(8192, OPTIONAL_OFFSET + 36)],
    ['17 directories', /more data directories/, (copy) => copy.writeUInt32LE(17, OPTIONAL_OFFSET + 108)],
    ['directories outside', /more data directories/, (copy) => copy.writeUInt16LE(200, PE_OFFSET + 20)],
    ['small headers', /headers do not end/, (copy) => copy.writeUInt32LE(0x100, OPTIONAL_OFFSET + 60)],
    ['headers larger than the file', /headers do not end/, (copy) => copy.writeUInt32LE(1e6, OPTIONAL_OFFSET + 60)],
    ['a section outside', /section ends outside/, (copy) => copy.writeUInt32LE(1024, section + 16)],
    ['a section far outside', /section ends outside/, (copy) => copy.writeUInt32LE(0xffff_fe00, section + 20)],
    ['a section off the sectors', /Windows would look/, (copy) => copy.writeUInt32LE(0x1f0, section + 20)],
    ['a section off its alignment', /do not ascend/, (copy) => copy.writeUInt32LE(0x1100, section + 12)],
    [
      'a flat image whose section lies elsewhere',
      /Windows would look/,
      (copy) => [32, 36].forEach((field) => copy.writeUInt32LE(512, OPTIONAL_OFFSET + field)),
    ],
  ])('with %s are refused', async (_, message, change) => {
    expect(await refusalOf(changed(buildProgram(), change))).toMatch(message);
  });

  it('with overlapping sections are refused', async () => {
    const bytes = buildProgram({ resources: [{ type: 10, data: Buffer.from('x') }] });
    const message = await refusalOf(changed(bytes, (copy) => copy.writeUInt32LE(0x1000, sectionOffset(1) + 12)));
    expect(message).toMatch(/do not ascend.*PE section table, offset 0x1bc/);
  });
});
