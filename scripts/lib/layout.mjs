/** The folders that are installed: dist/win-x64 for people, dist/test-bed for the tests. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, dist, root, windowsPackages } from '../../tooling/project.mjs';
import { packedModule } from './module.mjs';
import { nativeFolder } from './native.mjs';
import { filesBelow } from '../../tooling/stamp.mjs';

export const koffi = () =>
  path.join(windowsPackages(), 'node_modules', '@koromix', 'koffi-win32-x64', 'win32_x64', 'koffi.node');

export const EDITIONS = {
  production: { folder: path.join(dist, 'win-x64'), testBed: false },
  testBed: { folder: path.join(dist, 'test-bed'), testBed: true },
};
export const bundleFile = (edition) => path.join(build, 'bundle', edition, 'epm.cjs');
/** See products.mjs. */
export const testNode = path.join(build, 'test-node', 'node.exe');
export const bareFile = {
  production: path.join(build, 'bare', 'production.exe'),
  testBed: path.join(build, 'bare', 'test-bed.exe'),
};
export const nativeFiles = (edition) => [
  ...['epmnative.dll', 'epmdesktop.exe', 'epmbroker.exe', 'epmlaunch.exe', 'epmprompt.exe'].map((name) =>
    path.join(nativeFolder(edition), name),
  ),
  koffi(),
];

/** What epm.exe is entered through; see guarded-node.mjs. */
export const guardFile = (edition) => path.join(nativeFolder(edition), 'epmguard.exe');

const files = (sources) => sources.map(([source, name]) => [name, readFileSync(source)]);
const below = (folder, name) =>
  files(filesBelow(folder).map((file) => [file, path.join(name, path.relative(folder, file))]));

/** The module as it is installed: content by name below the folder. */
export function moduleFiles() {
  const folder = path.join(root, 'module');
  const packed = packedModule(folder);
  return below(folder, '').flatMap(([name, content]) => {
    if (!packed.has(name)) return [[name, content]];
    const text = packed.get(name);
    return text === undefined ? [] : [[name, Buffer.from(text, 'utf8')]];
  });
}

/** Everything beside epm.exe: content by name below the folder. */
function contents(edition) {
  return new Map([
    ...files(nativeFiles(edition).map((file) => [file, path.basename(file)])),
    ...moduleFiles().map(([name, content]) => [path.join('EPM', name), content]),
    ...below(path.join(root, 'policy-definitions'), 'PolicyDefinitions'),
    // Loaded by Windows, not by EPM.
    ...files([[path.join(nativeFolder(edition), 'epmshell.dll'), 'epmshell.dll']]),
    ...below(path.join(root, 'native', 'shell', 'package'), 'ContextMenu'),
    ...files([[path.join(root, 'LICENSE'), 'LICENSE']]),
  ]);
}

/** Brings the folder in line with its sources; epm.exe itself is pack.mjs's. Answers how many files changed. */
export function layOut(edition) {
  const { folder } = EDITIONS[edition];
  mkdirSync(folder, { recursive: true });
  const wanted = new Map([...contents(edition)].map(([name, content]) => [path.join(folder, name), content]));
  let changed = 0;
  for (const [target, content] of wanted) {
    if (existsSync(target) && readFileSync(target).equals(content)) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, content);
    changed += 1;
  }
  for (const file of filesBelow(folder)) {
    if (wanted.has(file) || path.basename(file).startsWith('epm.exe')) continue;
    rmSync(file);
    changed += 1;
  }
  return changed;
}
