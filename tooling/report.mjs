/** What the scripts say: one line when a step ends, with how long it took, and notes about what is missing. */

const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

/** A condition of the machine that stops a step, told to a person without a stack trace. */
export class Missing extends Error {}

export const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;

export function say(text) {
  process.stdout.write(`${text}\n`);
}

/**
 * Runs one step. `work` answers what it did in a few words; undefined reads as "done".
 * A Missing error is printed with the step and passed on.
 */
export async function step(title, work) {
  const start = performance.now();
  if (process.stdout.isTTY) process.stdout.write(paint('2', `  … ${title}\r`));
  try {
    const result = await work();
    say(`${paint('32', '  ok')} ${title}: ${result ?? 'done'} (${seconds(performance.now() - start)})`);
    return true;
  } catch (error) {
    const label = error instanceof Missing ? paint('33', 'lack') : paint('31', 'FAIL');
    say(
      `${label} ${title}: ${error instanceof Error ? error.message : String(error)} (${seconds(performance.now() - start)})`,
    );
    throw error;
  }
}

/**
 * A step whose absence leaves other things usable: what is missing or broken is printed and remembered, not thrown.
 * `broken` tells a failure of ours from something that the machine lacks.
 */
export async function optionalStep(title, lacks, work) {
  try {
    await step(title, work);
    return true;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0];
    lacks.push({ title, reason, broken: !(error instanceof Missing) });
    return false;
  }
}

export const brokenOf = (lacks) => lacks.filter((lack) => lack.broken).length;

/** Runs the script's work; what the machine lacks ends it with code 1 and without a stack trace. */
export async function main(work) {
  try {
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    if (!(error instanceof Missing)) say(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = 1;
  }
}
