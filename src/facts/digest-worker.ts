/**
 * A second thread for digests. A signed file needs SHA-256 over two different selections of its bytes, which on one
 * core takes twice as long as hashing it once. The thread shares a small ring of buffers with the main thread, so that
 * bytes are neither copied nor sent.
 */
import { Worker } from 'node:worker_threads';
import { EpmError } from '../model/errors.ts';
import type { DigestAlgorithm } from '../model/file-facts.ts';

/** Bytes of one buffer of the ring. */
export const SLOT_SIZE = 1024 * 1024;
/** Two are hashed (one by each thread), one is read, one evens out the difference. */
const SLOT_COUNT = 4;
/** Milliseconds without work after which the thread ends and gives its memory back. */
const IDLE_TIME = 30_000;

/**
 * What the thread runs. It is text, because the packed program has no files of its own that a thread could load; plain
 * script, because it is not compiled. Each message is one order; the counter tells the main thread without a message
 * which buffers are free again.
 */
const PROGRAM = `'use strict';
const { parentPort, workerData } = require('node:worker_threads');
const { createHash } = require('node:crypto');
const ring = new Uint8Array(workerData.ring);
const done = new Int32Array(workerData.done);
let hashes = [];
parentPort.on('message', (order) => {
  if (order.algorithms !== undefined) hashes = order.algorithms.map((algorithm) => createHash(algorithm));
  else if (order.pieces !== undefined) {
    for (const [job, start, end] of order.pieces) hashes[job].update(ring.subarray(start, end));
    Atomics.add(done, 0, 1);
    Atomics.notify(done, 0);
  } else parentPort.postMessage(hashes.map((hash, job) => hash.update(new Uint8Array(order.zeros[job])).digest()));
});
`;

/** Bytes `start` to `end` of a buffer that go into the digest of that number. */
export type DigestPiece = readonly [job: number, start: number, end: number];

/** The thread, held for one file. */
export interface DigestLane {
  /** Buffer of the ring; only to be filled after `free` of the same number. */
  slot(number: number): Uint8Array;
  /** Settles when the buffer that chunk `number` goes to is not in use any more. */
  free(number: number): Promise<void> | undefined;
  /** Has the pieces of chunk `number`, which lies in its slot, hashed. Every chunk is to be given, in order. */
  update(number: number, pieces: readonly DigestPiece[]): void;
  /**
   * The digests, in the order of the algorithms.
   * @param zeros bytes of value zero that go into each at its end
   */
  finish(zeros: readonly number[]): Promise<readonly Uint8Array[]>;
  /** Gives the thread back. Without a `finish` before, a read may still write into the ring: it is thrown away. */
  release(): void;
}

/** The thread is started by the first large file, serves one file at a time, and never keeps the process alive. */
export class DigestWorker {
  #thread: Thread | undefined;
  #busy = false;
  #disposed = false;
  #idle: NodeJS.Timeout | undefined;

  /** @returns undefined when another file has the thread: the caller then hashes on its own */
  acquire(algorithms: readonly DigestAlgorithm[]): DigestLane | undefined {
    if (this.#busy || this.#disposed) return undefined;
    clearTimeout(this.#idle);
    this.#busy = true;
    const thread = (this.#thread ??= startThread());
    return thread.lane(algorithms, (reusable) => {
      this.#busy = false;
      if (!reusable) this.#end(thread);
      else this.#idle = setTimeout(() => this.#end(thread), IDLE_TIME).unref();
    });
  }

  /** Ends the thread; files that come later are hashed without one. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    clearTimeout(this.#idle);
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
  }

  #end(thread: Thread): void {
    if (this.#thread === thread) this.#thread = undefined;
    void thread.terminate();
  }
}

interface Thread {
  lane(algorithms: readonly DigestAlgorithm[], released: (reusable: boolean) => void): DigestLane;
  terminate(): Promise<unknown>;
}

function startThread(): Thread {
  const shared = { ring: new SharedArrayBuffer(SLOT_COUNT * SLOT_SIZE), done: new SharedArrayBuffer(4) };
  const done = new Int32Array(shared.done);
  const ring = new Uint8Array(shared.ring);
  // Neither options nor environment of this process are the thread's business.
  const worker = new Worker(PROGRAM, { eval: true, workerData: shared, env: {}, execArgv: [] });
  let failed: EpmError | undefined;
  let reject: (error: EpmError) => void = () => undefined;
  const fail = (cause?: unknown): void => {
    failed ??= new EpmError('EPM_INTERNAL', 'The thread that computes digests ended.', { cause });
    reject(failed);
  };
  worker.on('error', fail);
  worker.on('exit', () => fail());
  worker.unref();

  const orFailure = <T>(work: Promise<T>): Promise<T> =>
    new Promise<T>((resolve, refuse) => {
      if (failed !== undefined) {
        refuse(failed);
        return;
      }
      reject = refuse;
      work.then(resolve, refuse);
    });

  return {
    lane(algorithms, released) {
      Atomics.store(done, 0, 0);
      // Only while a file waits for it does the thread count as work of this process.
      worker.ref();
      worker.postMessage({ algorithms });
      let finished = false;
      return {
        slot: (number) => slotOf(ring, number),
        free(number) {
          const needed = number - SLOT_COUNT + 1;
          return Atomics.load(done, 0) >= needed ? undefined : orFailure(untilDone(done, needed));
        },
        update(number, pieces) {
          const base = (number % SLOT_COUNT) * SLOT_SIZE;
          worker.postMessage({ pieces: pieces.map(([job, start, end]) => [job, base + start, base + end]) });
        },
        async finish(zeros) {
          const answer = new Promise<readonly Uint8Array[]>((resolve) => worker.once('message', resolve));
          worker.postMessage({ zeros });
          const digests = await orFailure(answer);
          finished = true;
          return digests;
        },
        release() {
          worker.unref();
          released(finished && failed === undefined);
        },
      };
    },
    terminate: () => worker.terminate(),
  };
}

function slotOf(ring: Uint8Array, number: number): Uint8Array {
  const start = (number % SLOT_COUNT) * SLOT_SIZE;
  return ring.subarray(start, start + SLOT_SIZE);
}

async function untilDone(done: Int32Array, needed: number): Promise<void> {
  for (;;) {
    const now = Atomics.load(done, 0);
    if (now >= needed) return;
    const wait = Atomics.waitAsync(done as Int32Array<SharedArrayBuffer>, 0, now);
    if (wait.async) await wait.value;
  }
}
