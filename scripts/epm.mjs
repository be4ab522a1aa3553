#!/usr/bin/env node
/** `npm run -s epm -- <verb> …`: the command line on this system, built first when a source has changed. */
import path from 'node:path';
import { runShown } from '../tooling/process.mjs';
import { buildPortable } from './lib/products.mjs';
import { build, dist, projectNode } from '../tooling/project.mjs';
import { main, Missing, say } from '../tooling/report.mjs';
import { withLock } from '../tooling/lock.mjs';

// Standard output is the verb's alone: what is said of the build goes where messages go.
process.stdout.write = process.stderr.write.bind(process.stderr);

await main(async () => {
  const node = projectNode();
  if (node === undefined) {
    say('The project has no Node of its own yet; run `npm run bootstrap`.');
    return 1;
  }
  try {
    await withLock(build, buildPortable);
  } catch (error) {
    if (error instanceof Missing) say(error.message);
    throw error;
  }
  // npm goes to the project's folder; paths are meant from where the person is.
  const { INIT_CWD: folder, npm_lifecycle_event: script } = process.env;
  const place = script === 'epm' && folder !== undefined ? { cwd: folder } : {};
  return runShown(node, [path.join(dist, 'linux', 'epm.cjs'), ...process.argv.slice(2)], place);
});
