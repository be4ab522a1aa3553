/** A folder of the bed on a disk of its own that can be filled. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'vitest';
import { machine, type TestBed } from '../bed/index.ts';

export interface SmallDisk {
  fill(): void;
  empty(): void;
  /** Names in a folder of the disk. */
  list(folder: string): readonly string[];
}

const FILLER = 'filler.bin';

/** Runs `use` while the folder is a small disk; skips the test, with the reason, where none can be mounted. */
export async function onSmallDisk(
  context: TestContext,
  bed: TestBed,
  folder: string,
  use: (disk: SmallDisk) => Promise<void>,
): Promise<void> {
  if (bed.kind !== 'wine') context.skip('a disk of its own takes a mount, which only the Linux test bed makes');
  mkdirSync(bed.hostPath(folder), { recursive: true });
  const target = path.join(outside(), bed.hostPath(folder));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k,mode=0750', 'epm-small-disk', target], { stdio: 'pipe' });
  } catch {
    context.skip('no file system can be mounted here (needs root)');
  }
  try {
    await use({
      fill: () => fill(path.join(target, FILLER)),
      empty: () => rmSync(path.join(target, FILLER)),
      list: (below) => readdirSync(path.join(target, below)),
    });
  } finally {
    // Lazily: Wine's server keeps the folder open for a while after the last program has closed it.
    execFileSync('umount', ['-l', target], { stdio: 'pipe' });
  }
}

/** Where the root of Wine's file system is: a mount made outside its chroot is not seen inside. */
function outside(): string {
  return machine?.wine?.before[0] === 'chroot' ? (machine.wine.before[1] ?? '/') : '/';
}

function fill(file: string): void {
  const opened = openSync(file, 'w');
  const block = Buffer.alloc(512);
  try {
    for (;;) writeSync(opened, block);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(opened);
  }
}
