/** What Windows tells a service of sessions (WTSSESSION_NOTIFICATION). */
import type { SessionLoss } from '../../agent/presence.ts';
import type { EventLoop } from '../events/event-loop.ts';

/** WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT and WTS_SESSION_LOCK of winuser.h: whoever was at the machine is away. */
const AWAY: ReadonlySet<number> = new Set([2, 4, 7]);
/** WTS_SESSION_LOGOFF and WTS_SESSION_TERMINATE. */
const OVER: ReadonlySet<number> = new Set([6, 0xb]);

/**
 * Calls back when nobody sits at a session any more. A console agent, which is no service, hears of none.
 * @returns the function that ends the subscription
 */
export function onSessionLeft(events: EventLoop, left: (session: number, loss: SessionLoss) => void): () => void {
  return events.on('session', ({ change, session }) => {
    if (AWAY.has(change)) left(session, 'away');
    else if (OVER.has(change)) left(session, 'over');
  });
}
