/** Writes compound files for tests, both versions, with storages in storages: more than the tools here can make. */
import { Folding } from '../../../../src/facts/msi/compound-directory.ts';

export interface StreamSpec {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface StorageSpec {
  readonly name: string;
  /** 32 hexadecimal digits as stored. */
  readonly classId?: string;
  readonly children: readonly (StreamSpec | StorageSpec)[];
}

/** Byte offsets of the structures, for tests that damage them. */
export interface Layout {
  readonly sectorSize: number;
  readonly fat: readonly number[];
  readonly difat: readonly number[];
  readonly directory: number;
  readonly entryCount: number;
  readonly miniFat: number;
  readonly miniStream: number;
  /** First byte of each stream of 4096 bytes and more. */
  readonly streams: ReadonlyMap<string, number>;
}

const END = 0xfffffffe;
const FREE = 0xffffffff;

interface Node {
  readonly spec: StreamSpec | StorageSpec;
  id: number;
  left: number;
  right: number;
  child: number;
  start: number;
  size: number;
}

export function writeCompoundFile(
  root: StorageSpec,
  options: {
    readonly version?: 3 | 4;
    /** Content of sectors that are free, after those of the streams. */
    readonly free?: Uint8Array;
    /** Content of short sectors that are free, after those of the streams. */
    readonly freeShort?: Uint8Array;
  } = {},
): { readonly bytes: Buffer; readonly layout: Layout } {
  const version = options.version ?? 3;
  const sectorSize = version === 3 ? 512 : 4096;
  const nodes: Node[] = [];
  collect(root, nodes);

  const sectors: Buffer[] = [];
  const fat: number[] = [];
  /** Appends bytes as a chain of sectors; gives the first. */
  const append = (bytes: Buffer, mark?: number): number => {
    const first = sectors.length;
    const count = Math.ceil(bytes.length / sectorSize);
    for (let index = 0; index < count; index += 1) {
      const sector = Buffer.alloc(sectorSize);
      bytes.copy(sector, 0, index * sectorSize);
      sectors.push(sector);
      fat.push(mark ?? (index === count - 1 ? END : first + index + 1));
    }
    return count === 0 ? END : first;
  };
  const offsetOf = (sector: number): number => (sector + 1) * sectorSize;

  const streams = new Map<string, number>();
  const mini: Buffer[] = [];
  const miniFat: number[] = [];
  for (const node of nodes) {
    if (!('bytes' in node.spec)) continue;
    const bytes = Buffer.from(node.spec.bytes);
    node.size = bytes.length;
    if (bytes.length === 0) {
      node.start = END;
    } else if (bytes.length >= 4096) {
      node.start = append(bytes);
      streams.set(node.spec.name, offsetOf(node.start));
    } else {
      node.start = miniFat.length;
      const count = Math.ceil(bytes.length / 64);
      mini.push(bytes, Buffer.alloc(count * 64 - bytes.length));
      for (let index = 1; index < count; index += 1) miniFat.push(miniFat.length + 1);
      miniFat.push(END);
    }
  }
  if (options.freeShort !== undefined) {
    mini.push(Buffer.from(options.freeShort));
    for (let at = 0; at < options.freeShort.length; at += 64) miniFat.push(FREE);
  }
  if (options.free !== undefined) append(Buffer.from(options.free), FREE);
  const miniBytes = Buffer.concat(mini);
  const top = nodes[0]!;
  top.start = append(miniBytes);
  top.size = miniBytes.length;
  const miniFatSector = append(numbers(miniFat, sectorSize));
  const directory = Buffer.alloc(Math.ceil((nodes.length * 128) / sectorSize) * sectorSize);
  for (let at = 0; at < directory.length; at += 128) directory.fill(0xff, at + 68, at + 80);
  for (const node of nodes) entryOf(node).copy(directory, node.id * 128);
  const directorySector = append(directory);

  // FAT and DIFAT sectors stand in the FAT themselves.
  const perSector = sectorSize / 4;
  let fatCount = 0;
  let difatCount = 0;
  for (;;) {
    const neededFat = Math.ceil((fat.length + fatCount + difatCount) / perSector);
    const neededDifat = Math.ceil(Math.max(0, neededFat - 109) / (perSector - 1));
    if (neededFat === fatCount && neededDifat === difatCount) break;
    [fatCount, difatCount] = [neededFat, neededDifat];
  }
  const firstFat = sectors.length;
  const fatSectors = Array.from({ length: fatCount }, (_, index) => firstFat + index);
  const firstDifat = firstFat + fatCount;
  const table = [...fat, ...fatSectors.map(() => 0xfffffffd), ...Array<number>(difatCount).fill(0xfffffffc)];
  append(numbers(table, sectorSize), 0xfffffffd);
  const listed = fatSectors.slice(109);
  for (let index = 0; index < difatCount; index += 1) {
    const part = listed.slice(index * (perSector - 1), (index + 1) * (perSector - 1));
    while (part.length < perSector - 1) part.push(FREE);
    append(numbers([...part, index === difatCount - 1 ? END : firstDifat + index + 1], sectorSize), 0xfffffffc);
  }

  const header = Buffer.alloc(sectorSize);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(header);
  header.writeUInt16LE(0x3e, 24);
  header.writeUInt16LE(version, 26);
  header.writeUInt16LE(0xfffe, 28);
  header.writeUInt16LE(version === 3 ? 9 : 12, 30);
  header.writeUInt16LE(6, 32);
  header.writeUInt32LE(version === 3 ? 0 : directory.length / sectorSize, 40);
  header.writeUInt32LE(fatCount, 44);
  header.writeUInt32LE(directorySector, 48);
  header.writeUInt32LE(4096, 56);
  header.writeUInt32LE(miniFatSector, 60);
  header.writeUInt32LE(Math.ceil((miniFat.length * 4) / sectorSize), 64);
  header.writeUInt32LE(difatCount === 0 ? END : firstDifat, 68);
  header.writeUInt32LE(difatCount, 72);
  for (let index = 0; index < 109; index += 1) header.writeUInt32LE(fatSectors[index] ?? FREE, 76 + index * 4);
  return {
    bytes: Buffer.concat([header, ...sectors]),
    layout: {
      sectorSize,
      fat: fatSectors.map(offsetOf),
      difat: Array.from({ length: difatCount }, (_, index) => offsetOf(firstDifat + index)),
      directory: offsetOf(directorySector),
      entryCount: nodes.length,
      miniFat: offsetOf(miniFatSector),
      miniStream: offsetOf(top.start),
      streams,
    },
  };
}

function collect(spec: StreamSpec | StorageSpec, nodes: Node[]): Node {
  const node: Node = { spec, id: nodes.length, left: FREE, right: FREE, child: FREE, start: 0, size: 0 };
  nodes.push(node);
  if ('bytes' in spec) return node;
  const children = spec.children.map((child) => collect(child, nodes)).sort((a, b) => order(a.spec.name, b.spec.name));
  node.child = balanced(children)?.id ?? FREE;
  return node;
}

const folding = new Folding();

function order(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return folding.keyOf(a) < folding.keyOf(b) ? -1 : 1;
}

function balanced(sorted: readonly Node[]): Node | undefined {
  const middle = sorted[sorted.length >> 1];
  if (middle === undefined) return undefined;
  middle.left = balanced(sorted.slice(0, sorted.length >> 1))?.id ?? FREE;
  middle.right = balanced(sorted.slice((sorted.length >> 1) + 1))?.id ?? FREE;
  return middle;
}

function entryOf(node: Node): Buffer {
  const entry = Buffer.alloc(128);
  const isStream = 'bytes' in node.spec;
  entry.write(node.spec.name, 0, 'utf16le');
  entry.writeUInt16LE(node.spec.name.length * 2 + 2, 64);
  entry.writeUInt8(node.id === 0 ? 5 : isStream ? 2 : 1, 66);
  entry.writeUInt8(1, 67);
  entry.writeUInt32LE(node.left, 68);
  entry.writeUInt32LE(node.right, 72);
  entry.writeUInt32LE(node.child, 76);
  if ('children' in node.spec && node.spec.classId !== undefined) Buffer.from(node.spec.classId, 'hex').copy(entry, 80);
  entry.writeUInt32LE(node.start, 116);
  entry.writeUInt32LE(node.size, 120);
  return entry;
}

function numbers(values: readonly number[], sectorSize: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((values.length * 4) / sectorSize) * sectorSize, 0xff);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return bytes;
}
