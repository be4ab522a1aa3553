/** Registering the agent with the service control manager. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';

export const SERVICE_NAME = 'EPMAgent';
export const SERVICE_DISPLAY_NAME = 'EPM Agent';
const DESCRIPTION =
  'Decides which programs standard users may run with administrator rights, starts them and records it.';

/** SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE. */
const MANAGER_ACCESS = 0x1 | 0x2;
const SERVICE_ALL_ACCESS = 0xf01ff;
const SERVICE_WIN32_OWN_PROCESS = 0x10;
const SERVICE_AUTO_START = 2;
const SERVICE_ERROR_NORMAL = 1;
const SERVICE_CONTROL_STOP = 1;
const SERVICE_STOPPED = 1;
const SERVICE_CONFIG_DESCRIPTION = 1;
const SERVICE_CONFIG_FAILURE_ACTIONS = 2;
const SERVICE_CONFIG_FAILURE_ACTIONS_FLAG = 4;
const SC_ACTION_RESTART = 1;
/** SERVICE_STATUS is seven DWORDs; dwCurrentState is the second. */
const STATUS_SIZE = 28;
const STATE_OFFSET = 4;
/** Milliseconds a stopping agent gets: it ends elevated programs and closes its journal. */
const STOP_TIME = 30_000;
const POLL = 200;

/** @throws EpmError EPM_ARGUMENT when the path cannot be quoted safely */
export function serviceCommandLine(executable: string): string {
  if (executable.includes('"') || !/^[A-Za-z]:\\/.test(executable)) {
    throw new EpmError('EPM_ARGUMENT', `"${executable}" is not an absolute path on a local drive.`, {
      hint: 'Install EPM below Program Files and run the verb from there.',
    });
  }
  // Without the quotes Windows would run what lies at the first space of the path.
  return `"${executable}" agent --service`;
}

/**
 * Registers the service so that it starts with Windows and again after a crash, and starts it.
 * @param executable absolute path of epm.exe
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_ARGUMENT, EPM_WINDOWS_API
 */
export function installService(dlls: WindowsDlls, executable: string): void {
  const commandLine = serviceCommandLine(executable);
  withManager(dlls, (manager) => {
    const service = createService(dlls, manager, commandLine);
    try {
      configure(dlls, service);
      const started = dlls.advapi32.StartServiceW(service, 0, null);
      const win32 = started === 0 ? dlls.kernel32.GetLastError() : WIN32.SUCCESS;
      if (win32 !== WIN32.SUCCESS && win32 !== WIN32.SERVICE_ALREADY_RUNNING)
        throw managerError('StartServiceW', win32);
    } finally {
      dlls.advapi32.CloseServiceHandle(service);
    }
  });
}

/**
 * Stops the service, waits for its end, and removes it.
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API
 */
export async function uninstallService(dlls: WindowsDlls): Promise<void> {
  await withManager(dlls, async (manager) => {
    const { advapi32, kernel32 } = dlls;
    const service = advapi32.OpenServiceW(manager, SERVICE_NAME, SERVICE_ALL_ACCESS);
    if (service === 0) throw managerError('OpenServiceW', kernel32.GetLastError());
    try {
      await stop(dlls, service);
      if (advapi32.DeleteService(service) === 0) throw managerError('DeleteService', kernel32.GetLastError());
    } finally {
      advapi32.CloseServiceHandle(service);
    }
  });
}

function createService(dlls: WindowsDlls, manager: number, commandLine: string): number {
  const service = dlls.advapi32.CreateServiceW(
    manager,
    SERVICE_NAME,
    SERVICE_DISPLAY_NAME,
    SERVICE_ALL_ACCESS,
    SERVICE_WIN32_OWN_PROCESS,
    SERVICE_AUTO_START,
    SERVICE_ERROR_NORMAL,
    commandLine,
    null,
    null,
    null,
    null,
    null,
  );
  if (service === 0) throw managerError('CreateServiceW', dlls.kernel32.GetLastError());
  return service;
}

