import {
  loadDlls,
  messageFile,
  programFolder,
  protectProgramFolder,
  recordVersion,
  registerEventSource,
  registerService,
  registerShellVerb,
  registerStartMenu,
  removeEventSource,
  removeService,
  removeShellVerb,
  removeStartMenu,
  requireSafeInstallation,
  SERVICE_DISPLAY_NAME,
  startService,
  type WindowsDlls,
} from '../../windows/index.ts';
import { ownExecutable } from '../agent/installed-service.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';
import { VERSION } from '../version.ts';

export const declare: DeclareVerb = (command, io) => {
  command
    .description('register the agent as a service, and its event log, and start it (administrators)')
    .action(() => install(io));
};

/**
 * @throws EpmError EPM_PLATFORM, EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API, EPM_INSTALLATION_UNSAFE, EPM_SERVICE_EXISTS,
 *   EPM_SERVICE_UNVERIFIED, EPM_SERVICE_CONTROL, EPM_ARGUMENT when not run from epm.exe. Then nothing is registered.
 */
async function install(io: Io): Promise<void> {
  const dlls = loadDlls();
  const executable = ownExecutable();
  requireSafeInstallation(dlls, programFolder());
  protectProgramFolder(dlls, executable);
  registerService(dlls, executable);
  try {
    // Before the first start, which notes the head of the journal there.
    registerEventSource(dlls, messageFile(executable));
    registerShellVerb(dlls.advapi32, executable);
    registerStartMenu(dlls, executable);
    recordVersion(dlls, VERSION);
    await startService(dlls);
  } catch (error) {
    await takeBack(dlls);
    throw error;
  }
  io.out(`The service "${SERVICE_DISPLAY_NAME}" is registered and started.\n`);
}

/** What went wrong is told, not what of it could not be undone. */
async function takeBack(dlls: WindowsDlls): Promise<void> {
  try {
    await removeService(dlls, true);
    removeEventSource(dlls.advapi32);
    removeShellVerb(dlls.advapi32);
    removeStartMenu(dlls);
  } catch {
    // `epm agent uninstall` says what is in the way.
  }
}
