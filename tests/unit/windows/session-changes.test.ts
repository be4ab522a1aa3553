import { describe, expect, it } from 'vitest';
import type { EventLoop } from '../../../src/windows/events/event-loop.ts';
import { nativeEvent } from '../../../src/windows/events/event.ts';
import { onSessionLeft } from '../../../src/windows/service/session-changes.ts';

/** WTS_ values of winuser.h by which nobody sits at the session any more, and the others. */
const LEFT = [2, 4, 6, 7, 11];
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
    const told: number[] = [];
    const end = onSessionLeft(events, (session) => told.push(session));
    for (const change of [...LEFT, ...STAYED]) {
      handler?.(nativeEvent({ kind: 'session', change, session: 100 + change }));
    }
    expect(told).toEqual(LEFT.map((change) => 100 + change));
    end();
    expect(handler).toBeUndefined();
  });
});
