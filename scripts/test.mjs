#!/usr/bin/env node
/**
 * `npm test`: everything, from a fresh clone on: bootstrap, build, and all tests, with layout, lint, types and generated
 * files checked beside them.
 * `npm test -- <part of a path> …`: only the test files whose path contains it, with the least preparation they need.
 * The last line is always `N passed, N failed, N skipped`; a check that fails counts as one failed test.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { bootstrap, explain } from './bootstrap.mjs';
import { buildAll, buildEditions } from './build.mjs';
import {
  preparePackages,
  preparePowerShell,
  prepareWindows,
  recordMachine,
  recordPowerShell,
} from './lib/bootstrap-steps.mjs';
import { generated, layout, lint, types } from './lib/checks.mjs';
import { runShown } from '../tooling/process.mjs';
import { build, projectNode, root } from '../tooling/project.mjs';
import { say, seconds, step } from '../tooling/report.mjs';
import { clearAbandoned, watchResidue } from './lib/residue.mjs';
import { tierOf } from './lib/tiers.mjs';
import { filesBelow } from '../tooling/stamp.mjs';

const start = performance.now();
const patterns = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const failedChecks = [];

/** Runs one check; a failure is counted, and the others still run. */
async function check(title, work) {
  try {
    await step(title, work);
  } catch {
    failedChecks.push(title);
  }
}

const relative = (file) => path.relative(root, file).split(path.sep).join('/');

/** Whether a test file looks at the production edition; most look at that of the test bed only. */
const needsProduction = (file) => /production/i.test(readFileSync(path.join(root, file), 'utf8'));

function report(lacks) {
  explain(lacks);
  failedChecks.push(...lacks.filter(({ broken }) => broken).map(({ title }) => title));
}

/** One after the other: what is built and tested meanwhile needs the machine, too. */
async function checkSources() {
  await check('types', types);
  await check('layout', () => layout());
  await check('generated files', generated);
  await check('lint', lint);
}

async function buildAndRecord(lacks, wine) {
  lacks.push(...(await buildAll()));
  recordMachine(wine, lacks);
  report(lacks);
}

async function prepareFor(files) {
  await preparePackages();
  const lacks = [];
  const tiers = new Set(files.map(tierOf));
  if (tiers.has('windows')) {
    const [wine] = await Promise.all([prepareWindows(lacks), preparePowerShell(lacks)]);
    lacks.push(...(await buildEditions(files.some(needsProduction) ? ['production', 'testBed'] : ['testBed'])));
    recordMachine(wine, lacks);
  } else if (tiers.has('module')) {
    await preparePowerShell(lacks);
    recordPowerShell(lacks);
  }
  report(lacks);
}

async function runTests(files) {
  const residue = watchResidue();
  const summary = path.join(build, `test-summary-${process.pid}.json`);
  say(files.length === 0 ? 'Testing everything' : `Testing ${files.length} file${files.length === 1 ? '' : 's'}`);
  const code = await runShown(
    projectNode(),
    [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...files],
    { cwd: root, env: { ...process.env, ...residue.environment, EPM_TEST_SUMMARY: summary } },
  );
  const counts = existsSync(summary) ? JSON.parse(readFileSync(summary, 'utf8')) : { passed: 0, failed: 1, skipped: 0 };
  rmSync(summary, { force: true });
  // Vitest also fails for what belongs to no test, such as a test expected to fail that no test reported.
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  const left = residue.look();
  if (left.length > 0) say(`FAIL left behind:\n${left.map((text) => `  ${text}`).join('\n')}`);
  counts.failed += left.length;
  return counts;
}

async function testAll() {
  await clearAbandoned();
  if (patterns.length === 0) {
    const { lacks, wine } = await bootstrap({ withBuild: false });
    const checks = checkSources();
    await buildAndRecord(lacks, wine);
    const counts = await runTests([]);
    await checks;
    return counts;
  }
  const files = filesBelow('tests')
    .map(relative)
    .filter((file) => file.endsWith('.test.ts') && patterns.some((pattern) => file.includes(pattern)));
  if (files.length === 0) {
    say(`No test file has "${patterns.join('" or "')}" in its path.`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  await prepareFor(files);
  return runTests(files);
}

let counts = { passed: 0, failed: 0, skipped: 0 };
try {
  counts = await testAll();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  counts.failed += 1;
}
counts.failed += failedChecks.length;
if (failedChecks.length > 0) say(`\nFailed beside the tests, told above: ${failedChecks.join(', ')}.`);
process.exitCode = counts.failed === 0 ? 0 : 1;
say(`\nTook ${seconds(performance.now() - start)}.`);
say(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
