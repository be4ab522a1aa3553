import { EpmError } from '../../model/errors.ts';
import { installService, loadDlls, SERVICE_DISPLAY_NAME, uninstallService } from '../../windows/index.ts';
import type { Io } from '../io.ts';

/** @throws EpmError EPM_PLATFORM, EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API, EPM_ARGUMENT when not run from epm.exe */
export function install(io: Io): void {
  const dlls = loadDlls();
  if (!/\\epm\.exe$/i.test(process.execPath)) {
    throw new EpmError('EPM_ARGUMENT', `"${process.execPath}" is not epm.exe.`, {
      hint: 'Run the verb from the installed epm.exe.',
    });
  }
  installService(dlls, process.execPath);
  io.out(`The service "${SERVICE_DISPLAY_NAME}" is registered and started.\n`);
}

/** @throws EpmError EPM_PLATFORM, EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API */
export async function uninstall(io: Io): Promise<void> {
  await uninstallService(loadDlls());
  io.out(`The service "${SERVICE_DISPLAY_NAME}" is stopped and removed. Its data stays in %ProgramData%\\EPM.\n`);
}
