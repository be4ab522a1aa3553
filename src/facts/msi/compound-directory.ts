/**
 * Directory of a compound file, [MS-CFB] 2.6: entries of 128 bytes, and in each storage a binary search tree of them.
 * The order of the tree is checked, because Windows finds a stream by searching it: what is at the wrong place there
 * would be seen here and not by Windows.
 */
import { MalformedContent } from '../malformed.ts';
import type { Turns } from '../turns.ts';
import { viewOf } from './bytes.ts';
import { Ownership } from './ownership.ts';

interface CommonEntry {
  /** UTF-16 units as stored. */
  readonly name: string;
  /** The name as Windows compares it, see {@link Folding}. */
  readonly key: string;
  /** Name as stored with its terminator, little-endian. */
  readonly rawName: Uint8Array;
  /** Four bytes as stored. */
  readonly stateBits: Uint8Array;
  /** Creation and modification time, sixteen bytes as stored. */
  readonly times: Uint8Array;
}

export interface StreamEntry extends CommonEntry {
  readonly kind: 'stream';
  /** Position in the directory. */
  readonly id: number;
  readonly firstSector: number;
  /** Bytes. */
  readonly size: number;
}

export interface StorageEntry extends CommonEntry {
  readonly kind: 'storage';
  /** Sixteen bytes as stored. */
  readonly classId: Uint8Array;
  /** In the order of the tree. */
  readonly children: readonly Entry[];
}

export type Entry = StreamEntry | StorageEntry;

export interface Directory {
  readonly root: StorageEntry;
  readonly miniStream: { readonly firstSector: number; readonly size: number };
  /** Every stream of every storage. */
  readonly streams: readonly StreamEntry[];
  /** The highest position that is used. */
  readonly lastUsed: number;
  /** Bytes of the places that no entry uses and that hold something. */
  readonly unownedBytes: number;
}

export const ENTRY_LENGTH = 128;
/** Entries of a directory. Packages with many thousands of streams are known; the directory then takes megabytes. */
export const MAX_ENTRIES = 65_536;
/** Storages inside of storages. Transforms and nested packages make two or three. */
export const MAX_STORAGE_DEPTH = 16;

const NO_STREAM = 0xffffffff;
/** Steps of work for an entry: its name is decoded and folded. */
const ENTRY_STEPS = 256;
/** The same for taking one into the storage that it belongs to. */
const CHILD_STEPS = 64;
/** An unused entry is all zeros but for its links, [MS-CFB] 2.6.3, which some writers leave zero too. */
const UNUSED = [0, 0xff].map((fill) => Buffer.alloc(ENTRY_LENGTH).fill(fill, 68, 80));
const TYPE = { storage: 1, stream: 2, root: 5 } as const;

interface RawEntry extends CommonEntry {
  readonly type: number;
  readonly left: number;
  readonly right: number;
  readonly child: number;
  readonly classId: Uint8Array;
  readonly firstSector: number;
  readonly size: number;
}

/**
 * @param bytes the whole directory stream, at most {@link MAX_ENTRIES} entries
 * @param majorVersion version 3 keeps sizes in 32 bits and may leave anything in the upper half
 * @throws MalformedContent
 */
export async function readDirectory(bytes: Uint8Array, majorVersion: 3 | 4, turns: Turns): Promise<Directory> {
  const seen = new Ownership(bytes.length / ENTRY_LENGTH);
  const streams: StreamEntry[] = [];
  const folding = new Folding();
  let lastUsed = 0;
  const take = (id: number): RawEntry => {
    if (id >= bytes.length / ENTRY_LENGTH) throw malformed(id, 'The entry is not in the directory.');
    if (!seen.take(id)) throw malformed(id, 'The entry is reached twice.');
    lastUsed = Math.max(lastUsed, id);
    return readEntry(bytes.subarray(id * ENTRY_LENGTH, (id + 1) * ENTRY_LENGTH), id, majorVersion, folding);
  };
  const rootEntry = take(0);
  if (rootEntry.type !== TYPE.root) throw malformed(0, 'The first entry is not the root.');

  const childrenOf = async (storage: RawEntry, depth: number): Promise<Entry[]> => {
    if (depth > MAX_STORAGE_DEPTH) throw new MalformedContent('directory', 'Its storages are nested too deep.');
    const children: Entry[] = [];
    for (const { id, entry } of await inOrder(storage.child, take, turns)) {
      const turn = turns.take(CHILD_STEPS);
      if (turn !== undefined) await turn;
      if (entry.type === TYPE.storage) {
        children.push(storageOf(entry, await childrenOf(entry, depth + 1)));
        continue;
      }
      if (entry.type !== TYPE.stream) throw malformed(id, 'The entry is neither a storage nor a stream.');
      const stream = streamOf(entry, id);
      streams.push(stream);
      children.push(stream);
    }
    return children;
  };
  const root = storageOf(rootEntry, await childrenOf(rootEntry, 1));
  let unownedBytes = 0;
  for (let id = 0; id < bytes.length / ENTRY_LENGTH; id += 1) {
    const turn = turns.take(32);
    if (turn !== undefined) await turn;
    if (seen.has(id)) continue;
    const entry = bytes.subarray(id * ENTRY_LENGTH, (id + 1) * ENTRY_LENGTH);
    if (!UNUSED.some((unused) => unused.equals(entry))) unownedBytes += entry.length;
  }
  const miniStream = { firstSector: rootEntry.firstSector, size: rootEntry.size };
  return { root, miniStream, streams, lastUsed, unownedBytes };
}

