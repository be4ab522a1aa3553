/** What Windows tells a service of sessions (WTSSESSION_NOTIFICATION). */
import type { EventLoop } from '../events/event-loop.ts';

/**
 * WTS_CONSOLE_DISCONNECT, WTS_REMOTE_DISCONNECT, WTS_SESSION_LOGOFF, WTS_SESSION_LOCK and WTS_SESSION_TERMINATE of winuser.h:
 * whoever was at the machine is not there any more.
 */
const LEFT: ReadonlySet<number> = new Set([2, 4, 6, 7, 0xb]);

/**
 * Calls back when nobody sits at a session any more. A console agent, which is no service, hears of none.
 * @returns the function that ends the subscription
 */
export function onSessionLeft(events: EventLoop, left: (session: number) => void): () => void {
  return events.on('session', ({ change, session }) => {
    if (LEFT.has(change)) left(session);
  });
}
