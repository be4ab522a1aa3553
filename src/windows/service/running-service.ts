/** The agent as a service: its state towards the service control manager, and the controls it gets from there. */
import type { StopReason } from '../../agent/index.ts';
import { EpmError } from '../../model/errors.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import type { EventLoop } from '../events/event-loop.ts';
import { REMOVE_CONTROL, SERVICE_NAME } from './service-plan.ts';

/** SERVICE_CONTROL_STOP (winsvc.h). */
const STOP = 1;
/** SERVICE_CONTROL_SHUTDOWN and SERVICE_CONTROL_PRESHUTDOWN: Windows goes down, and waits for the agent by the latter. */
const SHUTDOWN: ReadonlySet<number> = new Set([5, 15]);

function reasonOf(control: number): StopReason | undefined {
  if (control === REMOVE_CONTROL) return 'removal';
  return SHUTDOWN.has(control) ? 'shutdown' : undefined;
}
const STATE = { stopped: 1, startPending: 2, stopPending: 3, running: 4 } as const;
/** ERROR_SERVICE_SPECIFIC_ERROR is not used: the reason is in the log, under its own code. */
const ERROR_EXCEPTION_IN_SERVICE = 1064;
/** Milliseconds a change of state may take. */
const WAIT_HINT_MS = 30_000;

export interface RunningService {
  running(): void;
  /** @param failed the agent ends because of an error; Windows then applies the recovery actions */
  stopping(): void;
  stopped(failed: boolean): void;
}

/**
 * Connects to the service control manager.
 * @param stop called once when the agent is asked to stop, with the reason where it is another one than that
 * @throws EpmError EPM_ARGUMENT when the process was not started as a service
 */
export function enterService(
  native: EpmNative,
  events: EventLoop,
  stop: (reason?: StopReason) => void,
): RunningService {
  const end = events.on('service', ({ control }) => {
    const reason = reasonOf(control);
    if (control !== STOP && reason === undefined) return;
    end();
    stop(reason);
  });
  const result = native.epm_service_run(SERVICE_NAME);
  if (result === WIN32.FAILED_SERVICE_CONTROLLER_CONNECT) {
    end();
    throw new EpmError('EPM_ARGUMENT', '"--service" is for the service control manager only.', {
      hint: 'Run `epm agent` in a console, or register the service with `epm agent install`.',
    });
  }
  if (result !== WIN32.SUCCESS) {
    end();
    throw windowsError('epm_service_run', result);
  }
  native.epm_service_status(STATE.startPending, 0, WAIT_HINT_MS);
  return {
    running: () => void native.epm_service_status(STATE.running, 0, 0),
    stopping: () => void native.epm_service_status(STATE.stopPending, 0, WAIT_HINT_MS),
    stopped: (failed) => void native.epm_service_status(STATE.stopped, failed ? ERROR_EXCEPTION_IN_SERVICE : 0, 0),
  };
}
