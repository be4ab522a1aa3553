/** How much work something is, so that a test can bound it on a machine that is busy or slow. */
import { pieceOfWork, QUIET } from '../tooling/patience.mjs';

/**
 * Other threads, and what V8 collects beside this one, are no work of the input.
 * @param before answer of `process.threadCpuUsage()` then
 * @returns milliseconds of CPU time of this thread since
 */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

function cpuOf(work: () => unknown): number {
  const before = process.threadCpuUsage();
  work();
  return cpuSince(before);
}

/**
 * CPU time of the fixed piece of work, in milliseconds: at its best, when it is compiled and the caches are warm. A machine
 * that does it sooner than the one that limits are written for is not sooner at everything, so that limits stay as they are.
 */
const unit = (): number => Math.max(QUIET, Math.min(...Array.from({ length: 3 }, () => cpuOf(pieceOfWork))));

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
  const before = process.threadCpuUsage();
  await work();
  const spent = cpuSince(before);
  return (spent * QUIET) / unit();
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

/**
 * The longest stretch of work between two calls of `next`, in milliseconds of CPU time as above; the first begins with
 * the work, the last ends with it. Each stretch counts as the least of up to five runs, for the reason above: some other
 * stretch of a run is nearly always disturbed.
 * @param work makes the same stretches each time
 */
export async function longestEffort(limit: number, work: (next: () => void) => Promise<unknown>): Promise<number> {
  let least: readonly number[] = [];
  let longest = Infinity;
  for (let run = 0; run < 5 && longest >= limit; run += 1) {
    const stretches = new Stretches();
    stretches.begin();
    await work(() => stretches.next());
    stretches.next();
    const { all } = stretches;
    // Runs of other stretches cannot be compared one by one; then the run counts as a whole.
    least = least.length === all.length ? all.map((spent, at) => Math.min(spent, least[at] ?? spent)) : all;
    longest = Math.min(longest, ofQuietMachine(Math.max(...least)));
  }
  return longest;
}

/** Stretches of work that follow each other, measured in CPU time. */
export class Stretches {
  #longest = 0;
  readonly #all: number[] = [];
  #before = process.threadCpuUsage();

  /** What comes now is a new stretch; what was before is none. */
  begin(): void {
    this.#before = process.threadCpuUsage();
  }

  /** One stretch ends, and another begins. */
  next(): void {
    const spent = cpuSince(this.#before);
    this.#longest = Math.max(this.#longest, spent);
    this.#all.push(spent);
    this.begin();
  }

  /** Each, in milliseconds of this machine. */
  get all(): readonly number[] {
    return this.#all;
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
