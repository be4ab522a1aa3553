/** Digests of a file: every one that is asked for in one pass over its bytes. */
import { createHash, type Hash, webcrypto } from 'node:crypto';
import { EpmError } from '../model/errors.ts';
import type { DigestAlgorithm } from '../model/file-facts.ts';
import type { ByteSource } from './byte-source.ts';
import { SLOT_SIZE, type DigestLane, type DigestWorker, type DigestPiece } from './digest-worker.ts';
import { displayText } from '../text/display.ts';
import type { ByteRange } from './signed-content.ts';

export interface DigestJob {
  readonly algorithm: DigestAlgorithm;
  /** Bytes that go in, in ascending order without overlap. */
  readonly ranges: readonly ByteRange[];
  /** Bytes of value zero that go in behind them, at most seven. */
  readonly zeros?: number;
}

interface DigestOptions {
  /** Path of the file, for messages. */
  readonly path: string;
  /** A second thread for large files; absent: everything is computed here. */
  readonly worker?: DigestWorker | undefined;
  /** SHA-256 of the whole file that was begun before. */
  readonly begun?: Promise<Uint8Array> | undefined;
  /** Called after each chunk with the bytes of the file that are done. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** Bytes from which the second thread is worth its start, which takes as long as hashing some 40 MB on one core. */
const WORKER_THRESHOLD = 16 * 1024 ** 2;
/**
 * Bytes from which a file that is held in memory has its SHA-256 computed on a thread of the pool that reads files: Web
 * Crypto copies the bytes and takes them all at once.
 */
const ASIDE_THRESHOLD = 256 * 1024;
/** Chunks hashed before other work of the process gets its turn, even when the source never waits. */
const CHUNKS_PER_TURN = 4;
/** Time of one byte relative to SHA-256 with the instructions that processors of today have for it. */
const COST: Readonly<Record<DigestAlgorithm, number>> = { md5: 2.5, sha1: 0.9, sha256: 1, sha384: 1.7, sha512: 1.7 };

/** The whole of a file. */
export function wholeFile(size: number): readonly ByteRange[] {
  return [{ start: 0, end: size }];
}

/**
 * @param source the file, with its limits; each byte is read once
 * @returns the digests in the order of the jobs
 * @throws EpmError EPM_FILE_UNREADABLE also when the file ends before its size; what the source throws
 */
export async function digestFile(
  source: ByteSource,
  jobs: readonly DigestJob[],
  options: DigestOptions,
): Promise<readonly Uint8Array[]> {
  for (const job of jobs) checkRanges(job.ranges, source.size);
  const share = source.size >= WORKER_THRESHOLD && options.worker !== undefined ? divide(jobs) : undefined;
  const lane =
    share === undefined ? undefined : options.worker?.acquire(share.there.map((at) => algorithmOf(jobs, at)));
  if (share === undefined || lane === undefined) {
    const { begun } = options;
    const at = begun === undefined ? -1 : jobOfWhole(jobs, source.size);
    if (begun !== undefined && at !== -1) return digestBeside(source, jobs, options, begun, at);
    const hashes = jobs.map(({ algorithm }) => createHash(algorithm));
    await readThrough(source, options, undefined, (chunk, offset) => updateHere(hashes, jobs, chunk, offset));
    return finished(hashes, jobs);
  }
  try {
    return await digestOnBoth(source, jobs, options, share, lane);
  } finally {
    lane.release();
  }
}

interface Share {
  /** Positions of the jobs computed on this thread and on the other one. */
  readonly here: readonly number[];
  readonly there: readonly number[];
}

async function digestOnBoth(
  source: ByteSource,
  jobs: readonly DigestJob[],
  options: DigestOptions,
  share: Share,
  lane: DigestLane,
): Promise<readonly Uint8Array[]> {
  const pick = (positions: readonly number[]): DigestJob[] => positions.flatMap((at) => jobs[at] ?? []);
  const here = pick(share.here);
  const there = pick(share.there);
  const hashes = here.map(({ algorithm }) => createHash(algorithm));
  let number = 0;
  await readThrough(source, options, lane, (chunk, offset) => {
    // The other thread first: it works while this one does.
    lane.update(number, piecesOf(there, offset, chunk.length));
    number += 1;
    updateHere(hashes, here, chunk, offset);
  });
  const ours = finished(hashes, here);
  const theirs = await lane.finish(there.map(({ zeros = 0 }) => zeros));
  const result: Uint8Array[] = [];
  share.here.forEach((at, index) => (result[at] = ours[index] ?? new Uint8Array()));
  share.there.forEach((at, index) => (result[at] = theirs[index] ?? new Uint8Array()));
  return result;
}

/**
 * Begins the SHA-256 of all that is held in memory, on a thread of the pool that reads files: the headers are read meanwhile.
 * @returns undefined when nothing is held, or too little
 */
export function beginSha256({ whole, size }: ByteSource): Promise<Uint8Array> | undefined {
  if (whole === undefined || size < ASIDE_THRESHOLD) return undefined;
  const digest = webcrypto.subtle.digest('SHA-256', whole).then((result) => new Uint8Array(result));
  // Whoever fails before they wait for it leaves no unhandled rejection.
  digest.catch(() => undefined);
  return digest;
}

/** Computes the others here while the one that was begun is under way. */
async function digestBeside(
  source: ByteSource,
  jobs: readonly DigestJob[],
  options: DigestOptions,
  begun: Promise<Uint8Array>,
  at: number,
): Promise<readonly Uint8Array[]> {
  const here = jobs.filter((_, position) => position !== at);
  const hashes = here.map(({ algorithm }) => createHash(algorithm));
  await readThrough(source, options, undefined, (chunk, offset) => updateHere(hashes, here, chunk, offset));
  return finished(hashes, here).toSpliced(at, 0, await begun);
}

/** Position of the job that asks for the SHA-256 of all bytes; -1: none does. */
function jobOfWhole(jobs: readonly DigestJob[], size: number): number {
  return jobs.findIndex(({ algorithm, ranges: [first, ...others], zeros = 0 }) => {
    const isWhole = zeros === 0 && others.length === 0 && first?.start === 0 && first.end === size;
    return isWhole && algorithm === 'sha256';
  });
}

/** Divides jobs so that both threads have about as much to do; undefined: there is nothing to divide. */
function divide(jobs: readonly DigestJob[]): Share | undefined {
  if (jobs.length < 2) return undefined;
  const load = { here: 0, there: 0 };
  const share: { here: number[]; there: number[] } = { here: [], there: [] };
  const byCost = jobs.map((job, at) => ({ at, cost: COST[job.algorithm] })).sort((a, b) => b.cost - a.cost);
  for (const { at, cost } of byCost) {
    const side = load.there < load.here ? 'there' : 'here';
    load[side] += cost;
    share[side].push(at);
  }
  return share;
}

/**
 * Reads a file from its first to its last byte, the next chunk while the last one is worked on.
 * @param lane whose buffers to read into; undefined: buffers of this thread
 */
async function readThrough(
  source: ByteSource,
  { path, onProgress }: DigestOptions,
  lane: DigestLane | undefined,
  take: (chunk: Uint8Array, offset: number) => void,
): Promise<void> {
  const own = lane === undefined && source.readInto !== undefined ? ownBuffers(source.size) : undefined;
  const fetch = async (number: number): Promise<Uint8Array> => {
    const offset = number * SLOT_SIZE;
    const length = Math.min(SLOT_SIZE, source.size - offset);
    await lane?.free(number);
    return readChunk(source, path, offset, length, (lane?.slot(number) ?? own?.[number % 2])?.subarray(0, length));
  };
  const count = Math.ceil(source.size / SLOT_SIZE);
  let next = count === 0 ? undefined : fetch(0);
  for (let number = 0; next !== undefined; number += 1) {
    const chunk: Uint8Array = await next;
    next = number + 1 < count ? fetch(number + 1) : undefined;
    // A failure is seen when its chunk is awaited, also when the loop is left before that.
    next?.catch(() => undefined);
    take(chunk, number * SLOT_SIZE);
    onProgress?.(number * SLOT_SIZE + chunk.length);
    if ((number + 1) % CHUNKS_PER_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function ownBuffers(size: number): readonly Uint8Array[] {
  const length = Math.min(SLOT_SIZE, size);
  return [Buffer.allocUnsafeSlow(length), size > SLOT_SIZE ? Buffer.allocUnsafeSlow(length) : new Uint8Array(0)];
}

/** Exactly `length` bytes: in `target` when it is given. */
async function readChunk(
  source: ByteSource,
  path: string,
  offset: number,
  length: number,
  target: Uint8Array | undefined,
): Promise<Uint8Array> {
  if (target === undefined) {
    const chunk = await source.read(offset, length);
    if (chunk.length === length) return chunk;
    target = new Uint8Array(length);
  }
  let filled = 0;
  while (filled < length) {
    const rest = target.subarray(filled, length);
    let read: number;
    if (source.readInto === undefined) {
      const part = await source.read(offset + filled, rest.length);
      rest.set(part);
      read = part.length;
    } else {
      read = await source.readInto(rest, offset + filled);
    }
    if (read === 0) {
      throw new EpmError(
        'EPM_FILE_UNREADABLE',
        `The file "${displayText(path)}" ended at byte ${offset + filled} of ${source.size} while it was read.`,
      );
    }
    filled += read;
  }
  return target.subarray(0, length);
}

function updateHere(hashes: readonly Hash[], jobs: readonly DigestJob[], chunk: Uint8Array, offset: number): void {
  for (const [job, start, end] of piecesOf(jobs, offset, chunk.length)) {
    hashes[job]?.update(start === 0 && end === chunk.length ? chunk : chunk.subarray(start, end));
  }
}

function finished(hashes: readonly Hash[], jobs: readonly DigestJob[]): readonly Uint8Array[] {
  return hashes.map((hash, at) => hash.update(new Uint8Array(jobs[at]?.zeros ?? 0)).digest());
}

/** What of a chunk goes into which digest; positions are relative to the chunk. */
function piecesOf(jobs: readonly DigestJob[], offset: number, length: number): DigestPiece[] {
  return jobs.flatMap(({ ranges }, job) =>
    ranges.flatMap(({ start, end }): DigestPiece[] => {
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, length);
      return from < to ? [[job, from, to]] : [];
    }),
  );
}

/** Ranges come from the headers of a hostile file: whatever its parser made of them, they are in order and inside. */
function checkRanges(ranges: readonly ByteRange[], size: number): void {
  let position = 0;
  for (const { start, end } of ranges) {
    if (start < position || end < start || end > size) {
      throw new EpmError('EPM_INTERNAL', 'The signed ranges of a file are out of order.');
    }
    position = end;
  }
}

function algorithmOf(jobs: readonly DigestJob[], at: number): DigestAlgorithm {
  return jobs[at]?.algorithm ?? 'sha256';
}
