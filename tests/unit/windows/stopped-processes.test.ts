import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LockedImage, MappedImage, NewLibrary, NewProcess, TreeJudge } from '../../../src/agent/ports.ts';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import type { EventLoop } from '../../../src/windows/events/event-loop.ts';
import { judgeStopped } from '../../../src/windows/processes/stopped-processes.ts';

const TREE = 7;
const MINUTES = 60_000;

/** The native part with one tree, of which the test stops processes. */
class Stopping {
  readonly answers: (readonly [stopped: number, run: number])[] = [];
  readonly opened: (readonly [handle: number, asker: string, own: readonly string[]])[] = [];
  terminated = 0;
  closed = 0;
  details: object | undefined = { library: false, processId: 20, parentProcessId: 10, commandLine: 'x "a b"' };
  answerResult = 0;
  #handler: ((event: { kind: 'stopped'; process: number; stopped: number }) => void) | undefined;

  readonly native = {
    epm_stopped_take: (
      _tree: number,
      _id: number,
      image: [number],
      out: Uint8Array,
      _size: number,
      length: [number],
    ) => {
      if (this.details === undefined) return 6;
      const text = Buffer.from(JSON.stringify(this.details));
      out.set(text);
      length[0] = text.length;
      image[0] = 400;
      return 0;
    },
    epm_stopped_answer: (_tree: number, stopped: number, run: number) => {
      this.answers.push([stopped, run]);
      return this.answerResult;
    },
    epm_process_terminate: () => {
      this.terminated += 1;
      return 0;
    },
  } as unknown as EpmNative;

  readonly images = {
    openImage: (handle: number, asker: string, own: ReadonlySet<string>) => {
      this.opened.push([handle, asker, [...own]]);
      return { path: 'C:\\x.exe', close: () => void (this.closed += 1) } as LockedImage;
    },
    mappedImage: (handle: number, asker: string, own: ReadonlySet<string>): MappedImage => ({
      file: { path: 'C:\\x.dll', id: { volume: 'v', file: 'f' } },
      open: () => this.images.openImage(handle, asker, own),
      close: () => void (this.closed += 1),
    }),
  };

  readonly events = {
    on: (_kind: string, handler: (event: { kind: 'stopped'; process: number; stopped: number }) => void) => {
      this.#handler = handler;
      return () => (this.#handler = undefined);
    },
  } as unknown as EventLoop;

  judge(judge: TreeJudge): () => void {
    const { native, images } = this;
    return judgeStopped({ native, number: TREE, judge, images, own: new Set(['S-1-5-107-1']) }, this.events);
  }

  stop(stopped: number, process = TREE): void {
    this.#handler?.({ kind: 'stopped', process, stopped });
  }
}

describe('processes that were stopped', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('go to the judge with what is known of them, and the first answer counts', () => {
    const stopping = new Stopping();
    const asked: NewProcess[] = [];
    stopping.judge({ child: (process) => void asked.push(process) });
    stopping.stop(1, TREE + 1);
    stopping.stop(2);
    expect(asked).toMatchObject([{ processId: 20, parentProcessId: 10, commandLine: 'x "a b"' }]);
    expect(stopping.opened).toEqual([[400, `tree ${TREE}`, ['S-1-5-107-1']]]);
    asked[0]?.run();
    asked[0]?.end();
    expect(stopping.answers).toEqual([[2, 1]]);
    expect(stopping.closed).toBe(0);
  });

  it('have no command line that cannot be read', () => {
    const stopping = new Stopping();
    stopping.details = { ...stopping.details, commandLine: null };
    const asked: NewProcess[] = [];
    stopping.judge({ child: (process) => void asked.push(process) });
    stopping.stop(1);
    expect(asked[0]?.commandLine).toBeUndefined();
    asked[0]?.end();
    expect(stopping.answers).toEqual([[1, 0]]);
  });

  it('AC-63 end when the judge throws, when nothing is known of them, and when nobody asked for libraries', () => {
    const stopping = new Stopping();
    stopping.judge({
      child: () => {
        throw new Error('judge');
      },
    });
    stopping.stop(1);
    expect(stopping.closed).toBe(1);
    stopping.details = { library: true, processId: 20, parentProcessId: 0, commandLine: null };
    stopping.stop(2);
    expect(stopping.closed).toBe(2);
    stopping.details = { library: false };
    stopping.stop(3);
    stopping.details = undefined;
    stopping.stop(4);
    expect(stopping.answers).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ]);
  });

  it('AC-63 end after minutes when the judge does not answer, and a later answer changes nothing', async () => {
    const stopping = new Stopping();
    const asked: NewProcess[] = [];
    stopping.judge({ child: (process) => void asked.push(process) });
    stopping.stop(1);
    await vi.advanceTimersByTimeAsync(4 * MINUTES);
    expect(stopping.answers).toEqual([]);
    await vi.advanceTimersByTimeAsync(2 * MINUTES);
    asked[0]?.run();
    expect(stopping.answers).toEqual([[1, 0]]);
  });

  it('are libraries where the judge asks for them', () => {
    const stopping = new Stopping();
    stopping.details = { library: true, processId: 20, parentProcessId: 0, commandLine: null };
    const asked: NewLibrary[] = [];
    stopping.judge({ child: () => undefined, library: (library) => void asked.push(library) });
    stopping.stop(1);
    // Most are known by then: they are opened only by a judge that has to.
    expect(asked[0]?.image.file).toMatchObject({ path: 'C:\\x.dll' });
    expect(stopping.opened).toEqual([]);
    asked[0]?.image.open();
    expect(stopping.opened).toEqual([[400, `tree ${TREE}`, ['S-1-5-107-1']]]);
    asked[0]?.run();
    expect(stopping.answers).toEqual([[1, 1]]);
  });

  it('end with their tree when they cannot be answered for', () => {
    const stopping = new Stopping();
    stopping.judge({ child: (process) => process.run() });
    stopping.answerResult = 6;
    stopping.stop(1);
    expect(stopping.terminated).toBe(0);
    stopping.answerResult = 8;
    stopping.stop(2);
    expect(stopping.terminated).toBe(1);
  });

  it('are asked about no more once the tree is released', async () => {
    const stopping = new Stopping();
    const release = stopping.judge({ child: () => undefined });
    stopping.stop(1);
    release();
    stopping.stop(2);
    await vi.advanceTimersByTimeAsync(10 * MINUTES);
    expect(stopping.opened).toHaveLength(1);
    expect(stopping.answers).toEqual([]);
  });
});
