/** The agent's pipes. The native part reads the messages and learns the callers; this adapter gives them to the core. */
import type { PipeKind, PipeServer } from '../../agent/ports.ts';
import { MARKER_GROUP } from '../../agent/account-sids.ts';
import type { EpmError } from '../../model/errors.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import type { EventLoop } from '../events/event-loop.ts';
import { callerFacts } from '../tokens/token-facts.ts';
import type { NativeCaller } from './native-caller.ts';
import { NativeConnection } from './native-connection.ts';
import { WriteQueue } from './write-queue.ts';

interface PipeServerOptions {
  readonly kind: PipeKind;
  /** Full name, `\\.\pipe\…`. */
  readonly name: string;
  /** Bytes. */
  readonly maxMessage: number;
  /** An instance of the pipe could not be made to listen, and is tried again. */
  readonly troubled: (win32: number) => void;
  /** Nobody listens any more: the agent must end, so that it is started again. */
  readonly over: (error: EpmError) => void;
}

interface PipeLimits {
  /** Who may connect, as SDDL. */
  readonly security: string;
  readonly connections: number;
  readonly connectionsOfUser: number;
}

/**
 * The system may do everything, network and anonymous logons nothing; who else may connect may read and write: 0x12019b is
 * that without FILE_CREATE_PIPE_INSTANCE, which is the same bit as FILE_APPEND_DATA.
 */
const PIPE_LIMITS: Readonly<Record<PipeKind, PipeLimits>> = {
  user: {
    // Interactive users.
    security: 'O:SYG:SYD:P(D;;FA;;;NU)(D;;FA;;;AN)(A;;FA;;;SY)(A;;0x12019b;;;IU)',
    connections: 230,
    // A few more than the requests that are worked on for one user and those of the launcher, so that the next one is answered:
    // EPM_AGENT_BUSY.
    connectionsOfUser: 36,
  },
  administration: {
    // Administrators with a high integrity level: neither reading nor writing from below, [MS-DTYP] 2.4.4.13. Never a
    // program that EPM elevated.
    security: `O:SYG:SYD:P(D;;FA;;;NU)(D;;FA;;;AN)(D;;FA;;;${MARKER_GROUP})(A;;FA;;;SY)(A;;0x12019b;;;BA)S:(ML;;NWNR;;;HI)`,
    connections: 40,
    connectionsOfUser: 20,
  },
};
/** Milliseconds from connecting to the end of the first message. */
const FIRST_MESSAGE = 5_000;

/**
 * @throws EpmError EPM_WINDOWS_API from `listen` when the pipe cannot be created, for example because somebody else
 * serves the name already
 */
export function createPipeServer(native: EpmNative, events: EventLoop, options: PipeServerOptions): PipeServer {
  return {
    listen(handlers) {
      const connections = new Map<number, NativeConnection>();
      const writes = new WriteQueue(native);

      function accept(number: number): void {
        let caller: NativeCaller;
        try {
          const facts = callerFacts(
            jsonCall('epm_pipe_caller', (...out) => native.epm_pipe_caller(number, ...out), 'EPM_CALLER_UNKNOWN'),
          );
          caller = { ...facts, pipe: options.kind, connection: number };
        } catch {
          native.epm_pipe_close(number);
          handlers.refused({ reason: 'callerUnknown', user: '' });
          return;
        }
        const connection = new NativeConnection(native, number, caller, writes, options.maxMessage, (closed) =>
          connections.delete(closed),
        );
        connections.set(number, connection);
        connection.pull();
        handlers.connection(connection);
      }

      const server: [number] = [0];
      const subscriptions = [
        events.on('request', (event) => {
          if (event.server === server[0]) accept(event.connection);
        }),
        // The numbers of connections are the process's own, not a server's.
        events.on('message', ({ connection }) => connections.get(connection)?.pull()),
        events.on('disconnected', ({ connection }) => connections.get(connection)?.gone()),
        events.on('refused', (event) => {
          if (event.server === server[0]) handlers.refused(event.client);
        }),
        events.on('listener', (event) => {
          if (event.server !== server[0]) return;
          if (event.over) options.over(listenerOver(event.win32));
          else options.troubled(event.win32);
        }),
      ];
      const limits = PIPE_LIMITS[options.kind];
      const result = native.epm_pipe_listen(
        {
          name: options.name,
          sddl: limits.security,
          max_message: options.maxMessage,
          max_connections: limits.connections,
          max_connections_user: limits.connectionsOfUser,
          first_message_ms: FIRST_MESSAGE,
        },
        server,
      );
      if (result !== WIN32.SUCCESS) {
        for (const end of subscriptions) end();
        throw windowsError(
          'epm_pipe_listen',
          result,
          'EPM_WINDOWS_API',
          `The pipe of the agent cannot be created (Windows error ${result}).`,
        );
      }
      return () => {
        for (const end of subscriptions) end();
        native.epm_pipe_stop(server[0]);
        for (const connection of connections.values()) connection.gone();
      };
    },
  };
}

function listenerOver(win32: number): EpmError {
  return windowsError(
    'epm_pipe_listen',
    win32,
    'EPM_WINDOWS_API',
    `The agent cannot listen to its pipe any more (Windows error ${win32}).`,
  );
}
