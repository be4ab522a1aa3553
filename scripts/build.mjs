#!/usr/bin/env node
/**
 * `npm run build`: dist/win-x64 (what is installed), dist/test-bed (the same for the tests), dist/linux (the command
 * line for this system). Needs what `npm run bootstrap` brings; what has not changed is not built again.
 */
import { existsSync } from 'node:fs';
import { buildBare, buildEdition, buildPortable } from './lib/products.mjs';
import { build, windowsNode } from '../tooling/project.mjs';
import { installWindowsPackages } from './lib/packages.mjs';
import { main, optionalStep, say } from '../tooling/report.mjs';
import { withLock } from '../tooling/lock.mjs';

/** Builds everything; answers what could not be built on this machine. */
export async function buildAll() {
  const lacks = [];
  await withLock(build, async () => {
    await optionalStep('command line for this system', lacks, buildPortable);
    if (!(await optionalStep('packages for Windows', lacks, installWindowsPackages))) return;
    await Promise.all([buildForWindows('production', lacks), buildForWindows('testBed', lacks)]);
    await optionalStep(BARE, lacks, buildBare);
  });
  return lacks;
}

const EDITION_NAMES = { production: 'epm.exe for Windows', testBed: 'epm.exe for the test bed' };
const BARE = 'bare runtime for comparison';
const buildForWindows = (edition, lacks) => optionalStep(EDITION_NAMES[edition], lacks, () => buildEdition(edition));

/** Builds only these editions of epm.exe, and the bare runtime with that for people, if the packages for Windows are there; answers what could not be built. */
export async function buildEditions(editions) {
  const lacks = [];
  if (!existsSync(windowsNode())) return lacks;
  await withLock(build, async () => {
    await Promise.all(editions.map((edition) => buildForWindows(edition, lacks)));
    if (editions.includes('production')) await optionalStep(BARE, lacks, buildBare);
  });
  return lacks;
}

if (process.argv[1] === import.meta.filename) {
  await main(async () => {
    const lacks = await buildAll();
    for (const { title, reason } of lacks) say(`not built: ${title} (${reason})`);
    return lacks.length === 0 ? 0 : 1;
  });
}
