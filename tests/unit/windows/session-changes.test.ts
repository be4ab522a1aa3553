import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../../src/windows/events/event-loop.ts';
import { nativeEvent } from '../../../src/windows/events/event.ts';
import { onSessionLeft } from '../../../src/windows/service/session-changes.ts';

/** WTS_ values of winuser.h by which nobody sits at the session any more, by which it is over, and the others. */
const AWAY = [2, 4, 7];
const OVER = [6, 11];
const STAYED = [1, 3, 5, 8, 9, 10];

describe('AC-10 changes of a session', () => {
  it('that take its person away are told, and no others', () => {
    let handler: ((event: object) => void) | undefined;
    const events = {
      on: (_kind: string, given: (event: object) => void) => {
        handler = given;
        return () => (handler = undefined);
      },
    } as unknown as EventLoop;
    const told: [number, string][] = [];
    const end = onSessionLeft(events, (session, loss) => told.push([session, loss]));
    for (const change of [...AWAY, ...OVER, ...STAYED]) {
      handler?.(nativeEvent({ kind: 'session', change, session: 100 + change }));
    }
    expect(told).toEqual([
      ...AWAY.map((change) => [100 + change, 'away']),
      ...OVER.map((change) => [100 + change, 'over']),
    ]);
    end();
    expect(handler).toBeUndefined();
  });
});
