/**
 * Compound files, [MS-CFB] versions 3 and 4. An own reader, because the library of the field (`cfb`) takes the whole
 * file into memory and trusts its numbers: here every chain is followed once at the beginning, under limits, before a
 * single stream is read.
 */
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';
import { hex, viewOf } from './bytes.ts';
import { readExactly } from '../read-exactly.ts';
import type { Turns } from '../turns.ts';
import {
  ENTRY_LENGTH,
  Folding,
  MAX_ENTRIES,
  readDirectory,
  type Directory,
  type Entry,
  type StorageEntry,
  type StreamEntry,
} from './compound-directory.ts';
import { HEADER_LENGTH, readCompoundHeader, type CompoundHeader } from './compound-header.ts';
import { Ownership } from './ownership.ts';
import { END_OF_CHAIN, holdsContent, Sectors, type Run } from './sectors.ts';

/** Streams shorter than this live in the mini stream, [MS-CFB] 2.2. */
const MINI_STREAM_CUTOFF = 4096;
const MINI_SECTOR = 64;
/** Bytes of all short streams together: they are kept in memory. Eight thousand streams of nearly the largest size. */
export const MAX_MINI_STREAM = 32 * 1024 ** 2;

/** Steps of work for a stream: a short one has up to 64 sectors. */
const LOCATE_STEPS = 256;
/** The same for making an entry of the root one that is found by its name. */
const LOOKUP_STEPS = 32;

/** Where a stream's bytes are. */
interface Location {
  readonly kind: 'sectors' | 'mini';
  readonly runs: readonly Run[];
}

export class CompoundFile {
  readonly root: StorageEntry;
  /** For whoever works on what the file holds. */
  readonly turns: Turns;
  /** Bytes of free places of the mini stream and of the directory that hold something which no stream owns. */
  readonly unownedBytes: number;
  /** Bytes of the longest stream of all storages. */
  readonly longestStream: number;
  readonly #source: ByteSource;
  readonly #sectors: Sectors;
  readonly #miniStream: Uint8Array;
  readonly #locations: ReadonlyMap<number, Location>;
  readonly #byKey: ReadonlyMap<string, Entry>;

  private constructor(parts: {
    readonly source: ByteSource;
    readonly turns: Turns;
    readonly root: StorageEntry;
    readonly sectors: Sectors;
    readonly miniStream: Uint8Array;
    readonly locations: ReadonlyMap<number, Location>;
    readonly unownedBytes: number;
    readonly longestStream: number;
    readonly byKey: ReadonlyMap<string, Entry>;
  }) {
    this.root = parts.root;
    this.turns = parts.turns;
    this.unownedBytes = parts.unownedBytes;
    this.longestStream = parts.longestStream;
    this.#source = parts.source;
    this.#sectors = parts.sectors;
    this.#miniStream = parts.miniStream;
    this.#locations = parts.locations;
    this.#byKey = parts.byKey;
  }

  /**
   * Reads the structure and checks all of it: every stream has its sectors, no two share one, and the file ends with
   * the last that is needed.
   *
   * Free sectors between the others are left alone, as in any file that was changed in place: see
   * {@link checkUnowned}.
   * @throws MalformedContent; EpmError EPM_FILE_UNREADABLE from the source
   */
  static async open(source: ByteSource, turns: Turns): Promise<CompoundFile> {
    if (source.size < HEADER_LENGTH) throw new MalformedContent('compound file header', 'The file ends too early.');
    const header = readCompoundHeader(await readExactly(source, 0, HEADER_LENGTH, 'compound file header'));
    const sectors = await Sectors.load(source, header, turns);
    const directory = await loadDirectory(sectors, header, turns);
    const miniStream = await loadMiniStream(sectors, header, directory, turns);
    const locations = await locate(sectors, directory, miniStream, turns);
    if (sectors.end < sectors.count) {
      throw new MalformedContent(
        `appended data, offset ${hex((sectors.end + 1) * sectors.size)}`,
        'The file is longer than its content: something was appended.',
      );
    }
    const unownedBytes = directory.unownedBytes + (await unownedIn(miniStream, turns));
    const byKey = new Map<string, Entry>();
    for (const entry of directory.root.children) {
      byKey.set(entry.key, entry);
      const turn = turns.take(LOOKUP_STEPS);
      if (turn !== undefined) await turn;
    }
    return new CompoundFile({
      source,
      turns,
      root: directory.root,
      sectors,
      miniStream: miniStream.bytes,
      locations,
      unownedBytes,
      longestStream: directory.streams.reduce((longest, { size }) => Math.max(longest, size), 0),
      byKey,
    });
  }

