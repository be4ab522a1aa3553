/**
 * Writes to clients. A client that does not read blocks the write that serves it, so writes run on worker threads, few
 * at a time and one at a time for each user: nobody can hold up the answers to others.
 */
import type { EpmNative } from '../dll/epmnative.ts';
import { WIN32 } from '../dll/win32-error.ts';

/** Writes in flight. Node has four worker threads; one waits for events and one must stay free for reading files. */
const MAX_IN_FLIGHT = 2;
/** Bytes that may wait for one client. */
const MAX_WAITING = 8 * 1024 * 1024;

interface Job {
  readonly connection: number;
  readonly user: string;
  readonly bytes: Uint8Array;
  readonly done: (result: number) => void;
}

export class WriteQueue {
  readonly #native: EpmNative;
  /** In the order they were asked for. */
  #jobs: Job[] = [];
  readonly #busyUsers = new Set<string>();
  readonly #waiting = new Map<number, number>();

  constructor(native: EpmNative) {
    this.#native = native;
  }

  /**
   * Writes one message after those that were asked for before.
   * @param done called with the Windows error number, 0 for success
   * @returns false when too much waits for this client already; then nothing is written
   */
  write(connection: number, user: string, bytes: Uint8Array, done: (result: number) => void): boolean {
    const waiting = (this.#waiting.get(connection) ?? 0) + bytes.length;
    if (waiting > MAX_WAITING) return false;
    this.#waiting.set(connection, waiting);
    this.#jobs.push({ connection, user, bytes, done });
    this.#next();
    return true;
  }

  /** Gives up on what has not been written yet: each is done with ERROR_BROKEN_PIPE. */
  drop(connection: number): void {
    const dropped = this.#jobs.filter((job) => job.connection === connection);
    if (dropped.length === 0) return;
    this.#jobs = this.#jobs.filter((job) => job.connection !== connection);
    for (const job of dropped) this.#finish(job, WIN32.BROKEN_PIPE);
  }

  #next(): void {
    while (this.#busyUsers.size < MAX_IN_FLIGHT) {
      const index = this.#jobs.findIndex((job) => !this.#busyUsers.has(job.user));
      const [job] = index < 0 ? [] : this.#jobs.splice(index, 1);
      if (job === undefined) return;
      this.#start(job);
    }
  }

  #start(job: Job): void {
    this.#busyUsers.add(job.user);
    this.#native.epm_pipe_write.async(job.connection, job.bytes, job.bytes.length, (error, result) => {
      this.#busyUsers.delete(job.user);
      this.#finish(job, error === null || error === undefined ? result : WIN32.INVALID_HANDLE);
      this.#next();
    });
  }

  #finish(job: Job, result: number): void {
    const waiting = (this.#waiting.get(job.connection) ?? 0) - job.bytes.length;
    if (waiting > 0) this.#waiting.set(job.connection, waiting);
    else this.#waiting.delete(job.connection);
    job.done(result);
  }
}
