import {
  dataFolderOf,
  loadDlls,
  machineFolders,
  markedProfiles,
  removeDataFolder,
  removeEventSource,
  removeLaunchOptions,
  removeService,
  removeShellVerb,
  removeStartMenu,
  SERVICE_DISPLAY_NAME,
} from '../../windows/index.ts';
import { requireNothingRuns } from '../agent/installed-service.ts';
import { forceOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';

const REMOVED = `The service "${SERVICE_DISPLAY_NAME}" is stopped and removed.`;

interface Options {
  readonly keepData?: true;
  readonly force?: true;
}

export const declare: DeclareVerb = (command, io) => {
  command
    .description(
      'stop the service and remove it, its event log, the profiles of its accounts and its data, the audit journal included (administrators)',
    )
    .option('--keep-data', 'leave %ProgramData%\\EPM with the audit journal, and the profiles, where they are')
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
  await removeService(dlls, keepData === true);
  removeEventSource(dlls.advapi32);
  removeLaunchOptions(dlls);
  removeShellVerb(dlls.advapi32);
  removeStartMenu(dlls);
  const folders = machineFolders(dlls.advapi32);
  const data = dataFolderOf(folders.programData);
  if (keepData === true) {
    io.out(`${REMOVED} Its data stays in "${data.path}", and the profiles of its accounts stay too.\n`);
    return;
  }
  removeDataFolder(data);
  io.out(`${REMOVED} So are its event log, its data and the profiles of its accounts.\n`);
  const left = markedProfiles(dlls, folders.systemRoot);
  if (left.length === 0) return;
  io.error(
    `epm: Profiles are left that the agent could not remove, or not while it did not run: ${left.join(', ')}. ` +
      'Remove them in System Properties, Advanced, User Profiles.\n',
  );
}
