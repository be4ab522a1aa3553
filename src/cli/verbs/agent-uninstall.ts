import {
  dataFolderOf,
  loadDlls,
  machineFolders,
  removeDataFolder,
  removeEventSource,
  removeService,
  SERVICE_DISPLAY_NAME,
} from '../../windows/index.ts';
import { requireNothingRuns } from '../agent/installed-service.ts';
import { forceOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';

interface Options {
  readonly keepData?: true;
  readonly force?: true;
}

export const declare: DeclareVerb = (command, io) => {
  command
    .description(
      'stop the service and remove it, its event log and its data, the audit journal included (administrators)',
    )
    .option('--keep-data', 'leave %ProgramData%\\EPM with the audit journal where it is')
    .addOption(forceOption('also end the elevated programs that run'))
    .action((options: Options) => uninstall(io, options));
};

/**
 * @throws EpmError EPM_PLATFORM, EPM_NOT_ADMINISTRATOR, EPM_SERVICE_MISSING, EPM_SERVICE_CONTROL, EPM_PROGRAMS_RUNNING,
 *   EPM_DATA_FOLDER, EPM_WINDOWS_API
 */
async function uninstall(io: Io, { keepData, force }: Options): Promise<void> {
  const dlls = loadDlls();
  await requireNothingRuns(dlls, force === true);
  await removeService(dlls);
  removeEventSource(dlls.advapi32);
  const data = dataFolderOf(machineFolders(dlls.advapi32).programData);
  if (keepData !== true) removeDataFolder(data);
  const what = keepData === true ? `Its data stays in "${data.path}".` : 'So are its event log and its data.';
  io.out(`The service "${SERVICE_DISPLAY_NAME}" is stopped and removed. ${what}\n`);
}
