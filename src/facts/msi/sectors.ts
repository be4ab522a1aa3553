/**
 * Sectors of a compound file and the chains that link them, [MS-CFB] 2.3 and 2.5. Every sector has one owner: a second
 * chain through it is refused, which also ends every cycle.
 */
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';
import { hex, viewOf } from './bytes.ts';
import { readExactly } from '../read-exactly.ts';
import type { Turns } from '../turns.ts';
import type { CompoundHeader } from './compound-header.ts';
import { Ownership } from './ownership.ts';

/** Neighbouring sectors of a chain. */
export interface Run {
  readonly first: number;
  readonly count: number;
}

export const END_OF_CHAIN = 0xfffffffe;

/** Runs that all chains together may have. Each is one read; packages as tools write them have a few dozen. */
export const MAX_RUNS = 131_072;
/** Bytes read at once. */
const MAX_READ = 1024 * 1024;
/** Steps of work that a read takes besides its bytes, and bytes that are copied or compared in one. */
const READ_STEPS = 256;
const BYTES_PER_STEP = 256;

export class Sectors {
  readonly size: number;
  /** Sectors after the header. Some writers cut the last one where its stream ends. */
  readonly count: number;
  readonly #source: ByteSource;
  readonly #turns: Turns;
  readonly #owned: Ownership;
  /** Next sector of each; the part of the FAT that stands for sectors that exist. */
  #next = new Uint32Array(0);
  #runs = 0;
  #end = 0;

  private constructor(source: ByteSource, size: number, turns: Turns) {
    this.#source = source;
    this.#turns = turns;
    this.size = size;
    this.count = Math.max(Math.ceil(source.size / size) - 1, 0);
    this.#owned = new Ownership(this.count);
  }

  /** @throws MalformedContent; EpmError EPM_FILE_UNREADABLE from the source */
  static async load(source: ByteSource, header: CompoundHeader, turns: Turns): Promise<Sectors> {
    const sectors = new Sectors(source, header.sectorSize, turns);
    await sectors.#loadFat(header);
    return sectors;
  }

  /** First sector after the last that the content needs. */
  get end(): number {
    return this.#end;
  }

  /** Marks sectors that the content needs, so that they are no appended data. */
  need(run: Run): void {
    this.#end = Math.max(this.#end, run.first + run.count);
  }

