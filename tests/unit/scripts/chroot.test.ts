/** The chroot of Wine, on a machine where folders are removed and made anew between two runs. Needs root to mount. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { unmountStale } from '../../../scripts/lib/chroot.mjs';

const mayMount = process.getuid?.() === 0;

describe.skipIf(!mayMount)(mayMount ? 'mounts in the chroot' : 'skipped: mounting needs root', () => {
  const home = mkdtempSync(path.join(tmpdir(), 'epm-chroot-'));
  const chroot = path.join(home, 'chroot');
  const shown = path.join(home, 'tree');
  const target = path.join(chroot, shown);
  const bind = (): void => {
    mkdirSync(shown, { recursive: true });
    mkdirSync(target, { recursive: true });
    execFileSync('mount', ['--bind', shown, target]);
    writeFileSync(path.join(shown, 'file'), '');
  };

  afterAll(() => {
    if (existsSync(path.join(target, 'file'))) execFileSync('umount', [target]);
    rmSync(home, { recursive: true });
  });

  it('stay while they show the folder of their name', async () => {
    bind();
    await unmountStale(chroot);
    expect(existsSync(path.join(target, 'file'))).toBe(true);
  });

  it('go when that folder was made anew, so that the new one can be mounted', async () => {
    rmSync(shown, { recursive: true });
    mkdirSync(shown);
    await unmountStale(chroot);
    bind();
    expect(existsSync(path.join(target, 'file'))).toBe(true);
  });

  it('go when that folder is no more', async () => {
    rmSync(shown, { recursive: true });
    await unmountStale(chroot);
    expect(() => execFileSync('mountpoint', ['--quiet', target])).toThrow();
  });
});
