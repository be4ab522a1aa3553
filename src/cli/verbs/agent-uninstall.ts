import { loadDlls, SERVICE_DISPLAY_NAME, uninstallService } from '../../windows/index.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';

export const declare: DeclareVerb = (command, io) => {
  command.description('stop the service and remove it (administrators)').action(() => uninstall(io));
};

/** @throws EpmError EPM_PLATFORM, EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API */
async function uninstall(io: Io): Promise<void> {
  await uninstallService(loadDlls());
  io.out(`The service "${SERVICE_DISPLAY_NAME}" is stopped and removed. Its data stays in %ProgramData%\\EPM.\n`);
}
