import { describe, expect, it } from 'vitest';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import type { EventLoop } from '../../../src/windows/events/event-loop.ts';
import { NativeOutput } from '../../../src/windows/processes/native-output.ts';

const NO_DATA = 232;
const HANDLE_EOF = 38;

/** The native part with what waits in each stream of one process. */
class FakeNative {
  readonly waiting: Record<number, string[]> = { 1: [], 2: [] };
  readonly ended = new Set<number>();
  stops = 0;
  #handler: ((event: { process: number }) => void) | undefined;

  readonly native = {
    epm_process_output: (_process: number, stream: number, out: Uint8Array, _capacity: number, length: [number]) => {
      const text = this.waiting[stream]?.shift();
      if (text === undefined) return this.ended.has(stream) ? HANDLE_EOF : NO_DATA;
      length[0] = Buffer.from(text).copy(out);
      return 0;
    },
    epm_process_end_streams: () => {
      this.stops += 1;
      return 0;
    },
  } as unknown as EpmNative;

  readonly events = {
    on: (_kind: string, handler: (event: { process: number }) => void) => {
      this.#handler = handler;
      return () => (this.#handler = undefined);
    },
  } as unknown as EventLoop;

  say(process = 7): void {
    this.#handler?.({ process });
  }

  get isHeard(): boolean {
    return this.#handler !== undefined;
  }
}

const text = async (output: NativeOutput): Promise<string | undefined> => {
  const piece = await output.next();
  return piece && `${piece.stream}:${Buffer.from(piece.bytes).toString()}`;
};

describe('the streams of a native process', () => {
  it('take turns, so that neither holds the other one up', async () => {
    const fake = new FakeNative();
    fake.waiting[1] = ['a', 'b'];
    fake.waiting[2] = ['x', 'y'];
    const output = new NativeOutput(fake.native, fake.events, 7);
    const seen = [await text(output), await text(output), await text(output), await text(output)];
    expect(seen).toEqual(['stdout:a', 'stderr:x', 'stdout:b', 'stderr:y']);
  });

  it('are waited for, also where the event comes first', async () => {
    const fake = new FakeNative();
    const output = new NativeOutput(fake.native, fake.events, 7);
    const next = text(output);
    fake.say(8);
    fake.waiting[2]?.push('late');
    fake.say();
    expect(await next).toBe('stderr:late');
    fake.waiting[1]?.push('early');
    fake.say();
    expect(await text(output)).toBe('stdout:early');
  });

  it('end when both have ended', async () => {
    const fake = new FakeNative();
    const output = new NativeOutput(fake.native, fake.events, 7);
    fake.ended.add(1);
    const next = text(output);
    fake.waiting[2]?.push('rest');
    fake.ended.add(2);
    fake.say();
    expect(await next).toBe('stderr:rest');
    expect(await text(output)).toBeUndefined();
  });

  it('are stopped once, which ends the wait', async () => {
    const fake = new FakeNative();
    const output = new NativeOutput(fake.native, fake.events, 7);
    const next = text(output);
    output.stop();
    output.stop();
    expect(await next).toBeUndefined();
    expect(fake.stops).toBe(1);
    expect(fake.isHeard).toBe(false);
  });
});
