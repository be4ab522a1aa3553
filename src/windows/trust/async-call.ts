/** A Windows function on a worker thread, as a promise. */
import { EpmError } from '../../model/errors.ts';

/** @throws EpmError EPM_SIGNATURE_UNCHECKED when the call could not be made */
export function asyncCall<T>(start: (done: (error: unknown, result: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, result) => {
      if (error === null || error === undefined) resolve(result);
      else
        reject(new EpmError('EPM_SIGNATURE_UNCHECKED', 'A function of Windows could not be called.', { cause: error }));
    });
  });
}
