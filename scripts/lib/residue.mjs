/** What a run of the tests must not leave behind: Windows programs, prefixes, temporary files. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cacheRoot, isWindows } from './project.mjs';

const beds = () => path.join(cacheRoot(), 'beds');
const bedNames = () => (existsSync(beds()) ? readdirSync(beds()).filter((name) => name.startsWith('bed-')) : []);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The name of a prefix holds the process that made it. */
const isAbandoned = (name) => !isAlive(Number(name.split('-')[1]));

/** Processes by the WINEPREFIX in their environment. */
function wineProcesses() {
  if (isWindows) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0');
        const prefix = environment.find((entry) => entry.startsWith(`WINEPREFIX=${beds()}/bed-`))?.slice(11);
        if (prefix === undefined) return [];
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').join(' ').trim();
        return [{ pid: Number(name), bed: path.basename(prefix), line }];
      } catch {
        return [];
      }
    });
}

/** Gives a run a temporary folder of its own. `look` answers what was left and clears it away. */
export function watchResidue() {
  const before = new Set(bedNames());
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-run-'));
  return {
    environment: { TMPDIR: folder, TEMP: folder, TMP: folder },
    look() {
      const left = wineProcesses().filter((entry) => !before.has(entry.bed) && isAbandoned(entry.bed));
      const prefixes = bedNames().filter((name) => !before.has(name) && isAbandoned(name));
      const files = readdirSync(folder).filter((name) => name.startsWith('epm-'));
      for (const { pid } of left) process.kill(pid, 'SIGKILL');
      for (const name of prefixes) rmSync(path.join(beds(), name), { recursive: true, force: true });
      rmSync(folder, { recursive: true, force: true });
      return [
        ...left.map((entry) => `program in Wine: ${entry.line}`),
        ...prefixes.map((name) => `Wine prefix: ${name}`),
        ...files.map((name) => `temporary file: ${name}`),
      ];
    },
  };
}

/** Prefixes of runs that were interrupted. */
export function clearAbandoned() {
  mkdirSync(beds(), { recursive: true });
  const running = new Set(wineProcesses().map((entry) => entry.bed));
  for (const name of bedNames()) {
    if (isAbandoned(name) && !running.has(name)) rmSync(path.join(beds(), name), { recursive: true, force: true });
  }
}
