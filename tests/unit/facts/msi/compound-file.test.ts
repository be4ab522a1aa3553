import { describe, expect, it } from 'vitest';
import { MAX_ENTRIES, MAX_STORAGE_DEPTH } from '../../../../src/facts/msi/compound-directory.ts';
import { CompoundFile, MAX_MINI_STREAM } from '../../../../src/facts/msi/compound-file.ts';
import { MAX_RUNS } from '../../../../src/facts/msi/sectors.ts';
import { Turns } from '../../../../src/facts/turns.ts';
import { type StorageSpec, type StreamSpec, writeCompoundFile } from './compound-writer.ts';
import { CountingSource } from './inspect.ts';
import { effortOf } from '../../../effort.ts';

const pattern = (length: number, seed: number): Buffer =>
  Buffer.from(Array.from({ length }, (_, index) => (index * 7 + seed + (index >> 8)) & 0xff));

const STREAMS: readonly StreamSpec[] = [0, 1, 63, 64, 65, 4095, 4096, 4097, 20_000].map((length) => ({
  name: `stream ${length}`,
  bytes: pattern(length, length),
}));
const TREE: StorageSpec = {
  name: 'Root Entry',
  children: [...STREAMS, { name: 'storage', children: [{ name: 'inner', bytes: pattern(300, 1) }] }],
};

const open = (bytes: Uint8Array) => CompoundFile.open(new CountingSource(bytes), new Turns({}));
const refused = (bytes: Uint8Array, place: string | RegExp, problem?: RegExp) =>
  expect(open(bytes)).rejects.toMatchObject({
    name: 'MalformedContent',
    place: typeof place === 'string' ? place : expect.stringMatching(place),
    ...(problem === undefined ? {} : { message: expect.stringMatching(problem) }),
  });

/** A file with one field changed. */
function changed(change: (bytes: Buffer, layout: ReturnType<typeof writeCompoundFile>['layout']) => void): Buffer {
  const { bytes, layout } = writeCompoundFile(TREE);
  change(bytes, layout);
  return bytes;
}

describe.each([3, 4] as const)('a compound file of version %i', (version) => {
  it('gives every stream as it was written', async () => {
    const file = await open(writeCompoundFile(TREE, { version }).bytes);
    for (const { name, bytes } of STREAMS) {
      const stream = file.find(name)!;
      expect(stream.size).toBe(bytes.length);
      expect(Buffer.from(await file.read(stream, 100_000, name)).equals(Buffer.from(bytes)), name).toBe(true);
    }
    const storage = file.root.children.find(({ name }) => name === 'storage');
    expect(storage).toMatchObject({ kind: 'storage', children: [{ name: 'inner', size: 300 }] });
  });

  it('is refused with every number of bytes it is short of', async () => {
    const { bytes } = writeCompoundFile(TREE, { version });
    for (let cut = 1; cut < bytes.length; cut += 509) {
      await refused(bytes.subarray(0, bytes.length - cut), /./);
    }
  });
});

