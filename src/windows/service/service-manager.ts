/** Registering the agent with the service control manager, starting and stopping it. Everything set is read back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { protectionSddl } from '../security/protection.ts';
import { protectKey } from '../security/protect.ts';
import { serviceKeys } from './service-keys.ts';
import { withDescriptor } from '../security/sddl.ts';
import { SERVICE_CHECKS } from './service-checks.ts';
import { readService, type ServiceFacts } from './service-facts.ts';
import {
  AUTO_START,
  ERROR_NORMAL,
  KEY_PROTECTION,
  OWN_PROCESS,
  REMOVE_CONTROL,
  REQUIRED_PRIVILEGES,
  SERVICE_DISPLAY_NAME,
  SERVICE_NAME,
  SERVICE_PROTECTION,
  servicePlan,
  type ServicePlan,
  SID_UNRESTRICTED,
} from './service-plan.ts';

/** SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE. */
const MANAGER_ACCESS = 0x1 | 0x2;
const SERVICE_ALL_ACCESS = 0xf01ff;
const SERVICE_CONTROL_STOP = 1;
/** SERVICE_CONFIG_… (winsvc.h). */
const CONFIG = {
  description: 1,
  failureActions: 2,
  delayedStart: 3,
  failureFlag: 4,
  sid: 5,
  privileges: 6,
  preshutdown: 7,
} as const;
const DACL_SECURITY_INFORMATION = 4;
/** Bytes of SERVICE_STATUS, which ControlService fills. */
const STATUS_SIZE = 28;
/** Milliseconds a stopping agent gets: it ends elevated programs and closes its journal. */
const STOP_TIME = 30_000;
/** Milliseconds a starting one gets: it reads its journal before it serves. */
const START_TIME = 60_000;
/** Milliseconds one gets that removes the profiles of its accounts too. */
const REMOVE_TIME = 300_000;
/** Milliseconds until the service is gone after its removal. */
const REMOVAL_TIME = 10_000;
const POLL = 200;

type Use<T> = (service: number) => T;

/**
 * Registers the service so that it starts with Windows and again after a failure. What cannot be set as it must be is
 * taken back.
 * @param executable absolute path of epm.exe
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_ARGUMENT, EPM_SERVICE_EXISTS, EPM_WINDOWS_API, EPM_SERVICE_UNVERIFIED
 */
export function registerService(dlls: WindowsDlls, executable: string): void {
  const plan = servicePlan(executable);
  withManager(dlls, (manager) => {
    const service = createService(dlls, manager, plan);
    try {
      configure(dlls, service, plan);
    } catch (error) {
      dlls.advapi32.DeleteService(service);
      throw error;
    } finally {
      dlls.advapi32.CloseServiceHandle(service);
    }
  });
}

/**
 * Gives the registered service every setting anew.
 * @throws EpmError as {@link registerService}, and EPM_SERVICE_MISSING
 */
export function configureService(dlls: WindowsDlls, executable: string): void {
  const plan = servicePlan(executable);
  withService(dlls, (service) => configure(dlls, service, plan));
}

/**
 * Starts the service and waits until it runs.
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_SERVICE_MISSING, EPM_SERVICE_CONTROL, EPM_WINDOWS_API
 */
export async function startService(dlls: WindowsDlls): Promise<void> {
  withService(dlls, (service) => {
    if (dlls.advapi32.StartServiceW(service, 0, null) !== 0) return;
    const win32 = dlls.kernel32.GetLastError();
    if (win32 !== WIN32.SERVICE_ALREADY_RUNNING) throw managerError('StartServiceW', win32);
  });
  await until(dlls, 'start', START_TIME, (facts) => {
    if (facts?.state === 'stopped') throw new EpmError('EPM_SERVICE_CONTROL', 'The agent ended while it started.');
    return facts?.state === 'running';
  });
}

/**
 * Stops the service and waits until its process has ended, too: until then its files are in use.
 * @throws EpmError as {@link startService}
 */
export async function stopService(dlls: WindowsDlls): Promise<void> {
  return endService(dlls, [SERVICE_CONTROL_STOP], STOP_TIME);
}

/** @param controls the first one that the service takes is sent */
async function endService(dlls: WindowsDlls, controls: readonly number[], limit: number): Promise<void> {
  const before = readService(dlls.native, SERVICE_NAME);
  withService(dlls, (service) => {
    let win32: number = WIN32.SUCCESS;
    for (const control of controls) {
      if (dlls.advapi32.ControlService(service, control, new Uint8Array(STATUS_SIZE)) !== 0) return;
      win32 = dlls.kernel32.GetLastError();
    }
    if (win32 !== WIN32.SERVICE_NOT_ACTIVE) throw managerError('ControlService', win32);
  });
  await until(dlls, 'stop', limit, (facts) => facts === undefined || facts.state === 'stopped');
  const process = before?.processId ?? 0;
  if (process !== 0) await until(dlls, 'end', STOP_TIME, () => !isAlive(process));
}

/**
 * Stops the service, removes it, and waits until it is gone.
 * @param keepData otherwise a service that runs removes, as the system, the profiles that it made
 * @throws EpmError as {@link startService}
 */
export async function removeService(dlls: WindowsDlls, keepData: boolean): Promise<void> {
  // An earlier version does not know the first one.
  if (keepData) await stopService(dlls);
  else await endService(dlls, [REMOVE_CONTROL, SERVICE_CONTROL_STOP], REMOVE_TIME);
  withService(dlls, (service) => {
    if (dlls.advapi32.DeleteService(service) === 0) throw managerError('DeleteService', dlls.kernel32.GetLastError());
  });
  await until(dlls, 'go', REMOVAL_TIME, (facts) => facts === undefined);
}

