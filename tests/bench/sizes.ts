/** Sizes of the native files of an installation. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { machine } from '../../testbed/machine.ts';
import type { BenchResult } from './result.ts';

export function run(): Promise<readonly BenchResult[]> {
  const folder = machine?.epm.production;
  if (folder === undefined) throw new Error('The machine is not prepared.');
  const files = readdirSync(folder).filter((name) => /^epm.+\.(exe|dll)$/.test(name));
  return Promise.resolve(
    files.map((name) => ({
      id: `size.${name}`,
      value: statSync(path.join(folder, name)).size / 1000,
      unit: 'kB',
      samples: 1,
      method: 'of the production edition, as it is installed',
    })),
  );
}
