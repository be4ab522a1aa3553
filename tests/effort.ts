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

/** Milliseconds of CPU time of this machine in those of the one that limits are written for. */
export function ofQuietMachine(milliseconds: number): number {
  return (milliseconds * QUIET) / unit();
}

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
  const stretches = new Stretches();
  stretches.begin();
  await work(() => stretches.next());
  stretches.next();
  return stretches.longest;
}

/**
 * The least of up to five measurements, taken as long as they are not below a limit: what an input makes long is long each
 * time, what other programs, or the garbage of earlier work, make long is not.
 */
export async function leastOf(limit: number, measure: () => Promise<number>): Promise<number> {
  let least = await measure();
  for (let again = 0; again < 4 && least >= limit; again += 1) least = Math.min(least, await measure());
  return least;
}

/** Stretches of work that follow each other, measured in CPU time. */
export class Stretches {
  #longest = 0;
  #before = process.cpuUsage();

  /** What comes now is a new stretch; what was before is none. */
  begin(): void {
    this.#before = process.cpuUsage();
  }

  /** One stretch ends, and another begins. */
  next(): void {
    this.#longest = Math.max(this.#longest, cpuSince(this.#before));
    this.begin();
  }

  /** The longest up to now, in milliseconds of the machine that limits are written for. */
  get longest(): number {
    return ofQuietMachine(this.#longest);
  }

  /** The same in milliseconds of this machine, which takes no measuring. */
  get longestHere(): number {
    return this.#longest;
  }
}
