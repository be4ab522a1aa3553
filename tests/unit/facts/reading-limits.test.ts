import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { FactsCache } from '../../../src/facts/cache.ts';
import { DigestWorker } from '../../../src/facts/digest-worker.ts';
import { gatherFacts, type GatherInput } from '../../../src/facts/gather.ts';
import { gatherNodeFile } from '../../../src/facts/node-file.ts';
import { memorySource, program } from '../agent/fake-machine.ts';
import { patient } from '../../../tooling/patience.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'epm-limits-'));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const MEBIBYTE = 1024 ** 2;

/** A large program whose every read takes a while. */
function slow(milliseconds: number, size = 64 * MEBIBYTE): GatherInput {
  const head = program();
  return {
    path: 'C:\\Slow\\a.exe',
    source: {
      size,
      async read(offset, length) {
        await new Promise((resolve) => setTimeout(resolve, milliseconds));
        const bytes = Buffer.alloc(Math.min(length, size - offset));
        bytes.set(head.subarray(offset, offset + length));
        return bytes;
      },
    },
  };
}

describe('limits of reading a file', () => {
  it.each([false, true])('AC-98 end a file that comes too slowly, thread: %s', async (threads) => {
    const worker = threads ? new DigestWorker() : undefined;
    try {
      // Read to its end it would take longer than any test may.
      const file = slow(40, 4096 * MEBIBYTE);
      await expect(gatherFacts({ ...file, timeLimit: 300, worker, digests: ['sha512'] })).rejects.toMatchObject({
        code: 'EPM_FILE_TIMEOUT',
        data: { seconds: 0.3 },
      });
    } finally {
      await worker?.dispose();
    }
  });

  it('AC-98 do not count the time spent waiting for a turn', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    try {
      const turn = async <T>(read: () => Promise<T>): Promise<T> => {
        await vi.advanceTimersByTimeAsync(1_000_000);
        return read();
      };
      const source = memorySource(program());
      expect(await gatherFacts({ path: 'C:\\a.exe', source, turn })).toMatchObject({ type: 'exe' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('AC-98 end a read that never comes back', async () => {
    for (const size of [100, 64 * MEBIBYTE]) {
      const source = { size, read: () => new Promise<Uint8Array>(() => undefined) };
      for (const name of ['a.exe', 'a.msi', 'a.ps1']) {
        const input = {
          path: `C:\\${name}`,
          source: { ...source, size: Math.min(size, 16 * MEBIBYTE) },
          timeLimit: 50,
        };
        await expect(gatherFacts(input)).rejects.toMatchObject({ code: 'EPM_FILE_TIMEOUT' });
      }
    }
  });

  it('AC-98 end a source that never waits, and so never lets a timer fire', async () => {
    const bytes = Buffer.alloc(MEBIBYTE);
    const source = { size: 1024 ** 4, read: (_: number, length: number) => bytes.subarray(0, length) };
    await expect(
      gatherFacts({ path: 'C:\\a.txt', source, maximumSize: Infinity, timeLimit: 200 }),
    ).rejects.toMatchObject({ code: 'EPM_FILE_TIMEOUT' });
  });

  it('AC-98 one slow file does not hold up another', async () => {
    const worker = new DigestWorker();
    const cache = new FactsCache();
    try {
      const stopped = new AbortController();
      const hanging = cache.facts({
        ...slow(50, 4096 * MEBIBYTE),
        timeLimit: patient(600_000),
        digests: ['sha384'],
        worker,
        signal: stopped.signal,
        identity: () => undefined,
      });
      let ended = false;
      const end = (): void => void (ended = true);
      hanging.then(end, end);
      for (let round = 0; round < 5; round += 1) {
        const source = memorySource(Buffer.concat([program(), Buffer.alloc(32 * MEBIBYTE)]));
        await cache.facts({ path: 'C:\\b.exe', source, digests: ['sha384'], worker, identity: () => undefined });
      }
      expect(ended).toBe(false);
      stopped.abort();
      await expect(hanging).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    } finally {
      await worker.dispose();
    }
  });

  it('AC-98 refuse a sparse file over the limit without a read, and read one under it', async () => {
    const file = path.join(folder, 'sparse.exe');
    fs.writeFileSync(file, program());
    fs.truncateSync(file, 5 * 1024 ** 3);
    await expect(gatherNodeFile(file)).rejects.toMatchObject({
      code: 'EPM_FILE_TOO_LARGE',
      data: { size: 5 * 1024 ** 3, limit: 4 * 1024 ** 3 },
    });
    await expect(gatherNodeFile(file, { maximumSize: 8 * 1024 ** 3, timeLimit: 200 })).rejects.toMatchObject({
      code: 'EPM_FILE_TIMEOUT',
    });
    fs.truncateSync(file, 256 * MEBIBYTE);
    const expected = spawnSync('sha256sum', [file], { encoding: 'utf8' }).stdout.slice(0, 64);
    expect((await gatherNodeFile(file)).sha256).toBe(expected);
    fs.rmSync(file);
  });

  it('let the caller give up, before and while it is read', async () => {
    const before = AbortSignal.abort();
    await expect(gatherFacts({ ...slow(1), signal: before })).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    const during = new AbortController();
    const seen: number[] = [];
    const reading = gatherFacts({
      ...slow(5),
      signal: during.signal,
      onProgress: (bytes) => {
        seen.push(bytes);
        if (seen.length === 3) during.abort();
      },
    });
    await expect(reading).rejects.toMatchObject({ code: 'EPM_REQUEST_CANCELLED' });
    expect(seen).toEqual([1, 2, 3].map((count) => count * MEBIBYTE));
  });

  it('tell how far they are', async () => {
    const seen: (readonly number[])[] = [];
    const source = memorySource(Buffer.concat([program(), Buffer.alloc(2 * MEBIBYTE)]));
    await gatherFacts({ path: 'C:\\a.exe', source, onProgress: (...step) => seen.push(step) });
    expect(seen).toEqual([
      [MEBIBYTE, source.size],
      [2 * MEBIBYTE, source.size],
      [source.size, source.size],
    ]);
  });
});
