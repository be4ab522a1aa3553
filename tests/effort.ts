/** How much work something is, so that a test can bound it on a machine that is busy or slow. */
import { pieceOfWork, QUIET } from '../tooling/patience.mjs';

/** @param before answer of `process.cpuUsage()` then. @returns milliseconds of CPU time of this process since */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return cpuSince(before);
}

/** CPU time of the fixed piece of work, in milliseconds: at its best, when it is compiled and the caches are warm. */
const unit = (): number => Math.min(...Array.from({ length: 3 }, () => cpuOf(pieceOfWork)));

/** CPU time of a piece of work, in milliseconds of the machine that limits are written for. */
export function effort(work: () => unknown): number {
  const spent = cpuOf(work);
  return (spent * QUIET) / unit();
}

/** The same for work that waits: what waits costs nothing. */
export async function effortOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const spent = cpuSince(before);
  return (spent * QUIET) / unit();
}

/**
 * The longest stretch of work between two calls of `next`, in milliseconds of CPU time as above; the first begins with
 * the work, the last ends with it.
 */
export async function longestEffort(work: (next: () => void) => Promise<unknown>): Promise<number> {
  let longest = 0;
  let before = process.cpuUsage();
  const next = (): void => {
    longest = Math.max(longest, cpuSince(before));
    before = process.cpuUsage();
  };
  await work(next);
  next();
  return (longest * QUIET) / unit();
}
