/** Prepares the machine and runs a TypeScript file on the project's own Node, with the arguments of this script. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bootstrap, explain } from '../bootstrap.mjs';
import { projectNode, root } from '../../tooling/project.mjs';
import { say } from '../../tooling/report.mjs';

/**
 * @param file path from the root of the project
 * @returns exit code
 */
export async function runPrepared(file) {
  const { lacks } = await bootstrap();
  explain(lacks);
  const node = projectNode();
  if (node === undefined) {
    say("The project's own Node is not installed; see the failed step above.");
    return 1;
  }
  return spawnSync(node, [path.join(root, file), ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
}
