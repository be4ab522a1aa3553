/** Memory that belongs to no file: what a program has for itself. Read from /proc, which only the Wine bed has. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machine } from '../../../testbed/machine.ts';
import type { TestBed } from '../../../testbed/test-bed.ts';
import { processesOf } from '../../../testbed/wine/processes.ts';
import { WineBed } from '../../../testbed/wine/wine-bed.ts';
import { patient } from '../../../tooling/patience.mjs';

/** @throws Error elsewhere */
export function requireWineBed(bed: TestBed): WineBed {
  if (bed instanceof WineBed) return bed;
  throw new Error('memory is read from /proc, which only the Wine bed has');
}

/** Of the only process of that name, in megabytes (10^6 bytes). */
export function anonymousMegabytes(bed: WineBed, name: string): number {
  const found = programsNamed(bed, name);
  const [pid] = found;
  if (pid === undefined || found.length !== 1) throw new Error(`There are ${found.length} processes named ${name}.`);
  return megabytesOf(pid);
}

/** Numbers that Linux has for the processes of that name. */
export function programsNamed(bed: WineBed, name: string): readonly number[] {
  const ofName = processesOf(bed.prefix).filter(({ commandLine }) => {
    const [program = ''] = commandLine.split(/\.exe/i);
    return program.toLowerCase().endsWith(name.slice(0, -4));
  });
  return ofName.map(({ pid }) => pid);
}

/** Of a process by the number that Linux has for it. */
export function megabytesOf(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(/^Anonymous:\s+(\d+) kB$/m.exec(rollup)?.[1]) * 1024) / 1e6;
}

/** The same of the packed runtime with nothing in it. */
export async function bareMegabytes(bed: WineBed): Promise<number> {
  const program = bed.windowsPath(machine?.bare.testBed ?? '');
  const bare = await bed.start({ program, arguments: ['stay'], as: 'system' });
  const end = performance.now() + patient(60_000);
  while (!bare.output().includes('ready')) {
    if (performance.now() > end) throw new Error('The bare runtime does not start.');
    await sleep(100);
  }
  // What it allocated to start is freed by then.
  await sleep(patient(2_000));
  const megabytes = anonymousMegabytes(bed, path.basename(machine?.bare.testBed ?? ''));
  await bare.stop();
  return megabytes;
}
