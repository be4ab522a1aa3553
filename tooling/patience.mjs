/**
 * Limits that hold on a slow machine. A limit is written in milliseconds of a quiet machine, and stands for as many times
 * more as this one is slower: by a fixed piece of work that is measured when the run starts, and by its load now.
 */
import { availableParallelism, loadavg } from 'node:os';

/** What `pieceOfWork` takes on the machine that limits are written for, in milliseconds. */
export const QUIET = 30;

/** Pieces that are measured: long enough that other programs get their turns meanwhile. */
const PIECES = 8;

/** The fixed piece of work: arithmetic, and memory that does not fit into the fast caches. @returns its result */
export function pieceOfWork() {
  const table = new Uint32Array(1 << 20);
  let value = 1;
  for (let index = 0; index < 6_000_000; index += 1) {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    table[value >>> 12] += index;
  }
  return table[0] + value;
}

/** Measures this machine and hands the result to the processes it starts. To be called once, when a run starts. */
export function measurePatience() {
  pieceOfWork();
  const start = performance.now();
  for (let piece = 0; piece < PIECES; piece += 1) pieceOfWork();
  process.env['EPM_SLOWNESS'] = ((performance.now() - start) / PIECES / QUIET).toFixed(2);
}

/** How many times slower than a quiet machine this one is; at least 1. */
export function slowness() {
  const load = (loadavg()[0] ?? 0) / availableParallelism();
  return Math.max(1, load, Number(process.env['EPM_SLOWNESS'] ?? 1));
}

/** A limit for this machine. @param milliseconds on a quiet one */
export const patient = (milliseconds) => Math.ceil(milliseconds * slowness());
