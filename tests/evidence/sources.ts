/** Where the evidence comes from, in this repository. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { readRowFiles } from '../compliance/row.ts';
import { type Sources } from './claims.ts';
import { readPoints } from './points.ts';
import { readRecordings } from './recordings.ts';
import { STAND_INS } from './stand-ins.ts';
import { readTestFiles } from './test-files.ts';

/** @param root folder of the repository. @throws Error for what cannot be read as what it should be */
export function readSources(root: string): Sources {
  return {
    points: readPoints(readFileSync(path.join(root, 'docs', 'security-model.md'), 'utf8')),
    files: readTestFiles(root),
    rows: readRowFiles(),
    standIns: STAND_INS,
    recordings: readRecordings(path.join(root, 'tests', 'recorded')),
  };
}
