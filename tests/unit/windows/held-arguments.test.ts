import { createRequire } from 'node:module';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isWindows } from '../../../testbed/machine.ts';
import { loadKoffi } from '../../../src/windows/dll/koffi.ts';

const PLATFORM = `${process.platform}-${process.arch}`;

/** Sleeps as long as the number at an address says; on both systems the function reads it through the pointer. */
function sleeper() {
  const module = createRequire(createRequire(import.meta.url).resolve('koffi')).resolve(
    `@koromix/koffi-${PLATFORM}/package.json`,
  );
  const koffi = loadKoffi(path.join(path.dirname(module), PLATFORM.replace('-', '_'), 'koffi.node'));
  return isWindows
    ? koffi.load('ntdll.dll').func('int NtDelayExecution(uint8_t alertable, uint8_t *interval)')
    : koffi.load('libc.so.6').func('int clock_nanosleep(int clock, int flags, uint8_t *interval, void *remaining)');
}

/** Half a second: a struct timespec, or a LARGE_INTEGER of 100 ns that counts backwards. */
function interval(): Buffer {
  const bytes = Buffer.alloc(16);
  if (isWindows) bytes.writeBigInt64LE(-5_000_000n);
  else bytes.writeBigInt64LE(500_000_000n, 8);
  return bytes;
}

describe('an asynchronous call', () => {
  it('keeps the buffers that it was given until it is done, and no longer', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const sleep = sleeper();
    let isDone = false;
    let end: (result: unknown) => void = () => undefined;
    const ended = new Promise((resolve) => (end = resolve));
    const start = (): WeakRef<Buffer> => {
      const given = interval();
      const values = isWindows ? [0, given] : [1, 0, given, null];
      sleep.async(...values, (error: unknown, result: unknown) => {
        isDone = true;
        end(error ?? result);
      });
      return new WeakRef(given);
    };
    const buffer = start();
    // What a weak reference was made of stays until the turn is over.
    await turn();
    collect();
    const isKept = buffer.deref() !== undefined;
    // On a machine that took longer for this than the call, nothing was shown.
    expect(isKept || isDone).toBe(true);
    expect(await ended).toBe(0);
    await turn();
    collect();
    expect(buffer.deref()).toBeUndefined();
  });

  it('that is refused keeps nothing', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const sleep = sleeper();
    const start = (): WeakRef<Buffer> => {
      const given = interval();
      const values = isWindows ? [0] : [1, 0];
      expect(() => sleep.async(...values, given, 'one too many', 'and one more', () => undefined)).toThrow();
      return new WeakRef(given);
    };
    const buffer = start();
    await turn();
    collect();
    expect(buffer.deref()).toBeUndefined();
  });
});