  /**
   * Takes the sectors of a stream and marks them as needed.
   * @param length bytes, of which the caller knows that the file has as many
   * @throws MalformedContent as {@link chain}, and when the file ends inside of the stream
   */
  async stream(first: number, length: number, place: string): Promise<Run[]> {
    const runs = await this.chain(first, Math.ceil(length / this.size), place);
    let left = length;
    for (const run of runs) {
      const end = (run.first + 1) * this.size + Math.min(left, run.count * this.size);
      if (end > this.#source.size) throw new MalformedContent(place, 'The file ends inside of it.');
      left -= run.count * this.size;
      this.need(run);
    }
    return runs;
  }

  /**
   * Follows a chain and takes its sectors.
   * @param length sectors: exactly as many are followed, what the chain has beyond is nobody's
   * @param place for messages
   * @throws MalformedContent when the chain is shorter, leaves the file or meets another
   */
  chain(first: number, length: number, place: string): Promise<Run[]> {
    return this.#follow(first, place, (_sector, taken) => taken < length);
  }

  /**
   * Follows a chain of unknown length to its end and takes its sectors.
   * @param limit sectors
   */
  wholeChain(first: number, limit: number, place: string): Promise<Run[]> {
    return this.#follow(first, place, (sector, taken) => {
      if (sector === END_OF_CHAIN) return false;
      if (taken === limit) throw new MalformedContent(place, `It has more than ${limit} sectors.`);
      return true;
    });
  }

  /** @param goesOn asked before each sector, with how many were taken */
  async #follow(first: number, place: string, goesOn: (sector: number, taken: number) => boolean): Promise<Run[]> {
    const runs: Run[] = [];
    let next = first;
    for (let taken = 0; goesOn(next, taken);) {
      const start = next;
      let count = 0;
      do {
        this.#take(next, place);
        next = this.#after(next, place);
        count += 1;
        const turn = this.#turns.take(4);
        if (turn !== undefined) await turn;
      } while (next === start + count && goesOn(next, taken + count));
      taken += count;
      this.#countRun(place);
      runs.push({ first: start, count });
    }
    return runs;
  }

  /**
   * Bytes of a chain in pieces of at most 1 MiB.
   * @param length bytes, at most what the runs hold
   */
  async *read(runs: readonly Run[], length: number, place: string): AsyncGenerator<Uint8Array, void, undefined> {
    let left = length;
    for (const run of runs) {
      const end = (run.first + run.count + 1) * this.size;
      for (let offset = (run.first + 1) * this.size; offset < end && left > 0;) {
        const piece = await readExactly(this.#source, offset, Math.min(MAX_READ, end - offset, left), place);
        yield piece;
        offset += piece.length;
        left -= piece.length;
        const turn = this.#turns.take(READ_STEPS + piece.length / BYTES_PER_STEP);
        if (turn !== undefined) await turn;
      }
    }
  }

  /** The first bytes of a chain, at once. Its sectors exist, so no more memory is taken than the file has. */
  async readAll(runs: readonly Run[], length: number, place: string): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let at = 0;
    for await (const piece of this.read(runs, length, place)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  /**
   * The first sector that no stream and no structure owns and that holds something: free sectors are filled with one
   * byte, as writers leave them, or hold what somebody put there.
   * @returns its number; undefined: there is none
   */
  async firstUnownedContent(): Promise<number | undefined> {
    const most = MAX_READ / this.size;
    for (let sector = 0; sector < this.count;) {
      const turn = this.#turns.take(4);
      if (turn !== undefined) await turn;
      let end = sector;
      while (end < this.count && end - sector < most && !this.#owned.has(end)) end += 1;
      if (end === sector) {
        sector += 1;
        continue;
      }
      const offset = (sector + 1) * this.size;
      const length = Math.min((end - sector) * this.size, this.#source.size - offset);
      const bytes = await readExactly(this.#source, offset, length, 'free sectors');
      await this.#turns.take(READ_STEPS + length / BYTES_PER_STEP);
      for (let at = 0; at < length; at += this.size) {
        if (holdsContent(bytes.subarray(at, at + this.size))) return sector + at / this.size;
      }
      sector = end;
    }
    return undefined;
  }

  /** The FAT lies in sectors that the DIFAT lists: the first in the header, the rest in a chain of its own. */
  async #loadFat(header: CompoundHeader): Promise<void> {
    const perSector = this.size / 4;
    // More are allowed, since a FAT does not shrink with its file, but say nothing of sectors that exist.
    const used = Math.min(Math.ceil(this.count / perSector), header.fatSectorCount);
    this.#next = new Uint32Array(used * perSector);
    let index = 0;
    let list: Uint32Array = Uint32Array.from(header.difat);
    let difatSector = header.firstDifatSector;
    for (;;) {
      for (const sector of list.subarray(0, used - index)) {
        this.#take(sector, 'sector allocation table');
        this.need({ first: sector, count: 1 });
        this.#countRun('sector allocation table');
        const entries = await this.#readNumbers(sector, 'sector allocation table');
        await this.#turns.take(READ_STEPS + perSector * 2);
        this.#next.set(entries, index * perSector);
        index += 1;
      }
      if (index === used) return;
      this.#take(difatSector, 'DIFAT');
      this.need({ first: difatSector, count: 1 });
      this.#countRun('DIFAT');
      const entries = await this.#readNumbers(difatSector, 'DIFAT');
      list = entries.subarray(0, perSector - 1);
      difatSector = entries[perSector - 1] ?? END_OF_CHAIN;
    }
  }

  async #readNumbers(sector: number, place: string): Promise<Uint32Array> {
    const view = viewOf(await readExactly(this.#source, (sector + 1) * this.size, this.size, place));
    return Uint32Array.from({ length: this.size / 4 }, (_, index) => view.getUint32(index * 4, true));
  }

  #take(sector: number, place: string): void {
    if (sector >= this.count) {
      throw new MalformedContent(`${place}, sector ${hex(sector)}`, 'The sector is not in the file.');
    }
    if (!this.#owned.take(sector)) {
      throw new MalformedContent(`${place}, sector ${hex(sector)}`, 'The sector is used twice.');
    }
  }

  #after(sector: number, place: string): number {
    const next = this.#next[sector];
    if (next === undefined) {
      throw new MalformedContent(`${place}, sector ${hex(sector)}`, 'The sector is not in the allocation table.');
    }
    return next;
  }

  #countRun(place: string): void {
    this.#runs += 1;
    if (this.#runs > MAX_RUNS) throw new MalformedContent(place, 'The file is too fragmented to be read.');
  }
}

/** Whether bytes are more than a fill of zeros or of ones. */
export function holdsContent(bytes: Uint8Array): boolean {
  const [fill] = bytes;
  if (fill !== 0 && fill !== 0xff) return bytes.length > 0;
  return Buffer.compare(bytes.subarray(1), bytes.subarray(0, -1)) !== 0;
}
