/** How a run over facts of files measures how long others wait for their turn. */
import { Turns } from '../../src/facts/turns.ts';
import { ofQuietMachine, Stretches } from '../effort.ts';

/** CPU milliseconds of a quiet machine that facts may work before other work of the process has its turn. */
export const LONGEST_STRETCH = 50;

/** Milliseconds of this machine from which an input is measured again, and how often. */
const REMARKABLE = 10;
const REPEATS = 4;

export class FuzzRun {
  #longest = 0;

  /**
   * Works on one input. What its bytes make long is long each time, what other programs or the garbage of other inputs
   * make long is not: so the least of several measurements counts.
   */
  async input<T>(work: (turns: Turns) => Promise<T>): Promise<T> {
    const first = await measured(work);
    let { stretch } = first;
    for (let again = 0; again < REPEATS && stretch > REMARKABLE; again += 1) {
      stretch = Math.min(stretch, (await measured(work)).stretch);
    }
    this.#longest = Math.max(this.#longest, stretch);
    return first.result;
  }

  /** Ends the run, and says what it did where it was a long one. @returns the longest stretch, as {@link LONGEST_STRETCH} */
  end(what: string, inputs: number): number {
    const longest = ofQuietMachine(this.#longest);
    if (process.env['EPM_FUZZ_INPUTS'] !== undefined) {
      process.stdout.write(`${what}: ${inputs} inputs, longest stretch without a turn ${longest.toFixed(1)} ms\n`);
    }
    return longest;
  }
}

async function measured<T>(work: (turns: Turns) => Promise<T>): Promise<{ result: T; stretch: number }> {
  const stretches = new Stretches();
  const result = await work(new Turns({ check: () => stretches.next() }));
  stretches.next();
  return { result, stretch: stretches.longestHere };
}
