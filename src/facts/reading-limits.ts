/** Limits of reading one file, enforced at its one source, so that no parser and no digest can outrun them. */
import { EpmError } from '../model/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { displayText } from '../text/display.ts';

export interface ReadingLimits {
  /** Milliseconds for everything that is read of the file; default {@link DEFAULT_TIME_LIMIT}. */
  readonly timeLimit?: number;
  /** Ends the reading with EPM_REQUEST_CANCELLED. */
  readonly signal?: AbortSignal;
}

/** Milliseconds: 4 GiB from a disk that gives 35 MB/s. */
const DEFAULT_TIME_LIMIT = 120_000;

interface LimitedSource {
  readonly source: ByteSource;
  /** Rejects as soon as the limit is reached or the caller gives up; never fulfils. For what waits for no read. */
  stopped<T>(work: Promise<T>): Promise<T>;
  /** Takes the timer and the listener away. */
  end(): void;
}

/**
 * Every read of the returned source fails once the time is over or the caller gave up, a read that hangs included; the
 * hanging read itself is left to its owner, who keeps the handle until it returns.
 * @throws EpmError (from the source) EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
 */
export function limitSource(source: ByteSource, path: string, limits: ReadingLimits): LimitedSource {
  const { timeLimit = DEFAULT_TIME_LIMIT, signal } = limits;
  const deadline = performance.now() + timeLimit;
  const waiting = new Set<(error: EpmError) => void>();
  let over: EpmError | undefined;
  const stop = (error: EpmError): void => {
    over ??= error;
    for (const reject of waiting) reject(over);
    waiting.clear();
  };
  const tooSlow = (): EpmError =>
    new EpmError(
      'EPM_FILE_TIMEOUT',
      `The file "${displayText(path)}" was not read within ${timeLimit / 1000} seconds.`,
      { data: { seconds: timeLimit / 1000 } },
    );
  const cancel = (): void =>
    stop(new EpmError('EPM_REQUEST_CANCELLED', `Reading the file "${displayText(path)}" was cancelled.`));
  const timer = setTimeout(() => stop(tooSlow()), timeLimit);
  if (signal?.aborted === true) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });

  const check = (): void => {
    // A source that answers at once never lets the timer fire.
    if (over === undefined && performance.now() > deadline) over = tooSlow();
    if (over !== undefined) throw over;
  };
  const stopped = <T>(work: Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      if (over !== undefined) {
        work.catch(() => undefined);
        reject(over);
        return;
      }
      waiting.add(reject);
      work.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  const readInto = source.readInto?.bind(source);
  return {
    stopped,
    source: {
      size: source.size,
      check,
      read(offset, length) {
        check();
        const result = source.read(offset, length);
        return result instanceof Promise ? stopped(result) : result;
      },
      ...(readInto === undefined
        ? {}
        : {
            readInto(target, offset) {
              check();
              return stopped(readInto(target, offset));
            },
          }),
    },
    end() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    },
  };
}
