/**
 * How many questions about signatures run at once, and how long one may take. A question occupies a worker thread of
 * the process while Windows thinks or asks a server, and the agent needs those threads for reading files too.
 */
import { type Asker, FairQueue } from '../../facts/fair-queue.ts';
import { EpmError } from '../../model/errors.ts';

/**
 * Runs work in a turn of the one who asks.
 * @throws EpmError EPM_SIGNATURE_UNCHECKED when the answer takes too long, EPM_REQUEST_CANCELLED when nobody waits for it,
 * EPM_AGENT_BUSY when the turn does not come in time
 */
export type TrustQueue = <T>(asker: Asker, work: () => Promise<T>) => Promise<T>;

/** Node has four worker threads; one waits for events all the time, and one stays free for files. */
const LIMITS = { slots: 2, perUser: 1 };
/** Milliseconds from the turn to the answer. */
const TIME_LIMIT = 30_000;

export function createTrustQueue(limits: typeof LIMITS = LIMITS, timeLimit: number = TIME_LIMIT): TrustQueue {
  const turns = new FairQueue({ what: 'checking signatures', ...limits });
  return (asker, work) =>
    new Promise((resolve, reject) => {
      const cancelled = (): void =>
        reject(new EpmError('EPM_REQUEST_CANCELLED', 'The check of the signatures was cancelled.'));
      const turn = (): Promise<unknown> => {
        const timer = setTimeout(() => reject(tooLate(timeLimit)), timeLimit);
        asker.signal?.addEventListener('abort', cancelled, { once: true });
        // Work that is late or not wanted any more still ends by itself and closes what it opened; only then its turn is
        // over.
        return Promise.resolve()
          .then(work)
          .then(resolve, reject)
          .finally(() => {
            clearTimeout(timer);
            asker.signal?.removeEventListener('abort', cancelled);
          });
      };
      turns.run(asker, turn).catch(reject);
    });
}

function tooLate(timeLimit: number): EpmError {
  return new EpmError('EPM_SIGNATURE_UNCHECKED', `Windows gave no answer about a signature in ${timeLimit / 1000} s.`, {
    data: { seconds: timeLimit / 1000 },
  });
}
