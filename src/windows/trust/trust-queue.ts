/**
 * How many questions about signatures run at once, and how long one may take. A question occupies a worker thread of
 * the process while Windows thinks or asks a server, and the agent needs those threads for reading files too.
 */
import { EpmError } from '../../model/errors.ts';

/** Runs work in its turn. @throws EpmError EPM_SIGNATURE_UNCHECKED when the answer takes too long */
export type TrustQueue = <T>(work: () => Promise<T>) => Promise<T>;

/** Node has four worker threads; one waits for events all the time, and one stays free for files. */
const MAX_CONCURRENT = 2;
/** Milliseconds from being asked to the answer, waiting for a turn included. */
const TIME_LIMIT = 30_000;

export function createTrustQueue(maxConcurrent: number = MAX_CONCURRENT, timeLimit: number = TIME_LIMIT): TrustQueue {
  let running = 0;
  const waiting: (() => void)[] = [];
  function next(): void {
    while (running < maxConcurrent) {
      const start = waiting.shift();
      if (start === undefined) return;
      start();
    }
  }
  return (work) =>
    new Promise((resolve, reject) => {
      const start = (): void => {
        running += 1;
        // Work that is late still ends by itself and closes what it opened; only then its turn is over.
        void Promise.resolve()
          .then(work)
          .then(resolve, reject)
          .finally(() => {
            clearTimeout(timer);
            running -= 1;
            next();
          });
      };
      const timer = setTimeout(() => {
        const at = waiting.indexOf(start);
        if (at >= 0) waiting.splice(at, 1);
        reject(
          new EpmError(
            'EPM_SIGNATURE_UNCHECKED',
            `Windows gave no answer about a signature in ${timeLimit / 1000} s.`,
            {
              data: { started: at < 0 },
            },
          ),
        );
      }, timeLimit);
      waiting.push(start);
      next();
    });
}
