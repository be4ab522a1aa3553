/**
 * The one place that waits for the native part. Its events are handed to whoever subscribed to them; the wait itself
 * runs on a worker thread, so the agent stays free for other work.
 */
import { EpmError } from '../../model/errors.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { parseNativeJson } from '../dll/json-call.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { type NativeEvent, nativeEvent } from './event.ts';

/** Milliseconds one wait lasts at most. Nothing depends on it but how long a lost wake-up could delay the stop. */
const WAIT = 60_000;
/** Bytes; the longest event carries one SID. */
const CAPACITY = 4096;

export type EventOf<K extends NativeEvent['kind']> = Extract<NativeEvent, { kind: K }>;

export interface EventLoop {
  /** Subscribes to one kind of event. Returns the function that ends the subscription. */
  on<K extends NativeEvent['kind']>(kind: K, handler: (event: EventOf<K>) => void): () => void;
  /** Ends the loop. Settles when no wait is running any more. */
  stop(): Promise<void>;
}

/**
 * Starts the loop.
 * @param failed called once when waiting fails; the loop has then ended and the agent must stop, because it would never
 * again learn that a client connected or a program ended
 */
export function startEventLoop(native: EpmNative, failed: (error: EpmError) => void): EventLoop {
  const handlers = new Map<NativeEvent['kind'], Set<(event: NativeEvent) => void>>();
  const buffer = new Uint8Array(CAPACITY);
  const length: [number] = [0];
  let running = true;
  let ended: () => void = () => undefined;
  const end = new Promise<void>((resolve) => (ended = resolve));

  function fail(error: EpmError): void {
    running = false;
    ended();
    failed(error);
  }

  function dispatch(): void {
    const text = Buffer.from(buffer.buffer, 0, length[0]).toString('utf8');
    const event = nativeEvent(parseNativeJson('epm_event_wait', text));
    for (const handler of handlers.get(event.kind) ?? []) handler(event);
  }

  function wait(): void {
    native.epm_event_wait.async(WAIT, buffer, CAPACITY, length, (error, result) => {
      if (!running) {
        ended();
        return;
      }
      try {
        if (error !== null && error !== undefined)
          throw new EpmError('EPM_WINDOWS_API', 'Waiting for events failed.', { cause: error });
        if (result === WIN32.SUCCESS) dispatch();
        else if (result !== WIN32.WAIT_TIMEOUT) throw windowsError('epm_event_wait', result);
      } catch (cause) {
        fail(
          cause instanceof EpmError ? cause : new EpmError('EPM_INTERNAL', 'An event could not be handled.', { cause }),
        );
        return;
      }
      wait();
    });
  }

  wait();
  return {
    on(kind, handler) {
      const set = handlers.get(kind) ?? new Set();
      handlers.set(kind, set);
      const entry = handler as (event: NativeEvent) => void;
      set.add(entry);
      return () => set.delete(entry);
    },
    stop() {
      if (running) {
        running = false;
        native.epm_event_wake();
      }
      return end;
    },
  };
}
