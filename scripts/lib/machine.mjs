/**
 * build/machine.json: what the tests may use on this machine, written by bootstrap and read by testbed/machine.ts.
 * Everything that is missing has its reason in it, so that a skipped test can say why.
 */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bareFile, EDITIONS, testNode } from './layout.mjs';
import { powerShellProgram, powerShellRuntimes } from './dotnet.mjs';
import { nativeFolder } from './native.mjs';
import { build, cacheRoot, projectNode, windowsNode } from '../../tooling/project.mjs';
import { writeWhole } from '../../tooling/stamp.mjs';

const file = path.join(build, 'machine.json');

function powerShell() {
  const program = (runtime) => (powerShellRuntimes.includes(runtime) ? powerShellProgram(runtime) : null);
  return { linux: program('linux-x64'), windows: program('win-x64') };
}

/** @param wine description from wine.mjs with `template`, or undefined. @param lacks what steps reported as missing. */
export function writeMachine(wine, lacks) {
  const facts = {
    wine: wine ?? null,
    beds: path.join(cacheRoot(), 'beds'),
    node: projectNode(),
    windowsNode: windowsNode(),
    testNode,
    powerShell: powerShell(),
    testPrograms: nativeFolder('testBed'),
    epm: { production: EDITIONS.production.folder, testBed: EDITIONS.testBed.folder },
    bare: bareFile,
    lacks,
  };
  write(facts);
}

/** Where nothing but PowerShell was prepared: all else stays as it was recorded. */
export function writePowerShell(lacks) {
  if (existsSync(file)) write({ ...JSON.parse(readFileSync(file, 'utf8')), powerShell: powerShell() });
  else writeMachine(undefined, lacks);
}

function write(facts) {
  mkdirSync(build, { recursive: true });
  const text = `${JSON.stringify(facts, undefined, 2)}\n`;
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeWhole(file, text);
}
