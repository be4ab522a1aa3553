#!/usr/bin/env node
/**
 * `node scripts/corpus-rules.mjs`: makes a rule for every signed file of many packages that others made, and decides about
 * the file by it. `packages.json` beside the other files of `scripts/corpus` names the packages; about 2 GB are fetched
 * once.
 */
import path from 'node:path';
import { fetchCorpus } from './corpus/fetch.mjs';
import { runShown } from '../tooling/process.mjs';
import { projectNode } from '../tooling/project.mjs';
import { main, say } from '../tooling/report.mjs';

await main(async () => {
  const node = projectNode();
  if (node === undefined) {
    say('The project has no Node of its own yet; run `npm run bootstrap`.');
    return 1;
  }
  const places = await fetchCorpus();
  return runShown(node, [
    path.join(import.meta.dirname, 'corpus', 'main.ts'),
    ...places.flatMap(({ name, folder }) => [name, folder]),
  ]);
});
