/** What a run of the tests clears away of runs that were killed, in a temporary folder that others use too. */
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clearAbandoned } from '../../../scripts/lib/residue.mjs';

/** No system gives a process this number. */
const DEAD = 99_999_999;

describe('folders of runs', () => {
  let home = '';
  const made = (process: number): string => {
    const folder = path.join(home, `epm-run-${process}-abc`);
    mkdirSync(folder);
    return folder;
  };
  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'epm-residue-'));
    vi.stubEnv('TMPDIR', home);
    vi.stubEnv('TEMP', home);
    vi.stubEnv('EPM_CACHE', path.join(home, 'cache'));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true });
  });

  it('go when their run is dead, and stay while it lives', async () => {
    const [dead, living] = [made(DEAD), made(process.pid)];
    await clearAbandoned();
    expect([dead, living].map((folder) => existsSync(folder))).toEqual([false, true]);
  });

  it.skipIf(process.getuid?.() !== 0)('stay when they are somebody else’s, who alone may remove them', async () => {
    const folder = made(DEAD);
    chownSync(folder, 12_345, 12_345);
    await clearAbandoned();
    expect(existsSync(folder)).toBe(true);
  });
});