/** Entries of one storage from its tree, smallest first. */
async function inOrder(
  top: number,
  take: (id: number) => RawEntry,
  turns: Turns,
): Promise<{ id: number; entry: RawEntry }[]> {
  const sorted: { id: number; entry: RawEntry }[] = [];
  const open: { id: number; entry: RawEntry }[] = [];
  let next = top;
  let previous: string | undefined;
  for (;;) {
    while (next !== NO_STREAM) {
      const entry = take(next);
      open.push({ id: next, entry });
      next = entry.left;
      const turn = turns.take(ENTRY_STEPS);
      if (turn !== undefined) await turn;
    }
    const item = open.pop();
    if (item === undefined) return sorted;
    const { key } = item.entry;
    if (previous !== undefined && !isBefore(previous, key)) throw malformed(item.id, 'The entry is not in its order.');
    previous = key;
    sorted.push(item);
    next = item.entry.right;
  }
}

/** Names compare without case, [MS-CFB] 2.6.4: each UTF-16 unit by its simple upper-case form. */
export class Folding {
  /** Asking for one unit at a time is slow, and a directory has few different ones. */
  readonly #known = new Map<string, string>();

  keyOf(name: string): string {
    let key = '';
    for (let index = 0; index < name.length; index += 1) key += this.#upper(name.charAt(index));
    return key;
  }

  #upper(unit: string): string {
    let upper = this.#known.get(unit);
    if (upper === undefined) {
      upper = unit.toUpperCase();
      // "ß" has no upper-case form of one unit, so it stays.
      if (upper.length !== 1) upper = unit;
      this.#known.set(unit, upper);
    }
    return upper;
  }
}

/** The shorter name comes first, then the lower unit. */
function isBefore(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}

function readEntry(bytes: Uint8Array, id: number, majorVersion: 3 | 4, folding: Folding): RawEntry {
  const view = viewOf(bytes);
  const nameLength = view.getUint16(64, true);
  if (nameLength < 4 || nameLength > 64 || nameLength % 2 !== 0)
    throw malformed(id, 'The length of its name is wrong.');
  const name = Buffer.from(bytes.buffer, bytes.byteOffset, nameLength).toString('utf16le');
  if (name.indexOf('\0') !== name.length - 1) throw malformed(id, 'Its name does not end where its length says.');
  const low = view.getUint32(120, true);
  const size = majorVersion === 3 ? low : view.getUint32(124, true) * 2 ** 32 + low;
  return {
    name: name.slice(0, -1),
    key: folding.keyOf(name.slice(0, -1)),
    rawName: bytes.subarray(0, nameLength),
    type: view.getUint8(66),
    left: view.getUint32(68, true),
    right: view.getUint32(72, true),
    child: view.getUint32(76, true),
    classId: bytes.subarray(80, 96),
    stateBits: bytes.subarray(96, 100),
    times: bytes.subarray(100, 116),
    firstSector: view.getUint32(116, true),
    size,
  };
}

function storageOf(entry: RawEntry, children: readonly Entry[]): StorageEntry {
  const { name, key, rawName, stateBits, times, classId } = entry;
  return { kind: 'storage', name, key, rawName, stateBits, times, classId, children };
}

function streamOf(entry: RawEntry, id: number): StreamEntry {
  const { name, key, rawName, stateBits, times, firstSector, size } = entry;
  return { kind: 'stream', id, name, key, rawName, stateBits, times, firstSector, size };
}

function malformed(id: number, problem: string): MalformedContent {
  return new MalformedContent(`directory entry ${id}`, problem);
}
