/** Runs the driver inside the bed, by default as the standard user, and answers what it measured. */
import path from 'node:path';
import { machine, projectRoot } from '../../../testbed/machine.ts';
import type { Identity, TestBed } from '../../../testbed/test-bed.ts';

const FOLDER = 'C:\\epm-bench';

/** Minutes of a job at the most. */
const LIMIT = 15;

export async function drive<T>(
  bed: TestBed,
  job: Readonly<Record<string, unknown>>,
  as: Identity = 'standardUser',
  environment: Readonly<Record<string, string>> = {},
): Promise<T> {
  if (machine === undefined) throw new Error('The machine is not prepared.');
  bed.putFile(`${FOLDER}\\job.json`, JSON.stringify(job));
  const outcome = await bed.run({
    program: bed.windowsPath(machine.testNode),
    arguments: [
      bed.windowsPath(path.join(projectRoot, 'tests', 'bench', 'windows', 'driver.mjs')),
      `${FOLDER}\\job.json`,
      `${FOLDER}\\result.json`,
    ],
    as,
    environment,
    timeout: LIMIT * 60_000,
  });
  if (outcome.exitCode !== 0) throw new Error(`The driver failed: ${outcome.errors || outcome.output}`);
  return JSON.parse(bed.readFile(`${FOLDER}\\result.json`).toString('utf8')) as T;
}
