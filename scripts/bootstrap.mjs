#!/usr/bin/env node
/**
 * `npm run bootstrap`: brings a machine from a fresh clone to where everything can be built and tested. Runs on Node 20
 * without any package. What is there already is left alone; a second run takes seconds. EPM_CACHE names the folder for
 * what is costly to fetch.
 */
import { buildAll } from './build.mjs';
import { preparePackages, preparePowerShell, prepareWindows, recordMachine } from './lib/bootstrap-steps.mjs';
import { cacheRoot, isWindows } from '../tooling/project.mjs';
import { brokenOf, main, say, seconds } from '../tooling/report.mjs';

/** Answers what is missing or broken, and the Wine that was found. */
export async function bootstrap({ withBuild = true } = {}) {
  const lacks = [];
  say(`Preparing the project; cache in ${cacheRoot()}`);
  await preparePackages();
  // Packages of Debian come one by one from the network, while PowerShell is compiled.
  const [wine] = await Promise.all([prepareWindows(lacks), preparePowerShell(lacks)]);
  // Also when the build fails: the tests that need nothing built can still run.
  recordMachine(wine, lacks);
  if (withBuild) {
    lacks.push(...(await buildAll()));
    recordMachine(wine, lacks);
  }
  return { lacks, wine };
}

/** What still works without the things that are missing. */
export function explain(lacks) {
  if (lacks.length === 0) return;
  say('Not there:');
  for (const { title, reason } of lacks) say(`  - ${title}: ${reason}`);
  say('Types, lint, unit, compliance and fuzz tests run without them; tests that need them are skipped and say so.');
}

if (process.argv[1] === import.meta.filename) {
  const start = performance.now();
  await main(async () => {
    if (process.arch !== 'x64' || !(process.platform === 'linux' || isWindows)) {
      say(`The project is built on Linux or Windows, x64; this is ${process.platform}-${process.arch}.`);
      return 1;
    }
    const { lacks } = await bootstrap();
    explain(lacks);
    say(`Ready after ${seconds(performance.now() - start)}.`);
    return brokenOf(lacks) === 0 ? 0 : 1;
  });
}
