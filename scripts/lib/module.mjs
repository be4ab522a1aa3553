/**
 * The PowerShell module as it is installed: one file in place of the many that it is written in. PowerShell opens, scans and parses
 * each file that is loaded, so that one takes a fifth less time.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';

const LOADED = /^\. "\$PSScriptRoot\\((?:Private|Public)\\[A-Za-z-]+\.ps1)"$/gm;
const LISTED = /^ *'(?:Private|Public)\\[A-Za-z-]+\.ps1'\r?\n/gm;

/**
 * @param folder of the module's sources
 * @returns the content of each file that is not installed as it is; undefined: the file is in another one
 * @throws Error when the script and the manifest do not name the same files
 */
export function packedModule(folder) {
  const text = (name) => readFileSync(path.join(folder, ...name.split('\\')), 'utf8');
  const script = text('EPM.psm1');
  const manifest = text('EPM.psd1');
  const loaded = [...script.matchAll(LOADED)].map(([, name]) => name);
  const listed = [...manifest.matchAll(LISTED)].map(([line]) => line.trim().replaceAll("'", ''));
  if (loaded.length === 0 || loaded.toSorted().join() !== listed.toSorted().join()) {
    throw new Error('module/EPM.psm1 does not load the files that module/EPM.psd1 lists.');
  }
  return new Map([
    // A function as replacement: `$` in a text means nothing then.
    ['EPM.psm1', script.replace(LOADED, (_, name) => text(name).trimEnd())],
    ['EPM.psd1', manifest.replace(LISTED, '')],
    ...loaded.map((name) => [name.replaceAll('\\', path.sep), undefined]),
  ]);
}