function configure(dlls: WindowsDlls, service: number): void {
  const { advapi32, kernel32, native } = dlls;
  if (advapi32.setServiceDescription(service, SERVICE_CONFIG_DESCRIPTION, { lpDescription: DESCRIPTION }) === 0) {
    throw managerError('ChangeServiceConfig2W', kernel32.GetLastError());
  }
  const restart = (delay: number): { Type: number; Delay: number } => ({ Type: SC_ACTION_RESTART, Delay: delay });
  const recovery = {
    dwResetPeriod: 24 * 60 * 60,
    lpRebootMsg: null,
    lpCommand: null,
    cActions: 3,
    lpsaActions: [restart(1_000), restart(10_000), restart(60_000)],
  };
  if (advapi32.setServiceFailureActions(service, SERVICE_CONFIG_FAILURE_ACTIONS, recovery) === 0) {
    throw managerError('ChangeServiceConfig2W', kernel32.GetLastError());
  }
  // Also when the agent ends by itself with an error, for example because it cannot listen any more. Wine has no such flag.
  const onFailure = { fFailureActionsOnNonCrashFailures: 1 };
  const isWine = native.epm_is_wine() === 1;
  if (!isWine && advapi32.setServiceFailureFlag(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, onFailure) === 0) {
    throw managerError('ChangeServiceConfig2W', kernel32.GetLastError());
  }
}

async function stop(dlls: WindowsDlls, service: number): Promise<void> {
  const { advapi32, kernel32 } = dlls;
  const status = new Uint8Array(STATUS_SIZE);
  if (advapi32.ControlService(service, SERVICE_CONTROL_STOP, status) === 0) {
    const win32 = kernel32.GetLastError();
    if (win32 === WIN32.SERVICE_NOT_ACTIVE) return;
    throw managerError('ControlService', win32);
  }
  for (let waited = 0; waited < STOP_TIME; waited += POLL) {
    if (advapi32.QueryServiceStatus(service, status) === 0)
      throw managerError('QueryServiceStatus', kernel32.GetLastError());
    if (new DataView(status.buffer).getUint32(STATE_OFFSET, true) === SERVICE_STOPPED) return;
    await sleep(POLL);
  }
  throw new EpmError(
    'EPM_WINDOWS_API',
    `The service "${SERVICE_DISPLAY_NAME}" did not stop within ${STOP_TIME / 1000} seconds.`,
    {
      hint: 'Look into the agent log, then try again.',
    },
  );
}

function withManager<T>(dlls: WindowsDlls, use: (manager: number) => T): T {
  const manager = dlls.advapi32.OpenSCManagerW(null, null, MANAGER_ACCESS);
  if (manager === 0) throw managerError('OpenSCManagerW', dlls.kernel32.GetLastError());
  try {
    return use(manager);
  } finally {
    dlls.advapi32.CloseServiceHandle(manager);
  }
}

/** The error for a function of the service manager that failed. */
export function managerError(call: string, win32: number): EpmError {
  switch (win32) {
    case WIN32.ACCESS_DENIED:
      return new EpmError('EPM_NOT_ADMINISTRATOR', 'Services are registered and removed by administrators only.');
    case WIN32.SERVICE_EXISTS:
      return windowsError(
        call,
        win32,
        'EPM_WINDOWS_API',
        `The service "${SERVICE_DISPLAY_NAME}" is registered already.`,
      );
    case WIN32.SERVICE_DOES_NOT_EXIST:
      return windowsError(call, win32, 'EPM_WINDOWS_API', `The service "${SERVICE_DISPLAY_NAME}" is not registered.`);
    case WIN32.SERVICE_MARKED_FOR_DELETE:
      return windowsError(
        call,
        win32,
        'EPM_WINDOWS_API',
        `The service "${SERVICE_DISPLAY_NAME}" is being removed and stays until every program that shows it is closed.`,
      );
    default:
      return windowsError(call, win32);
  }
}
