/** What one client connection offers to an elevation. */
import { EpmError } from '../model/errors.ts';
import type { RunDetails } from './contract.ts';

export interface ElevationContext {
  /** Aborted when the client takes the request back, or its time is over. Ends a tree that runs already. */
  readonly cancelled: AbortSignal;
  /** Aborted when the client is gone. A program that runs goes on. */
  readonly disconnected: AbortSignal;
  /** Called once, when the program runs. */
  started(run: RunDetails): void;
}

/**
 * @param stopping true once the agent stops: nothing is started any more
 * @throws EpmError EPM_REQUEST_CANCELLED when nobody waits for the start any more
 */
export function checkNotCancelled({ cancelled, disconnected }: ElevationContext, stopping: () => boolean): void {
  if (cancelled.aborted || disconnected.aborted || stopping()) {
    throw new EpmError('EPM_REQUEST_CANCELLED', 'The request was cancelled before anything was started.');
  }
}
