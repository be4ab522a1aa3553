/** A client's connection to the agent's pipe. The native part proves that the system serves it. */
import type { PipeKind } from '../../agent/ports.ts';
import { EpmError } from '../../model/errors.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';

/** Milliseconds to get a free instance of the pipe. */
const OPEN_TIME = 5_000;
/** Milliseconds of one wait for a message; then the wait is begun again. */
const READ_TIME = 60_000;

interface PipeClient {
  write(message: Uint8Array): void;
  /** Next message, or undefined when the agent closed. */
  read(): Promise<Uint8Array | undefined>;
  close(): void;
}

/**
 * Connects to the agent.
 * @param maxMessage bytes
 * @throws EpmError EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED when somebody else serves the name, EPM_NOT_ADMINISTRATOR when
 * Windows keeps the caller from the pipe of administration
 */
export function connectPipe(native: EpmNative, kind: PipeKind, name: string, maxMessage: number): PipeClient {
  const client: [number] = [0];
  const result = native.epm_client_open(name, OPEN_TIME, client);
  if (result !== WIN32.SUCCESS) throw openError(kind, result);
  const [number] = client;
  const buffer = new Uint8Array(maxMessage);
  return {
    write(message) {
      const written = native.epm_client_write(number, message, message.length);
      if (written !== WIN32.SUCCESS) throw disconnected('epm_client_write', written);
    },
    async read() {
      for (;;) {
        const length: [number] = [0];
        const received = await new Promise<number>((resolve, reject) => {
          native.epm_client_read.async(number, READ_TIME, buffer, buffer.length, length, (error, code) => {
            if (error === null || error === undefined) resolve(code);
            else reject(new EpmError('EPM_AGENT_UNREACHABLE', 'Waiting for the agent failed.', { cause: error }));
          });
        });
        if (received === WIN32.SUCCESS) return buffer.slice(0, length[0]);
        if (received === WIN32.BROKEN_PIPE) return undefined;
        if (received !== WIN32.WAIT_TIMEOUT) throw disconnected('epm_client_read', received);
      }
    },
    close: () => void native.epm_client_close(number),
  };
}

function openError(kind: PipeKind, win32: number): EpmError {
  switch (win32) {
    case WIN32.FILE_NOT_FOUND:
      return windowsError('epm_client_open', win32, 'EPM_AGENT_UNREACHABLE', 'The agent is not running.');
    case WIN32.INVALID_OWNER:
      return windowsError(
        'epm_client_open',
        win32,
        'EPM_AGENT_UNTRUSTED',
        'The pipe of the agent is served by a process that is not the local system.',
      );
    case WIN32.WAIT_TIMEOUT:
    case WIN32.PIPE_BUSY:
      return windowsError(
        'epm_client_open',
        win32,
        'EPM_AGENT_UNREACHABLE',
        'The agent took no connection within 5 seconds.',
      );
    case WIN32.ACCESS_DENIED:
      return kind === 'administration'
        ? windowsError(
            'epm_client_open',
            win32,
            'EPM_NOT_ADMINISTRATOR',
            'The agent is administered by administrators only.',
          )
        : windowsError(
            'epm_client_open',
            win32,
            'EPM_AGENT_UNREACHABLE',
            'The agent does not serve this kind of logon.',
          );
    default:
      return windowsError(
        'epm_client_open',
        win32,
        'EPM_AGENT_UNREACHABLE',
        `The agent cannot be reached (Windows error ${win32}).`,
      );
  }
}

function disconnected(call: string, win32: number): EpmError {
  return windowsError(
    call,
    win32,
    'EPM_AGENT_UNREACHABLE',
    `The connection to the agent broke (Windows error ${win32}).`,
  );
}
