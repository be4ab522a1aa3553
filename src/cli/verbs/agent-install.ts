import { EpmError } from '../../model/errors.ts';
import {
  installService,
  loadDlls,
  programFolder,
  registerEventSource,
  requireSafeInstallation,
  SERVICE_DISPLAY_NAME,
} from '../../windows/index.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io) => {
  command
    .description('register the agent as a service, and its event log, and start it (administrators)')
    .action(() => install(io));
};

/**
 * @throws EpmError EPM_PLATFORM, EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API, EPM_INSTALLATION_UNSAFE, EPM_ARGUMENT when not
 *   run from epm.exe
 */
function install(io: Io): void {
  const dlls = loadDlls();
  if (!/\\epm\.exe$/i.test(process.execPath)) {
    throw new EpmError('EPM_ARGUMENT', `"${process.execPath}" is not epm.exe.`, {
      hint: 'Run the verb from the installed epm.exe.',
    });
  }
  requireSafeInstallation(dlls, programFolder());
  // Before the first start, which notes the head of the journal there.
  registerEventSource(dlls.advapi32);
  installService(dlls, process.execPath);
  io.out(`The service "${SERVICE_DISPLAY_NAME}" is registered and started.\n`);
}
