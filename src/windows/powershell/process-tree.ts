/** Ends a process with everything it started. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @param pid a process that this one started and that has not been waited for, so that its number is still its own
 * @param system folder of Windows' own programs; elsewhere not used
 */
export function killTree(pid: number, system: string | undefined): void {
  if (system !== undefined) {
    const options = { stdio: 'ignore', windowsHide: true, timeout: 10_000 } as const;
    spawnSync(path.win32.join(system, 'taskkill.exe'), ['/T', '/F', '/PID', String(pid)], options);
    return;
  }
  // Children first are found, then the parent ends, so that it cannot start more in between unseen.
  for (const process of [pid, ...descendants(pid)]) kill(process);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Linux only: /proc/PID/stat holds `pid (name) state parent …` (proc_pid_stat(5)). Elsewhere none. */
function descendants(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of processNumbers()) parents.set(name, parentOf(name));
  const found = new Set([pid]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const [child, parent] of parents) if (found.has(parent)) found.add(child);
  }
  found.delete(pid);
  return [...found];
}

function processNumbers(): readonly number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function parentOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(status.slice(status.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
