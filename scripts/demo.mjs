#!/usr/bin/env node
/**
 * `npm run demo`: one elevation from end to end. Prepares the machine, then delivers a policy as Intune does and lets a
 * standard user ask for programs from PowerShell. Runs on Node 20; the demo itself runs on the project's Node.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { bootstrap, explain } from './bootstrap.mjs';
import { projectNode, root } from './lib/project.mjs';
import { main, say } from './lib/report.mjs';

await main(async () => {
  const lacks = await bootstrap();
  explain(lacks);
  const node = projectNode();
  if (node === undefined) {
    say("The project's own Node is not installed; see the failed step above.");
    return 1;
  }
  return spawnSync(node, [path.join(root, 'scripts', 'demo', 'main.ts')], { stdio: 'inherit' }).status ?? 1;
});