describe('a compound file', () => {
  it('may have more allocation sectors than its header lists', async () => {
    const big = pattern(8_000_000, 3);
    const { bytes, layout } = writeCompoundFile({ name: 'Root Entry', children: [{ name: 'big', bytes: big }] });
    expect(layout.difat.length).toBeGreaterThan(0);
    const file = await open(bytes);
    expect(Buffer.from(await file.read(file.find('big')!, 1e7, 'big')).equals(big)).toBe(true);
    bytes.writeUInt32LE(layout.difat[0]! / 512 - 1, layout.difat[0]!);
    await refused(bytes, /^sector allocation table/, /used twice/);
  });

  it('may end where its last stream ends, but not before', async () => {
    const { bytes, layout } = writeCompoundFile(TREE);
    // The last sector of the longest stream changes places with the last of the file, which is the allocation table.
    const [table, stream] = [layout.fat[0]!, layout.streams.get('stream 20000')! + 39 * 512];
    const [from, to] = [stream / 512 - 1, table / 512 - 1];
    expect(table + 512).toBe(bytes.length);
    bytes.writeUInt32LE(to, table + (from - 1) * 4);
    bytes.writeUInt32LE(0xfffffffe, table + to * 4);
    bytes.writeUInt32LE(0xfffffffd, table + from * 4);
    bytes.writeUInt32LE(from, 76);
    const [last, allocation] = [Buffer.from(bytes.subarray(stream, stream + 512)), bytes.subarray(table)];
    allocation.copy(bytes, stream);
    last.copy(bytes, table);
    const used = 20_000 - 39 * 512;
    for (const length of [512, used]) {
      const file = await open(bytes.subarray(0, table + length));
      const content = await file.read(file.find('stream 20000')!, 20_000, 'x');
      expect(Buffer.from(content).equals(pattern(20_000, 20_000)), String(length)).toBe(true);
    }
    await refused(bytes.subarray(0, table + used - 1), /^stream \d+$/, /file ends inside/);
  });

  it('may have free sectors inside, which are nobody’s', async () => {
    const { bytes, layout } = writeCompoundFile(TREE);
    const at = layout.streams.get('stream 20000')! / 512 - 1;
    // The stream becomes one of 4097 bytes; the rest of its chain is left.
    const entry = bytes.indexOf(Buffer.from('stream 20000', 'utf16le'));
    bytes.writeUInt32LE(4097, entry + 120);
    const file = await open(bytes);
    expect((await file.read(file.find('stream 20000')!, 5000, 'x')).length).toBe(4097);
    expect(at).toBeGreaterThan(0);
  });

  it.each<[string, string, Parameters<typeof changed>[0]]>([
    ['signature', 'compound file header', (bytes) => bytes.writeUInt8(0xd1, 0)],
    ['version', 'compound file header, offset 0x1a', (bytes) => bytes.writeUInt16LE(5, 26)],
    ['byte order', 'compound file header, offset 0x1c', (bytes) => bytes.writeUInt16LE(0xfeff, 28)],
    ['sector size', 'compound file header, offset 0x1e', (bytes) => bytes.writeUInt16LE(12, 30)],
    ['short sector size', 'compound file header, offset 0x20', (bytes) => bytes.writeUInt16LE(7, 32)],
    ['cutoff', 'compound file header, offset 0x38', (bytes) => bytes.writeUInt32LE(512, 56)],
  ])('is refused for a wrong %s', async (_title, place, change) => {
    await refused(changed(change), place);
  });

  it.each<[string, RegExp, RegExp, Parameters<typeof changed>[0]]>([
    [
      'a directory outside of the file',
      /^directory, sector 0x5000$/,
      /not in the file/,
      (bytes) => bytes.writeUInt32LE(0x5000, 48),
    ],
    [
      'a directory chain that runs in a circle',
      /^directory, sector/,
      /used twice/,
      (bytes, { directory, fat }) => bytes.writeUInt32LE(directory / 512 - 1, fat[0]! + (directory / 512 - 1) * 4),
    ],
    [
      'a stream chain that runs in a circle',
      /^stream \d+, sector/,
      /used twice/,
      (bytes, { streams, fat }) => {
        const first = streams.get('stream 20000')! / 512 - 1;
        bytes.writeUInt32LE(first, fat[0]! + (first + 3) * 4);
      },
    ],
    [
      'two streams that share a sector',
      /^stream \d+, sector/,
      /used twice/,
      (bytes, { streams, fat }) => {
        const first = streams.get('stream 20000')! / 512 - 1;
        bytes.writeUInt32LE(streams.get('stream 4097')! / 512, fat[0]! + first * 4);
      },
    ],
    [
      'two short streams that share a sector',
      /^stream \d+, short sector/,
      /used twice/,
      (bytes, { miniFat }) => bytes.writeUInt32LE(0, miniFat + 3 * 4),
    ],
    [
      'a stream chain that ends early',
      /^stream \d+, sector 0xfffffffe$/,
      /not in the file/,
      (bytes, { streams, fat }) =>
        bytes.writeUInt32LE(0xfffffffe, fat[0]! + (streams.get('stream 20000')! / 512 - 1) * 4),
    ],
    [
      'a stream inside the allocation table',
      /^stream \d+, sector/,
      /used twice/,
      (bytes, { fat }) => {
        const entry = bytes.indexOf(Buffer.from('stream 20000', 'utf16le'));
        bytes.writeUInt32LE(fat[0]! / 512 - 1, entry + 116);
      },
    ],
    [
      'a stream longer than the file',
      /^stream \d+$/,
      /longer than the file/,
      (bytes) => bytes.writeUInt32LE(0x7fffffff, bytes.indexOf(Buffer.from('stream 20000', 'utf16le')) + 120),
    ],
    [
      'a tree that runs in a circle',
      /^directory entry \d+$/,
      /reached twice/,
      (bytes, { directory }) => {
        const top = bytes.readUInt32LE(directory + 76);
        bytes.writeUInt32LE(top, directory + top * 128 + 68);
      },
    ],
    [
      'a tree that leaves the directory',
      /^directory entry 5000$/,
      /not in the directory/,
      (bytes, { directory }) => bytes.writeUInt32LE(5000, directory + 76),
    ],
    [
      'a storage that holds the root',
      /^directory entry 0$/,
      /reached twice/,
      (bytes, { directory }) => bytes.writeUInt32LE(0, directory + 76),
    ],
    [
      'a tree that is not sorted',
      /^directory entry \d+$/,
      /not in its order/,
      (bytes, { directory }) => {
        const top = directory + bytes.readUInt32LE(directory + 76) * 128;
        const [left, right] = [bytes.readUInt32LE(top + 68), bytes.readUInt32LE(top + 72)];
        bytes.writeUInt32LE(right, top + 68);
        bytes.writeUInt32LE(left, top + 72);
      },
    ],
    [
      'two streams whose names differ in case only',
      /^directory entry \d+$/,
      /not in its order/,
      (bytes) => {
        bytes.write('STREAM 64', bytes.indexOf(Buffer.from('stream 63', 'utf16le')), 'utf16le');
      },
    ],
    [
      'a name with a zero inside',
      /^directory entry \d+$/,
      /name does not end/,
      (bytes) => void bytes.writeUInt16LE(0, bytes.indexOf(Buffer.from('stream 63', 'utf16le')) + 4),
    ],
    [
      'a name longer than its field',
      /^directory entry \d+$/,
      /length of its name/,
      (bytes) => void bytes.writeUInt16LE(66, bytes.indexOf(Buffer.from('stream 63', 'utf16le')) + 64),
    ],
    [
      'an entry that is neither storage nor stream',
      /^directory entry \d+$/,
      /neither/,
      (bytes) => void bytes.writeUInt8(3, bytes.indexOf(Buffer.from('stream 63', 'utf16le')) + 66),
    ],
    [
      'a root that is none',
      /^directory entry 0$/,
      /not the root/,
      (bytes, { directory }) => bytes.writeUInt8(1, directory + 66),
    ],
    [
      'short streams without end',
      /^mini stream$/,
      /more than/,
      (bytes, { directory }) => bytes.writeUInt32LE(MAX_MINI_STREAM + 1, directory + 120),
    ],
  ])('is refused for %s', async (_title, place, problem, change) => {
    await refused(changed(change), place, problem);
  });

  it.each([
    ['a byte', Buffer.from([0])],
    ['an archive', Buffer.from('PK\u0003\u0004 and the rest of an archive')],
    ['a whole sector', Buffer.alloc(512)],
    ['many sectors', Buffer.alloc(512 * 100, 'x')],
  ])('is refused with %s appended', async (_title, more) => {
    const { bytes } = writeCompoundFile(TREE);
    const end = bytes.length.toString(16);
    await refused(Buffer.concat([bytes, more]), new RegExp(`^appended data, offset 0x${end}$`), /appended/);
  });

  it.each<[string, number]>([
    ['a chain', 0xfffffffe],
    ['allocation sectors', 0xfffffffd],
    ['DIFAT sectors', 0xfffffffc],
    ['free', 0xffffffff],
  ])('is refused with a sector appended that the allocation table calls %s', async (_title, mark) => {
    const { bytes, layout } = writeCompoundFile(TREE);
    const sector = bytes.length / 512 - 1;
    expect(sector).toBeLessThan(128);
    bytes.writeUInt32LE(mark, layout.fat[0]! + sector * 4);
    await refused(Buffer.concat([bytes, Buffer.alloc(512, 'P')]), /^appended data/);
  });

  it('is refused with a sector appended to the chain of its directory or of a stream', async () => {
    for (const which of ['directory', 'stream'] as const) {
      const { bytes, layout } = writeCompoundFile(TREE);
      const sector = bytes.length / 512 - 1;
      let last = (which === 'directory' ? layout.directory : layout.streams.get('stream 20000')!) / 512 - 1;
      const next = (of: number): number => bytes.readUInt32LE(layout.fat[0]! + of * 4);
      while (next(last) !== 0xfffffffe) last = next(last);
      bytes.writeUInt32LE(sector, layout.fat[0]! + last * 4);
      bytes.writeUInt32LE(0xfffffffe, layout.fat[0]! + sector * 4);
      await refused(Buffer.concat([bytes, Buffer.alloc(512)]), /^appended data/);
    }
  });

  it('has a limit of depth', async () => {
    const nested = (depth: number): StorageSpec => ({
      name: 'Root Entry',
      children: depth === 0 ? [] : [{ ...nested(depth - 1), name: 's' }],
    });
    await expect(open(writeCompoundFile(nested(MAX_STORAGE_DEPTH - 1)).bytes)).resolves.toBeDefined();
    await refused(writeCompoundFile(nested(MAX_STORAGE_DEPTH)).bytes, 'directory', /too deep/);
  });

  it('reads a tree of a thousand entries that is a list', async () => {
    const children = Array.from({ length: 1000 }, (_, index) => ({
      name: String(index).padStart(4, '0'),
      bytes: Buffer.alloc(0),
    }));
    const { bytes, layout } = writeCompoundFile({ name: 'Root Entry', children });
    for (let id = 1; id <= 1000; id += 1) {
      bytes.writeUInt32LE(0xffffffff, layout.directory + id * 128 + 68);
      bytes.writeUInt32LE(id === 1000 ? 0xffffffff : id + 1, layout.directory + id * 128 + 72);
    }
    bytes.writeUInt32LE(1, layout.directory + 76);
    expect((await open(bytes)).root.children.map(({ name }) => name)).toEqual(children.map(({ name }) => name));
  });

  it('AC-98 with as many entries as are allowed is read in a moment, and with more refused', async () => {
    const children = (count: number) =>
      Array.from({ length: count }, (_, index) => ({
        name: 'ß'.repeat(25) + String(index).padStart(6, '0'),
        bytes: Buffer.alloc(0),
      }));
    const most = writeCompoundFile({ name: 'Root Entry', children: children(MAX_ENTRIES - 1) }).bytes;
    const spent = await effortOf(async () => {
      const file = await open(most);
      for (let count = 0; count < 20; count += 1) expect(file.find('x'.repeat(31))).toBeUndefined();
    });
    expect(spent).toBeLessThan(5000);
    const more = writeCompoundFile({ name: 'Root Entry', children: children(MAX_ENTRIES) }).bytes;
    await refused(more, 'directory', /more than/);
  });

  it('AC-98 takes no memory and no reads by numbers of the file alone', async () => {
    const { bytes } = writeCompoundFile(TREE, { version: 4 });
    for (const [offset, value] of [
      [40, 0xffffffff],
      [44, 0xffffffff],
      [64, 0xffffffff],
      [72, 0xffffffff],
    ] as const) {
      const copy = Buffer.from(bytes);
      copy.writeUInt32LE(value, offset);
      const source = new CountingSource(copy);
      await CompoundFile.open(source, new Turns({})).catch(() => undefined);
      expect(source.asked).toBeLessThan(2 * bytes.length);
    }
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(0xffff, copy.indexOf(Buffer.from('stream 20000', 'utf16le')) + 124);
    await refused(copy, /^stream \d+$/, /longer than the file/);
  });

  it('AC-98 is refused when it is made of too many pieces', async () => {
    const count = MAX_RUNS + 500;
    const { bytes, layout } = writeCompoundFile({
      name: 'Root Entry',
      children: [{ name: 'big', bytes: Buffer.alloc(count * 512) }],
    });
    // Backwards: each sector is a piece of its own.
    const first = layout.streams.get('big')! / 512 - 1;
    const entryAt = (sector: number): number => layout.fat[sector >> 7]! + (sector & 127) * 4;
    for (let index = 0; index < count; index += 1) {
      bytes.writeUInt32LE(index === 0 ? 0xfffffffe : first + index - 1, entryAt(first + index));
    }
    bytes.writeUInt32LE(first + count - 1, bytes.indexOf(Buffer.from('big\0', 'utf16le')) + 116);
    await refused(bytes, /^stream 1$/, /too fragmented/);
  });

  it('reads a stream only up to the limit that was asked for', async () => {
    const file = await open(writeCompoundFile(TREE).bytes);
    await expect(file.read(file.find('stream 20000')!, 19_999, 'table x')).rejects.toMatchObject({ place: 'table x' });
  });

  it('is read the same when the source gives few bytes at a time', async () => {
    const { bytes } = writeCompoundFile(TREE);
    const source = {
      size: bytes.length,
      read: (offset: number, length: number) => bytes.subarray(offset, offset + Math.min(length, 100)),
    };
    const file = await CompoundFile.open(source, new Turns({}));
    expect(Buffer.from(await file.read(file.find('stream 20000')!, 20_000, 'x')).equals(pattern(20_000, 20_000))).toBe(
      true,
    );
  });

  it('finds a stream as Windows does, and refuses one that only differs in case', async () => {
    const file = await open(writeCompoundFile(TREE).bytes);
    expect(file.find('stream 2')).toBeUndefined();
    expect(() => file.find('Stream 64')).toThrow(/another case/);
    expect(() => file.find('storage')).toThrow(/A storage has the name/);
  });
});