  /**
   * Refuses content that no stream owns: free sectors, and the rest of a header that takes a sector of 4096 bytes. A
   * digest over the streams does not cover it, so that a signed package could be an archive too. Signing tools leave
   * nothing there, and Windows was seen to refuse the signature of such a package (ebourg, osslsigncode #273).
   * @throws MalformedContent
   */
  async checkUnowned(): Promise<void> {
    const rest = this.#sectors.size - HEADER_LENGTH;
    const header = await readExactly(this.#source, HEADER_LENGTH, rest, 'compound file header');
    if (holdsContent(header)) {
      throw new MalformedContent(`compound file header, offset ${hex(HEADER_LENGTH)}`, 'Something follows the header.');
    }
    const sector = await this.#sectors.firstUnownedContent();
    if (sector === undefined) return;
    throw new MalformedContent(
      `free sector, offset ${hex((sector + 1) * this.#sectors.size)}`,
      'The package is signed, and holds something that belongs to no stream and is not covered.',
    );
  }

  /**
   * A stream of the root storage by its name, as Windows finds it: without case.
   * @throws MalformedContent when it is written in another case, or is a storage
   */
  find(name: string): StreamEntry | undefined {
    const entry = this.#byKey.get(new Folding().keyOf(name));
    if (entry === undefined) return undefined;
    if (entry.name !== name) throw new MalformedContent('directory', 'A known name is written in another case.');
    if (entry.kind !== 'stream') throw new MalformedContent('directory', 'A storage has the name of a known stream.');
    return entry;
  }

  /** Bytes of a stream in pieces of at most 1 MiB. */
  async *chunks(stream: StreamEntry): AsyncGenerator<Uint8Array, void, undefined> {
    const location = this.#locations.get(stream.id);
    if (location === undefined) return;
    if (location.kind === 'sectors') {
      yield* this.#sectors.read(location.runs, stream.size, `stream ${stream.id}`);
      return;
    }
    let left = stream.size;
    for (const { first, count } of location.runs) {
      const piece = this.#miniStream.subarray(first * MINI_SECTOR, (first + count) * MINI_SECTOR).subarray(0, left);
      yield piece;
      left -= piece.length;
    }
  }

  /**
   * A whole stream.
   * @param limit bytes
   * @param place for messages
   * @throws MalformedContent when it is longer
   */
  async read(stream: StreamEntry, limit: number, place: string): Promise<Uint8Array> {
    if (stream.size > limit) throw new MalformedContent(place, `It has more than ${limit} bytes.`);
    const bytes = new Uint8Array(stream.size);
    let at = 0;
    for await (const piece of this.chunks(stream)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }
}

async function loadDirectory(sectors: Sectors, header: CompoundHeader, turns: Turns): Promise<Directory> {
  const limit = (MAX_ENTRIES * ENTRY_LENGTH) / sectors.size;
  const runs = await sectors.wholeChain(header.firstDirectorySector, limit, 'directory');
  const length = runs.reduce((sum, run) => sum + run.count, 0) * sectors.size;
  const bytes = await sectors.readAll(runs, length, 'directory');
  const directory = await readDirectory(bytes, header.majorVersion, turns);
  // Sectors without a used entry are spare: at the end of the file they would be appended data.
  let left = Math.floor(directory.lastUsed / (sectors.size / ENTRY_LENGTH)) + 1;
  for (const { first, count } of runs) {
    if (left > 0) sectors.need({ first, count: Math.min(count, left) });
    left -= count;
  }
  return directory;
}

/** Short streams: their bytes, which sector follows which, and which are taken. */
interface MiniStream {
  readonly bytes: Uint8Array;
  readonly next: Uint32Array;
  readonly owned: Ownership;
}

async function loadMiniStream(
  sectors: Sectors,
  header: CompoundHeader,
  { miniStream }: Directory,
  turns: Turns,
): Promise<MiniStream> {
  if (miniStream.size > MAX_MINI_STREAM) {
    throw new MalformedContent('mini stream', `It has more than ${MAX_MINI_STREAM} bytes.`);
  }
  const runs = await sectors.stream(miniStream.firstSector, miniStream.size, 'mini stream');
  const entries = Math.ceil(miniStream.size / MINI_SECTOR);
  const tableRuns = await sectors.stream(header.firstMiniFatSector, entries * 4, 'mini stream allocation table');
  const table = viewOf(await sectors.readAll(tableRuns, entries * 4, 'mini stream allocation table'));
  const next = new Uint32Array(entries);
  for (let index = 0; index < entries; index += 1) {
    next[index] = table.getUint32(index * 4, true);
    const turn = turns.take(1);
    if (turn !== undefined) await turn;
  }
  const bytes = await sectors.readAll(runs, miniStream.size, 'mini stream');
  return { bytes, next, owned: new Ownership(entries) };
}

/** Follows the chain of every stream. */
async function locate(
  sectors: Sectors,
  directory: Directory,
  miniStream: MiniStream,
  turns: Turns,
): Promise<Map<number, Location>> {
  const locations = new Map<number, Location>();
  for (const stream of directory.streams) {
    const turn = turns.take(LOCATE_STEPS);
    if (turn !== undefined) await turn;
    const place = `stream ${stream.id}`;
    if (stream.size === 0) continue;
    // Before anything is counted by it: a size of 64 bits says nothing about the file.
    if (stream.size > sectors.count * sectors.size) {
      throw new MalformedContent(place, 'The stream is longer than the file.');
    }
    if (stream.size >= MINI_STREAM_CUTOFF) {
      locations.set(stream.id, { kind: 'sectors', runs: await sectors.stream(stream.firstSector, stream.size, place) });
    } else {
      const count = Math.ceil(stream.size / MINI_SECTOR);
      locations.set(stream.id, { kind: 'mini', runs: miniChain(stream.firstSector, count, miniStream, place) });
    }
  }
  return locations;
}

/** At most as many sectors as a short stream has. */
function miniChain(first: number, length: number, { next, owned }: MiniStream, place: string): Run[] {
  const runs: { first: number; count: number }[] = [];
  let sector = first;
  for (let left = length; left > 0; left -= 1) {
    if (sector >= next.length || !owned.take(sector)) {
      const problem = sector >= next.length ? 'is not in the mini stream' : 'is used twice';
      throw new MalformedContent(`${place}, short sector ${hex(sector)}`, `The sector ${problem}.`);
    }
    const last = runs.at(-1);
    if (last !== undefined && last.first + last.count === sector) last.count += 1;
    else runs.push({ first: sector, count: 1 });
    sector = next[sector] ?? END_OF_CHAIN;
  }
  return runs;
}

/** Bytes of short sectors that nobody owns and that hold something. */
async function unownedIn({ bytes, next, owned }: MiniStream, turns: Turns): Promise<number> {
  let unowned = 0;
  for (let sector = 0; sector < next.length; sector += 1) {
    const turn = turns.take(32);
    if (turn !== undefined) await turn;
    if (owned.has(sector)) continue;
    const content = bytes.subarray(sector * MINI_SECTOR, (sector + 1) * MINI_SECTOR);
    if (holdsContent(content)) unowned += content.length;
  }
  return unowned;
}
