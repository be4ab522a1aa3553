/**
 * Whether somebody still sits at the session of a request (AC-10 of the abuse cases: whoever was asked must still be there
 * when the answer comes). A locked or disconnected session ends what needs an answer of its person; what needs none goes
 * on, as it does for other programs of that person, until the session itself is over.
 */
import { EpmError } from '../model/errors.ts';
import type { RequestContext } from './elevation-context.ts';

/** What became of a session: its person may come back to it, or it is over. */
export type SessionLoss = 'away' | 'over';

/** The person of one request. */
export interface Presence {
  /** Aborted when they left the session after the request came, or it is over. */
  readonly left: AbortSignal;
  /** Aborted when the session is over. */
  readonly over: AbortSignal;
  /** The request has its answer. */
  end(): void;
}

export class Sessions {
  readonly #open = new Map<number, Set<(loss: SessionLoss) => void>>();

  /** Takes a request that has just come from a session. */
  enter(session: number): Presence {
    const [left, over] = [new AbortController(), new AbortController()];
    const lose = (loss: SessionLoss): void => {
      const reason = sessionLeft();
      left.abort(reason);
      if (loss === 'over') over.abort(reason);
    };
    const open = this.#open.get(session) ?? new Set();
    this.#open.set(session, open.add(lose));
    return {
      left: left.signal,
      over: over.signal,
      end: () => {
        open.delete(lose);
        if (open.size === 0 && this.#open.get(session) === open) this.#open.delete(session);
      },
    };
  }

  lose(session: number, loss: SessionLoss): void {
    for (const lose of this.#open.get(session) ?? []) lose(loss);
  }
}

/** The same conversation, cancelled by one more signal. */
export function cancelledBy<C extends RequestContext>(context: C, signal: AbortSignal): C {
  return { ...context, cancelled: AbortSignal.any([context.cancelled, signal]) };
}

function sessionLeft(): EpmError {
  return new EpmError(
    'EPM_REQUEST_CANCELLED',
    'The session was locked, disconnected or left before anything was started.',
    {
      hint: 'Ask again, and stay signed in until the program has started.',
      data: { reason: 'sessionLeft' },
    },
  );
}