function createService(dlls: WindowsDlls, manager: number, plan: ServicePlan): number {
  const service = dlls.advapi32.CreateServiceW(
    manager,
    SERVICE_NAME,
    SERVICE_DISPLAY_NAME,
    SERVICE_ALL_ACCESS,
    OWN_PROCESS,
    AUTO_START,
    ERROR_NORMAL,
    plan.commandLine,
    null,
    null,
    null,
    null,
    null,
  );
  if (service === 0) throw managerError('CreateServiceW', dlls.kernel32.GetLastError());
  return service;
}

function configure(dlls: WindowsDlls, service: number, plan: ServicePlan): void {
  const { advapi32, kernel32, native } = dlls;
  const done = (call: string, result: number): void => {
    if (result === 0) throw managerError(call, kernel32.GetLastError());
  };
  done(
    'ChangeServiceConfigW',
    advapi32.ChangeServiceConfigW(
      service,
      OWN_PROCESS,
      AUTO_START,
      ERROR_NORMAL,
      plan.commandLine,
      null,
      null,
      null,
      plan.account,
      null,
      SERVICE_DISPLAY_NAME,
    ),
  );
  const config2 = 'ChangeServiceConfig2W';
  const actions = plan.actions.map(({ type, delay }) => ({ Type: type, Delay: delay }));
  const recovery = {
    dwResetPeriod: plan.resetPeriod,
    lpRebootMsg: null,
    lpCommand: null,
    cActions: actions.length,
    lpsaActions: actions,
  };
  done(config2, advapi32.setServiceDescription(service, CONFIG.description, { lpDescription: plan.description }));
  done(config2, advapi32.setServiceNumber(service, CONFIG.preshutdown, { value: plan.preshutdown }));
  done(config2, advapi32.setServiceFailureActions(service, CONFIG.failureActions, recovery));
  withDescriptor(dlls, protectionSddl(SERVICE_PROTECTION), (descriptor) =>
    done('SetServiceObjectSecurity', advapi32.SetServiceObjectSecurity(service, DACL_SECURITY_INFORMATION, descriptor)),
  );
  // Wine knows none of these.
  if (native.epm_is_wine() !== 1) {
    const names = Buffer.from(`${Object.keys(REQUIRED_PRIVILEGES).join('\0')}\0\0`, 'utf16le');
    // Also when the agent ends by itself with an error, for example because it cannot listen any more.
    const onFailure = { fFailureActionsOnNonCrashFailures: 1 };
    done(config2, advapi32.setServiceFailureFlag(service, CONFIG.failureFlag, onFailure));
    done(config2, advapi32.setServiceNumber(service, CONFIG.delayedStart, { value: 0 }));
    done(config2, advapi32.setServiceNumber(service, CONFIG.sid, { value: SID_UNRESTRICTED }));
    done(config2, advapi32.setServicePrivileges(service, CONFIG.privileges, { names }));
  }
  for (const key of serviceKeys(dlls.advapi32)) protectKey(dlls, key, KEY_PROTECTION);
  verify(dlls, plan);
}

/** @throws EpmError EPM_SERVICE_UNVERIFIED */
function verify({ native }: WindowsDlls, plan: ServicePlan): void {
  const facts = readService(native, SERVICE_NAME);
  for (const { id, title, judge } of SERVICE_CHECKS) {
    const fault = facts === undefined ? 'the service is not registered' : judge(facts, plan).fault;
    // What Windows itself does not tell is none of the facts that this system lacks.
    if (fault === undefined || (fault === null && native.epm_is_wine() === 1)) continue;
    const message = `${title}: ${fault ?? 'Windows does not tell'}.`;
    throw new EpmError('EPM_SERVICE_UNVERIFIED', message, { data: { check: id } });
  }
}

async function until(
  { native }: WindowsDlls,
  verb: string,
  limit: number,
  is: (facts: ServiceFacts | undefined) => boolean,
): Promise<void> {
  const end = performance.now() + limit;
  while (!is(readService(native, SERVICE_NAME))) {
    if (performance.now() >= end) {
      const message = `The service "${SERVICE_DISPLAY_NAME}" did not ${verb} within ${limit / 1000} seconds.`;
      throw new EpmError('EPM_SERVICE_CONTROL', message);
    }
    await sleep(POLL);
  }
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function withService<T>(dlls: WindowsDlls, use: Use<T>): T {
  return withManager(dlls, (manager) => {
    const service = dlls.advapi32.OpenServiceW(manager, SERVICE_NAME, SERVICE_ALL_ACCESS);
    if (service === 0) throw managerError('OpenServiceW', dlls.kernel32.GetLastError());
    try {
      return use(service);
    } finally {
      dlls.advapi32.CloseServiceHandle(service);
    }
  });
}

function withManager<T>(dlls: WindowsDlls, use: Use<T>): T {
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
  const data = { call, win32 };
  switch (win32) {
    case WIN32.ACCESS_DENIED:
      return new EpmError('EPM_NOT_ADMINISTRATOR', 'Services are changed by administrators only.', { data });
    case WIN32.SERVICE_EXISTS:
      return new EpmError('EPM_SERVICE_EXISTS', `The service "${SERVICE_DISPLAY_NAME}" is registered already.`, {
        data,
      });
    case WIN32.SERVICE_DOES_NOT_EXIST:
      return new EpmError('EPM_SERVICE_MISSING', `The service "${SERVICE_DISPLAY_NAME}" is not registered.`, { data });
    case WIN32.SERVICE_MARKED_FOR_DELETE: {
      const message = `The service "${SERVICE_DISPLAY_NAME}" is being removed and stays until every program that shows it is closed.`;
      return new EpmError('EPM_SERVICE_CONTROL', message, { data });
    }
    default:
      return windowsError(call, win32);
  }
}
