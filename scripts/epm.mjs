#!/usr/bin/env node
/** `npm run -s epm -- <verb> …`: the command line on this system, built first when a source has changed. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { runShown } from '../tooling/process.mjs';
import { powerShellFolders } from '../tooling/powershell-folders.mjs';
import { powerShellProgram } from './lib/dotnet.mjs';
import { buildPortable } from './lib/products.mjs';
import { build, dist, projectNode } from '../tooling/project.mjs';
import { main, Missing, say } from '../tooling/report.mjs';
import { withLock } from '../tooling/lock.mjs';

// Standard output is the verb's alone: what is said of the build goes where messages go.
process.stdout.write = process.stderr.write.bind(process.stderr);

/** `epm file` asks PowerShell about scripts: the one that the project has for its tests, unless another one is named. */
function powerShell() {
  const program = powerShellProgram('linux-x64');
  return process.env['EPM_PWSH'] !== undefined || !existsSync(program)
    ? {}
    : { EPM_PWSH: program, ...powerShellFolders() };
}

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
  const environment = { ...process.env, ...powerShell() };
  return runShown(node, [path.join(dist, 'linux', 'epm.cjs'), ...process.argv.slice(2)], {
    ...place,
    env: environment,
  });
});
