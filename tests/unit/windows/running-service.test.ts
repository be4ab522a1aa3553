import { describe, expect, it } from 'vitest';
import type { EpmNative } from '../../../src/windows/dll/epmnative.ts';
import { nativeEvent } from '../../../src/windows/events/event.ts';
import type { EventLoop } from '../../../src/windows/events/event-loop.ts';
import { enterService } from '../../../src/windows/service/running-service.ts';

/** SERVICE_CONTROL_… of winsvc.h, and the service's own. */
const CONTROL = { stop: 1, interrogate: 4, shutdown: 5, sessionChange: 14, preshutdown: 15, removal: 128, other: 129 };
const ERROR_FAILED_SERVICE_CONTROLLER_CONNECT = 1063;

function service(connected = 0) {
  const handlers = new Set<(event: object) => void>();
  const states: number[][] = [];
  const stops: (string | undefined)[] = [];
  const native = {
    epm_service_run: () => connected,
    epm_service_status: (...state: number[]) => states.push(state),
  } as unknown as EpmNative;
  const events = {
    on: (_kind: string, handler: (event: object) => void) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  } as unknown as EventLoop;
  const enter = () => enterService(native, events, (reason) => stops.push(reason));
  const send = (control: number): void => {
    for (const handler of handlers) handler(nativeEvent({ kind: 'service', control }));
  };
  return { enter, send, stops, states, handlers };
}

describe('a control of the service manager', () => {
  it.each([
    ['stop', undefined],
    ['shutdown', 'shutdown'],
    ['preshutdown', 'shutdown'],
    ['removal', 'removal'],
  ] as const)('%s stops the agent once, and says why', (control, reason) => {
    const { enter, send, stops, handlers } = service();
    enter();
    send(CONTROL[control]);
    // Windows may send both when it goes down.
    send(CONTROL.shutdown);
    expect(stops).toEqual([reason]);
    expect(handlers.size).toBe(0);
  });

  it.each(['interrogate', 'sessionChange', 'other'] as const)('%s does not', (control) => {
    const { enter, send, stops } = service();
    enter();
    send(CONTROL[control]);
    expect(stops).toEqual([]);
  });
});

it('the service manager is told how the agent stands', () => {
  const { enter, states } = service();
  const running = enter();
  running.running();
  running.stopping();
  running.stopped(false);
  expect(states.map(([state]) => state)).toEqual([2, 4, 3, 1]);
});

it('nothing is left of a process that is no service', () => {
  const { enter, handlers } = service(ERROR_FAILED_SERVICE_CONTROLLER_CONNECT);
  expect(enter).toThrow(expect.objectContaining({ code: 'EPM_ARGUMENT' }) as Error);
  expect(handlers.size).toBe(0);
});
