/** What one client connection offers to an elevation. */
import { EpmError } from '../model/errors.ts';
import type { QuestionText, RunDetails, WaitReason } from './contract.ts';
import type { OutputPiece } from './ports.ts';

/** What one client connection offers to any request. */
export interface RequestContext {
  /** Aborted when the client takes the request back, or its time is over. Ends a tree that runs already. */
  readonly cancelled: AbortSignal;
  /** Aborted when the client is gone. A program that runs goes on, unless the request tied it to its client. */
  readonly disconnected: AbortSignal;
}

export interface ElevationContext extends RequestContext {
  /** Called when the start is put off, before it goes on by itself. @param text of the question that the person is asked */
  waiting(why: WaitReason, text?: QuestionText): void;
  /** Called once, when the program runs. */
  started(run: RunDetails): void;
  /** Hands over what the program wrote. Settles when the client has taken it; false: the client is gone. */
  output(piece: OutputPiece): Promise<boolean>;
}

/**
 * @param stopping true once the agent stops: nothing is started any more
 * @throws EpmError EPM_REQUEST_CANCELLED when nobody waits for the start any more
 */
export function checkNotCancelled({ cancelled, disconnected }: ElevationContext, stopping: () => boolean): void {
  if (cancelled.aborted || disconnected.aborted || stopping()) {
    // Whoever cancels may say why.
    if (cancelled.reason instanceof EpmError) throw cancelled.reason;
    throw new EpmError('EPM_REQUEST_CANCELLED', 'The request was cancelled before anything was started.');
  }
}

/** Calls back when the signal is aborted, at once when it is already. @returns the function that stops listening */
export function onAbort(signal: AbortSignal, action: () => void): () => void {
  if (signal.aborted) action();
  else signal.addEventListener('abort', action, { once: true });
  return () => signal.removeEventListener('abort', action);
}

/** Settles when the signal is aborted. */
export function whenAborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => onAbort(signal, () => resolve(undefined)));
}

/** Aborted as soon as nobody waits for the answer. */
export function untilNobodyWaits({ cancelled, disconnected }: RequestContext): AbortSignal {
  return AbortSignal.any([cancelled, disconnected]);
}
