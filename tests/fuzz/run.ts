/** What every run over facts of files holds to, and says of itself. */

/** CPU milliseconds of a quiet machine that facts may work before other work of the process has its turn. */
export const LONGEST_STRETCH = 50;

/** Says what a long run did; a short one is one of many tests. */
export function reportRun(what: string, inputs: number, longest: number): void {
  if (process.env['EPM_FUZZ_INPUTS'] === undefined) return;
  process.stdout.write(`${what}: ${inputs} inputs, longest stretch without a turn ${longest.toFixed(1)} ms\n`);
}
