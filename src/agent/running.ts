/**
 * The elevated programs that run. Their trees end with the agent: a tree that nobody watches could outlive its limits
 * and its last audit record, so the job is killed when the agent's handle closes, and stopping the agent ends them first.
 */
import type { Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import type { RequestFields, RunFields } from './audit-entries.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Log, StartedProcess, Unwatched } from './ports.ts';
import { exitReasonOf } from './exit-reason.ts';
import { releaseProfile } from './profile.ts';
import { closeFile, removeCopy } from './program-file.ts';
import type { StartedRun } from './run.ts';

export interface ProgramEnd {
  readonly exitCode: number;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
}

/** STATUS_CONTROL_C_EXIT ([MS-ERREF] 2.3.1): the exit code of programs that were ended on request. */
const ENDED_ON_REQUEST = 0xc000_013a;
/** Trees of one user at once: more than a person works with, less than a machine can hold. */
export const MAX_PER_USER = 64;
/** Seconds after which a request may have its program ended, at most: a day. */
export const MAX_TIMEOUT = 86_400;
/** Milliseconds to wait for programs to be gone when the agent stops. */
const STOP_WAIT = 5_000;

/** Why the agent ended a program, where nobody asked for the end. */
export type EndReason =
  | 'timedOut'
  | 'readerGone'
  | 'clientGone'
  | 'agentStopped'
  /** It has started too many processes. */
  | 'tooManyProcesses'
  /** Somebody had the tree ended, who is named beside it. */
  | 'stopped'
  | Unwatched;

/** A tree of which at least one process is left. */
export interface RunningTree extends StartedRun {
  /** Settles when it is empty and its resources are given back. */
  readonly gone: Promise<void>;
  /** The first process has ended. */
  readonly hasEnded: boolean;
}

interface End {
  readonly reason: EndReason | undefined;
  /** Who asked for it. */
  readonly by: Sid | undefined;
}

export class RunningPrograms {
  readonly #trail: AuditTrail;
  readonly #log: Log;
  readonly #running = new Set<RunningTree>();
  /** Trees of each user that run or are about to. */
  readonly #places = new Map<Sid, number>();
  /** Of every program that was to end; what came first counts. */
  readonly #ends = new WeakMap<StartedProcess, End>();

  constructor(trail: AuditTrail, log: Log) {
    this.#trail = trail;
    this.#log = log;
  }

  /** Trees of which at least one process is left. */
  get count(): number {
    return this.#running.size;
  }

  /** All trees, in the order of their starts. */
  get trees(): readonly RunningTree[] {
    return [...this.#running];
  }

  /**
   * Watches a program that has just been resumed.
   * @param record what the record of its end says besides the exit code
   * @param delivered settles when nobody reads the streams of the program any more; until then they are kept
   * @returns settles, after the end was recorded, when the first process has ended
   */
  watch(
    started: StartedRun,
    record: RequestFields & RunFields,
    delivered?: Promise<void>,
  ): Promise<ProgramEnd | undefined> {
    const { process, run, children } = started;
    const tree = { ...started, hasEnded: false };
    const ended = process.exited.then(
      async (end) => {
        tree.hasEnded = true;
        await this.#noteUnwatched(process);
        this.#trail.appendBestEffort({
          ...record,
          ...this.#describeEnd(started),
          event: 'elevationEnded',
          result: end.exitCode,
          reason: this.reasonOf(process) ?? exitReasonOf(run, end.exitCode, children),
          message: undefined,
        });
        return end;
      },
      () => {
        tree.hasEnded = true;
        this.#trail.appendBestEffort({
          ...record,
          ...this.#describeEnd(started),
          event: 'elevationEnded',
          result: undefined,
          reason: 'endUnknown',
          message: 'The end of the program could not be observed.',
        });
        return undefined;
      },
    );
    children?.onOverrun(() => this.end(process, 'tooManyProcesses'));
    void process.unwatched.then((why) => this.end(process, why));
    const running = Object.assign(tree, { gone: this.#forgetWhenEmpty(started, record, ended, delivered) });
    this.#running.add(running);
    void running.gone.then(() => this.#running.delete(running));
    return ended;
  }

  /**
   * Keeps a place for a program that is about to start, so that one user cannot fill the machine with elevated ones.
   * @returns gives the place back, once the tree is empty or nothing was started
   * @throws EpmError EPM_TOO_MANY_RUNNING
   */
  takePlace(user: Sid): () => void {
    const taken = this.#places.get(user) ?? 0;
    if (taken >= MAX_PER_USER) {
      throw new EpmError('EPM_TOO_MANY_RUNNING', `${taken} elevated programs of this user run already.`, {
        data: { running: taken, limit: MAX_PER_USER },
      });
    }
    this.#places.set(user, taken + 1);
    let isTaken = true;
    return () => {
      if (!isTaken) return;
      isTaken = false;
      const left = (this.#places.get(user) ?? 1) - 1;
      if (left === 0) this.#places.delete(user);
      else this.#places.set(user, left);
    };
  }

  /** Ends a tree, unless it is empty by then. @param seconds at most {@link MAX_TIMEOUT} */
  endAfter(process: StartedProcess, seconds: number): void {
    const timer = setTimeout(() => this.end(process, 'timedOut'), seconds * 1000);
    const clear = (): void => clearTimeout(timer);
    process.treeEmpty.then(clear, clear);
  }

  /** Why the agent ended the program; undefined: it did not, or was asked to. */
  reasonOf(process: StartedProcess): EndReason | undefined {
    return this.#ends.get(process)?.reason;
  }

  /** Ends one tree. @param by who asked for it, where that is to be recorded */
  end(process: StartedProcess, reason?: EndReason, by?: Sid): void {
    if (!this.#ends.has(process)) this.#ends.set(process, { reason, by });
    try {
      process.terminate(ENDED_ON_REQUEST);
    } catch {
      this.#log.write('error', 'terminateFailed', { processId: process.processId });
    }
  }

  /** Ends every tree and waits, for a limited time, until the ends are recorded. */
  async endAll(): Promise<void> {
    const all = [...this.#running];
    for (const { process } of all) this.end(process, 'agentStopped');
    await atMost(all.map(({ gone }) => gone));
    // Releasing closes the job, which kills what is left of a tree.
    await atMost([...this.#running].map((started) => this.#release(started)));
  }

  /** Why a tree was ended that could not be watched any more is known before its end, and told first. */
  async #noteUnwatched(process: StartedProcess): Promise<void> {
    const why = await Promise.race([process.unwatched, Promise.resolve(undefined)]);
    if (why !== undefined && !this.#ends.has(process)) this.#ends.set(process, { reason: why, by: undefined });
  }

  #describeEnd({ process, children }: StartedRun): {
    readonly childrenAllowed: number | undefined;
    readonly childrenDenied: number | undefined;
    readonly endedBy: Sid | undefined;
  } {
    const counts = children?.notes.counts;
    return {
      childrenAllowed: counts?.allowed,
      childrenDenied: counts?.denied,
      endedBy: this.#ends.get(process)?.by,
    };
  }

  async #forgetWhenEmpty(
    started: StartedRun,
    record: RequestFields & RunFields,
    ended: Promise<unknown>,
    delivered?: Promise<void>,
  ): Promise<void> {
    const { process } = started;
    await ended;
    const isTold = this.#ends.has(process);
    await process.treeEmpty.catch(() => {
      this.#log.write('warning', 'treeEndUnknown', { processId: process.processId });
    });
    const reason = this.reasonOf(process);
    if (!isTold && reason !== undefined) {
      this.#trail.appendBestEffort({ ...record, ...this.#describeEnd(started), event: 'treeEnded', reason });
    }
    await delivered;
    await this.#release(started);
  }

  async #release({ process, copy, held, profile }: StartedRun): Promise<void> {
    try {
      process.release();
    } catch {
      this.#log.write('error', 'releaseFailed', { processId: process.processId });
    }
    removeCopy(copy, this.#log);
    for (const each of held) closeFile(each, this.#log);
    // Last: as long as a handle of the tree is open, its hive may be in use.
    await releaseProfile(profile, this.#log);
  }
}

/** Waits for all of it, for a limited time. */
async function atMost(work: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_WAIT);
  });
  await Promise.race([Promise.all(work), limit]);
  clearTimeout(timer);
}
