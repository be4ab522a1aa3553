/** What Windows writes to on another thread is there until Windows has written it. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { Kernel32 } from '../../../src/windows/dll/kernel32.ts';
import { readerOf } from '../../../src/windows/files/reader.ts';
import { writerOf } from '../../../src/windows/files/writer.ts';

type Done = (error: unknown, result: number) => void;
type Call = (handle: number, data: Uint8Array, length: number, count: [number], at: Uint8Array, done: Done) => void;

/** Like koffi, keeps no reference to the memory of a call; a collection happens while it runs. */
function collected(): { readonly kernel32: Kernel32; readonly gone: () => readonly boolean[] } {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const memory: WeakRef<ArrayBufferLike>[] = [];
  let gone: readonly boolean[] = [];
  const call: Call = (_handle, data, length, count, at, done) => {
    memory.push(new WeakRef(data.buffer), new WeakRef(at.buffer));
    setTimeout(() => {
      collect();
      gone = memory.map((each) => each.deref() === undefined);
      count[0] = length;
      done(null, 1);
    }, 5);
  };
  const kernel32 = { ReadFile: { async: call }, WriteFile: { async: call }, CloseHandle: () => 1 };
  return { kernel32: kernel32 as unknown as Kernel32, gone: () => gone };
}

it('keeps the memory of a read until it is done', async () => {
  const { kernel32, gone } = collected();
  const { source } = readerOf(kernel32, 5, 4096, 'C:\\file');
  expect(await source.readInto?.(new Uint8Array(4096), 0)).toBe(4096);
  expect(gone()).toEqual([false, false]);
});

it('keeps the memory of a write until it is done', async () => {
  const { kernel32, gone } = collected();
  const writer = writerOf(kernel32, 5);
  expect(await writer.write(0, new Uint8Array(4096))).toBe(true);
  expect(gone()).toEqual([false, false]);
});
