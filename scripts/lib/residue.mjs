/** What a run of the tests must not leave behind: Windows programs, prefixes, temporary files. */
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { removeTree } from '../../testbed/wine/chroot.mjs';
import { cacheRoot, isWindows } from '../../tooling/project.mjs';

const beds = () => path.join(cacheRoot(), 'beds');
/** Prefixes of tests, and those that were never finished. */
const PREFIX = /^(?:bed|partial)-/;
const RUN = /^epm-run-/;
const namesIn = (folder, pattern) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => pattern.test(name)) : [];
const bedNames = () => namesIn(beds(), PREFIX);

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The first number in a name is the process that made it. */
const isAbandoned = (name) => !isAlive(Number(/\d+/.exec(name)?.[0]));

/** Others use the temporary folder too, and only they may remove what is theirs. On Windows each user has their own. */
const isOurs = (name) =>
  lstatSync(path.join(tmpdir(), name), { throwIfNoEntry: false })?.uid === (process.getuid?.() ?? 0);

/** Processes by the WINEPREFIX in their environment. */
function wineProcesses() {
  if (isWindows) return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, 'latin1').split('\0');
        const prefix = environment.find((entry) => entry.startsWith(`WINEPREFIX=${beds()}/`))?.slice(11);
        if (prefix === undefined || !PREFIX.test(path.basename(prefix))) return [];
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
  const folder = mkdtempSync(path.join(tmpdir(), `epm-run-${process.pid}-`));
  return {
    environment: { TMPDIR: folder, TEMP: folder, TMP: folder },
    look() {
      const left = wineProcesses().filter((entry) => !before.has(entry.bed) && isAbandoned(entry.bed));
      const prefixes = bedNames().filter((name) => !before.has(name) && isAbandoned(name));
      const files = readdirSync(folder).filter((name) => name.startsWith('epm-'));
      endAll(left);
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

/** Clears away what runs that were killed have left: their Windows programs, prefixes and temporary folders. */
export async function clearAbandoned() {
  mkdirSync(beds(), { recursive: true });
  endAll(wineProcesses().filter((entry) => isAbandoned(entry.bed)));
  for (const name of bedNames().filter(isAbandoned)) await removeTree(path.join(beds(), name));
  for (const name of namesIn(tmpdir(), RUN).filter((each) => isAbandoned(each) && isOurs(each))) {
    await removeTree(path.join(tmpdir(), name));
  }
}

function endAll(processes) {
  for (const { pid } of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}
