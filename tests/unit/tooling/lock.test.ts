/** What two runs at a time, and runs after one that was killed, do about the lock of a folder. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../tooling/lock.mjs';

const MODULE = pathToFileURL(path.resolve(import.meta.dirname, '../../../tooling/lock.mjs')).href;

let folder = '';
const lock = (): string => path.join(folder, '.lock');

/** The lock as an owner left it that died. */
const left = (owner: string): void => {
  mkdirSync(lock());
  writeFileSync(path.join(lock(), owner), '');
};

/** The lock as a process left it that was killed while it held it. */
function killedInside(): void {
  const text = `import { withLock } from ${JSON.stringify(MODULE)};
    await withLock(${JSON.stringify(folder)}, () => process.kill(process.pid, 'SIGKILL'));`;
  expect(spawnSync(process.execPath, ['--input-type=module', '-e', text]).signal).toBe('SIGKILL');
}

/** Takes the lock in a process of its own, which writes down when it comes in and when it goes. */
function inProcess(journal: string): Promise<number | null> {
  const text = `import { withLock } from ${JSON.stringify(MODULE)};
    import { appendFileSync } from 'node:fs';
    await withLock(${JSON.stringify(folder)}, async () => {
      appendFileSync(${JSON.stringify(journal)}, 'in ');
      await new Promise((resolve) => setTimeout(resolve, 50));
      appendFileSync(${JSON.stringify(journal)}, 'out ');
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', text], { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'epm-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lets one in at a time, and leaves nothing', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside -= 1;
  };
  await Promise.all([withLock(folder, work), withLock(folder, work), withLock(folder, work)]);
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

it('goes when the work fails', async () => {
  await expect(withLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

describe('an abandoned lock', () => {
  it('is taken over at once when its process is gone', async () => {
    killedInside();
    expect(readdirSync(lock())).toHaveLength(1);
    expect(await withLock(folder, () => 'done')).toBe('done');
  });

  it('is taken over when another process has the number of its owner', async (context) => {
    if (process.platform === 'win32') context.skip('Windows does not say when a process started');
    killedInside();
    const [owner = ''] = readdirSync(lock());
    const [, start, space, ...rest] = owner.split('-');
    rmSync(lock(), { recursive: true });
    left([process.pid, start, space, ...rest].join('-'));
    expect(await withLock(folder, () => 'done')).toBe('done');
  });

  it('is taken over after a minute when its process cannot be looked for', async () => {
    const owner = `${process.pid}-1-elsewhere-x`;
    left(owner);
    const longAgo = new Date(Date.now() - 61_000);
    utimesSync(path.join(lock(), owner), longAgo, longAgo);
    expect(await withLock(folder, () => 'done')).toBe('done');
  });

  it('is taken over when its owner was ended while it gave the lock back', async () => {
    mkdirSync(lock());
    expect(await withLock(folder, () => 'done')).toBe('done');
  });

  it('lets one in at a time, of many processes that find it', async () => {
    killedInside();
    const journal = path.join(folder, 'journal');
    const codes = await Promise.all(Array.from({ length: 6 }, () => inProcess(journal)));
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readFileSync(journal, 'utf8')).toBe('in out '.repeat(6));
    expect(readdirSync(folder)).toEqual(['journal']);
  });
});
