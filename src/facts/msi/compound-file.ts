/**
 * Compound files, [MS-CFB] versions 3 and 4. An own reader, because the library of the field (`cfb`) takes the whole
 * file into memory and trusts its numbers: here every chain is followed once at the beginning, under limits, before a
 * single stream is read.
 */
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';
import { hex, viewOf } from './bytes.ts';
import { readExactly } from '../read-exactly.ts';
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
import { END_OF_CHAIN, Sectors, type Run } from './sectors.ts';

/** Streams shorter than this live in the mini stream, [MS-CFB] 2.2. */
const MINI_STREAM_CUTOFF = 4096;
const MINI_SECTOR = 64;
/** Bytes of all short streams together: they are kept in memory. Eight thousand streams of nearly the largest size. */
export const MAX_MINI_STREAM = 32 * 1024 ** 2;

/** Where a stream's bytes are. */
interface Location {
  readonly kind: 'sectors' | 'mini';
  readonly runs: readonly Run[];
}

export class CompoundFile {
  readonly root: StorageEntry;
  readonly #sectors: Sectors;
  readonly #miniStream: Uint8Array;
  readonly #locations: ReadonlyMap<number, Location>;
  readonly #byKey: ReadonlyMap<string, Entry>;

  private constructor(
    root: StorageEntry,
    sectors: Sectors,
    miniStream: Uint8Array,
    locations: ReadonlyMap<number, Location>,
  ) {
    this.root = root;
    this.#sectors = sectors;
    this.#miniStream = miniStream;
    this.#locations = locations;
    this.#byKey = new Map(root.children.map((entry) => [entry.key, entry]));
  }

  /**
   * Reads the structure and checks all of it: every stream has its sectors, no two share one, and the file ends with
   * the last that is needed.
   *
   * Free sectors between the others are left alone, as in any file that was changed in place: Windows never reads them.
   * @throws MalformedContent; EpmError EPM_FILE_UNREADABLE from the source
   */
  static async open(source: ByteSource): Promise<CompoundFile> {
    if (source.size < HEADER_LENGTH) throw new MalformedContent('compound file header', 'The file ends too early.');
    const header = readCompoundHeader(await readExactly(source, 0, HEADER_LENGTH, 'compound file header'));
    const sectors = await Sectors.load(source, header);
    const directory = await loadDirectory(sectors, header);
    const { bytes, next } = await loadMiniStream(sectors, header, directory);
    const locations = locate(sectors, directory, next);
    if (sectors.end < sectors.count) {
      throw new MalformedContent(
        `appended data, offset ${hex((sectors.end + 1) * sectors.size)}`,
        'The file is longer than its content: something was appended.',
      );
    }
    return new CompoundFile(directory.root, sectors, bytes, locations);
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

async function loadDirectory(sectors: Sectors, header: CompoundHeader): Promise<Directory> {
  const limit = (MAX_ENTRIES * ENTRY_LENGTH) / sectors.size;
  const runs = sectors.wholeChain(header.firstDirectorySector, limit, 'directory');
  const length = runs.reduce((sum, run) => sum + run.count, 0) * sectors.size;
  const bytes = await sectors.readAll(runs, length, 'directory');
  const directory = readDirectory(bytes, header.majorVersion);
  // Sectors without a used entry are spare: at the end of the file they would be appended data.
  let left = Math.floor(directory.lastUsed / (sectors.size / ENTRY_LENGTH)) + 1;
  for (const { first, count } of runs) {
    if (left > 0) sectors.need({ first, count: Math.min(count, left) });
    left -= count;
  }
  return directory;
}

async function loadMiniStream(
  sectors: Sectors,
  header: CompoundHeader,
  { miniStream }: Directory,
): Promise<{ bytes: Uint8Array; next: Uint32Array }> {
  if (miniStream.size > MAX_MINI_STREAM) {
    throw new MalformedContent('mini stream', `It has more than ${MAX_MINI_STREAM} bytes.`);
  }
  const runs = sectors.stream(miniStream.firstSector, miniStream.size, 'mini stream');
  const entries = Math.ceil(miniStream.size / MINI_SECTOR);
  const tableRuns = sectors.stream(header.firstMiniFatSector, entries * 4, 'mini stream allocation table');
  const table = viewOf(await sectors.readAll(tableRuns, entries * 4, 'mini stream allocation table'));
  const next = Uint32Array.from({ length: entries }, (_, index) => table.getUint32(index * 4, true));
  return { bytes: await sectors.readAll(runs, miniStream.size, 'mini stream'), next };
}

/** Follows the chain of every stream. */
function locate(sectors: Sectors, directory: Directory, miniNext: Uint32Array): Map<number, Location> {
  const locations = new Map<number, Location>();
  const miniOwned = new Ownership(miniNext.length);
  for (const stream of directory.streams) {
    const place = `stream ${stream.id}`;
    if (stream.size === 0) continue;
    // Before anything is counted by it: a size of 64 bits says nothing about the file.
    if (stream.size > sectors.count * sectors.size) {
      throw new MalformedContent(place, 'The stream is longer than the file.');
    }
    if (stream.size >= MINI_STREAM_CUTOFF) {
      locations.set(stream.id, { kind: 'sectors', runs: sectors.stream(stream.firstSector, stream.size, place) });
    } else {
      const count = Math.ceil(stream.size / MINI_SECTOR);
      locations.set(stream.id, {
        kind: 'mini',
        runs: miniChain(stream.firstSector, count, miniNext, miniOwned, place),
      });
    }
  }
  return locations;
}

function miniChain(first: number, length: number, next: Uint32Array, owned: Ownership, place: string): Run[] {
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
