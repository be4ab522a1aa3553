/** The chroot of Wine, on a machine where folders are removed and made anew between two runs. Needs root to mount. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mountPlaces, removeTree, unmountStale } from '../../../testbed/wine/chroot.mjs';

/** Root of a container may not mount either. */
function whyNotMount(): string | undefined {
  if (process.getuid?.() !== 0) return 'mounting needs root';
  const folder = mkdtempSync(path.join(tmpdir(), 'epm-mount-'));
  try {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'this system lets nobody mount';
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const reason = whyNotMount();

describe.skipIf(reason !== undefined)(reason === undefined ? 'mounts in the chroot' : `skipped: ${reason}`, () => {
  let home = '';
  let chroot = '';
  let shown = '';
  const inside = (place: string): boolean => existsSync(path.join(chroot, place));
  const make = (folder: string): void => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'file'), '');
  };
  const isMounted = (place: string): boolean => {
    try {
      execFileSync('mountpoint', ['--quiet', path.join(chroot, place)]);
      return true;
    } catch {
      return false;
    }
  };

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'epm-chroot-'));
    chroot = path.join(home, 'chroot');
    shown = path.join(home, 'tree');
    make(shown);
  });
  afterEach(() => removeTree(home));

  it('are made once, and stay while they show the folder of their name', async () => {
    await mountPlaces(chroot, [shown]);
    await mountPlaces(chroot, [shown, path.join(shown, 'below')]);
    expect(inside(path.join(shown, 'file'))).toBe(true);
    execFileSync('umount', [path.join(chroot, shown)]);
    expect(isMounted(shown)).toBe(false);
  });

  it('go when that folder was made anew, so that the new one can be mounted', async () => {
    await mountPlaces(chroot, [shown]);
    rmSync(shown, { recursive: true });
    make(shown);
    expect(inside(path.join(shown, 'file'))).toBe(false);
    await mountPlaces(chroot, [shown]);
    expect(inside(path.join(shown, 'file'))).toBe(true);
  });

  it('go when that folder is no more', async () => {
    await mountPlaces(chroot, [shown]);
    rmSync(shown, { recursive: true });
    await unmountStale(chroot);
    expect(isMounted(shown)).toBe(false);
  });

  it('show a folder that something is mounted over on this machine', async () => {
    const volume = path.join(shown, 'volume');
    const source = path.join(home, 'source');
    make(source);
    mkdirSync(volume);
    execFileSync('mount', ['--bind', source, volume]);
    await mountPlaces(chroot, [shown, volume]);
    expect(inside(path.join(volume, 'file'))).toBe(true);
  });

  it('are taken away before a tree is removed, and what they show stays', async () => {
    await mountPlaces(chroot, ['/proc', shown]);
    await removeTree(chroot);
    expect(existsSync(chroot)).toBe(false);
    expect(existsSync(path.join(shown, 'file'))).toBe(true);
  });
});
