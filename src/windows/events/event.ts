/** Events of the native part (epm_event_wait), checked. */
import type { RefusedClient, Unwatched } from '../../agent/ports.ts';
import { CheckedObject } from '../checked-json.ts';

const MAX_UINT32 = 0xffff_ffff;

interface OfConnection<K> {
  readonly kind: K;
  readonly server: number;
  readonly connection: number;
}

export type NativeEvent =
  | OfConnection<'request'>
  | OfConnection<'message'>
  | OfConnection<'disconnected'>
  | { readonly kind: 'refused'; readonly server: number; readonly client: RefusedClient }
  | { readonly kind: 'listener'; readonly server: number; readonly win32: number; readonly over: boolean }
  | { readonly kind: 'exit'; readonly process: number; readonly code: number; readonly time: number }
  | { readonly kind: 'treeEmpty'; readonly process: number }
  | { readonly kind: 'output'; readonly process: number }
  | { readonly kind: 'stopped'; readonly process: number; readonly stopped: number }
  | { readonly kind: 'unwatched'; readonly process: number; readonly why: Unwatched }
  | { readonly kind: 'service'; readonly control: number }
  | { readonly kind: 'session'; readonly change: number; readonly session: number }
  | { readonly kind: 'registry'; readonly watch: number }
  | { readonly kind: 'woken' };

/** @throws EpmError EPM_WINDOWS_API when the event is not one of the interface */
export function nativeEvent(value: unknown): NativeEvent {
  const event = new CheckedObject(value, 'an event', 'EPM_WINDOWS_API');
  const kind = event.oneOf('kind', [
    'request',
    'message',
    'disconnected',
    'refused',
    'listener',
    'exit',
    'treeEmpty',
    'output',
    'stopped',
    'unwatched',
    'service',
    'session',
    'registry',
    'woken',
  ]);
  switch (kind) {
    case 'request':
    case 'message':
    case 'disconnected':
      return { kind, server: serverOf(event), connection: event.integer('connection', 1, MAX_UINT32) };
    case 'refused':
      return {
        kind,
        server: serverOf(event),
        client: {
          reason: event.oneOf('reason', ['tooLarge', 'timeout', 'callerUnknown', 'busy', 'ioError']),
          user: event.text('user'),
        },
      };
    case 'listener':
      return {
        kind,
        server: serverOf(event),
        win32: event.integer('win32', 0, MAX_UINT32),
        over: event.boolean('over'),
      };
    case 'exit':
      return {
        kind,
        process: event.integer('process', 1, MAX_UINT32),
        code: event.integer('code', 0, MAX_UINT32),
        time: event.integer('time', 0, Number.MAX_SAFE_INTEGER),
      };
    case 'treeEmpty':
    case 'output':
      return { kind, process: event.integer('process', 1, MAX_UINT32) };
    case 'stopped':
      return {
        kind,
        process: event.integer('process', 1, MAX_UINT32),
        stopped: event.integer('stopped', 1, MAX_UINT32),
      };
    case 'unwatched':
      return {
        kind,
        process: event.integer('process', 1, MAX_UINT32),
        why: event.oneOf('why', ['brokerGone', 'unseenProcess']),
      };
    case 'service':
      return { kind, control: event.integer('control', 0, MAX_UINT32) };
    case 'session':
      return {
        kind,
        change: event.integer('change', 0, MAX_UINT32),
        session: event.integer('session', 0, MAX_UINT32),
      };
    case 'registry':
      return { kind, watch: event.integer('watch', 1, MAX_UINT32) };
    case 'woken':
      return { kind };
  }
}

/** Number of the pipe server that the event is of. */
function serverOf(event: CheckedObject): number {
  return event.integer('server', 1, MAX_UINT32);
}
