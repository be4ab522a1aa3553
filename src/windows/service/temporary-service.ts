/** A service for one run: the documented way for an administrator to have a program run as the local system. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { managerError } from './service-manager.ts';

/** SC_MANAGER_CONNECT | SC_MANAGER_CREATE_SERVICE. */
const MANAGER_ACCESS = 0x1 | 0x2;
const SERVICE_ALL_ACCESS = 0xf01ff;
const SERVICE_WIN32_OWN_PROCESS = 0x10;
const SERVICE_DEMAND_START = 3;
const SERVICE_ERROR_NORMAL = 1;
const SERVICE_CONTROL_STOP = 1;
const SERVICE_STOPPED = 1;
/** SERVICE_STATUS is seven DWORDs; dwCurrentState is the second. */
const STATUS_SIZE = 28;
const STATE_OFFSET = 4;
const POLL = 200;

/**
 * Registers a service with a random name, starts it, waits until it has ended, and removes it, whatever happens.
 * @param commandLine absolute and quoted; the program must report to the service manager
 * @param longest milliseconds that it may take; it is asked to stop afterwards
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API, also when it does not end
 */
export async function runTemporaryService(dlls: WindowsDlls, commandLine: string, longest: number): Promise<void> {
  const { advapi32, kernel32 } = dlls;
  await withManager(dlls, async (manager) => {
    const name = `EPMSelfTest-${randomBytes(8).toString('hex')}`;
    const service = advapi32.CreateServiceW(
      manager,
      name,
      'EPM self-test',
      SERVICE_ALL_ACCESS,
      SERVICE_WIN32_OWN_PROCESS,
      SERVICE_DEMAND_START,
      SERVICE_ERROR_NORMAL,
      commandLine,
      null,
      null,
      null,
      null,
      null,
    );
    if (service === 0) throw managerError('CreateServiceW', kernel32.GetLastError());
    try {
      if (advapi32.StartServiceW(service, 0, null) === 0) throw managerError('StartServiceW', kernel32.GetLastError());
      await untilStopped(dlls, service, longest);
    } finally {
      const isDeleted = advapi32.DeleteService(service) !== 0;
      const win32 = kernel32.GetLastError();
      advapi32.CloseServiceHandle(service);
      if (!isDeleted) throw managerError('DeleteService', win32);
    }
  });
}

async function withManager(dlls: WindowsDlls, use: (manager: number) => Promise<void>): Promise<void> {
  const { advapi32, kernel32 } = dlls;
  const manager = advapi32.OpenSCManagerW(null, null, MANAGER_ACCESS);
  if (manager === 0) throw managerError('OpenSCManagerW', kernel32.GetLastError());
  try {
    await use(manager);
  } finally {
    advapi32.CloseServiceHandle(manager);
  }
}

async function untilStopped(dlls: WindowsDlls, service: number, longest: number): Promise<void> {
  for (let waited = 0; waited < longest; waited += POLL) {
    if (state(dlls, service) === SERVICE_STOPPED) return;
    await sleep(POLL);
  }
  dlls.advapi32.ControlService(service, SERVICE_CONTROL_STOP, new Uint8Array(STATUS_SIZE));
  throw new EpmError('EPM_WINDOWS_API', `The service of the self-test did not end within ${longest / 1000} seconds.`);
}

function state({ advapi32, kernel32 }: WindowsDlls, service: number): number {
  const status = new Uint8Array(STATUS_SIZE);
  if (advapi32.QueryServiceStatus(service, status) === 0)
    throw managerError('QueryServiceStatus', kernel32.GetLastError());
  return new DataView(status.buffer).getUint32(STATE_OFFSET, true);
}
