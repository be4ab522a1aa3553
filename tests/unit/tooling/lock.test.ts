/** What two runs at a time, and runs after one that was killed, do about the lock of a folder. */
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { withLock } from '../../../tooling/lock.mjs';

let folder = '';
const lock = (): string => path.join(folder, '.lock');
const left = (owner: object | string): void => {
  mkdirSync(lock());
  writeFileSync(path.join(lock(), 'owner'), typeof owner === 'string' ? owner : JSON.stringify(owner));
};
const longAgo = (): void => utimesSync(lock(), new Date(Date.now() - 3_600_000), new Date(Date.now() - 3_600_000));

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'epm-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lets one in at a time', async () => {
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
});

it('goes when the work fails', async () => {
  await expect(withLock(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(folder, () => 'done')).toBe('done');
});

it.each([
  ['has a number that is somebody else’s in this container', { process: process.pid, space: 'another' }],
  ['left half a file', '{"process":'],
])('is taken over when its owner %s and gave no sign of life', async (_what, owner) => {
  left(owner);
  longAgo();
  expect(await withLock(folder, () => 'done')).toBe('done');
});
