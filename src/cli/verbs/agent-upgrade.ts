import { win32 as paths } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EpmError, isEpmError } from '../../model/errors.ts';
import {
  configureService,
  loadDlls,
  messageFile,
  protectProgramFolder,
  readRecordedVersion,
  recordVersion,
  registerEventSource,
  registerShellVerb,
  registerStartMenu,
  type Replacement,
  replaceFiles,
  requireSafeInstallation,
  startService,
  stopService,
  type WindowsDlls,
} from '../../windows/index.ts';
import { ownExecutable, registeredExecutable, requireNothingRuns, sameFolder } from '../agent/installed-service.ts';
import { requireNoDowngrade } from '../agent/version-order.ts';
import { forceOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';
import { VERSION } from '../version.ts';

const RESTORE_ATTEMPTS = 3;
/** Milliseconds. */
const RESTORE_PAUSE = 2_000;

export const declare: DeclareVerb = (command, io) => {
  command
    .description('put the version of this epm.exe in the place of the one that the service runs (administrators)')
    .addOption(forceOption('also end the elevated programs that run'))
    .action((options: { force?: true }) => upgrade(io, options.force === true));
};

/**
 * Run from the folder of the new version. Run from the folder of the service itself, whose files somebody has replaced, it
 * gives the service the settings of this version and starts it anew.
 * @throws EpmError EPM_PLATFORM, EPM_NOT_ADMINISTRATOR, EPM_SERVICE_MISSING, EPM_INSTALLATION_UNSAFE, EPM_DOWNGRADE,
 *   EPM_PROGRAMS_RUNNING, EPM_SERVICE_CONTROL, EPM_UPGRADE_FAILED, EPM_SERVICE_UNVERIFIED, EPM_WINDOWS_API
 */
async function upgrade(io: Io, force: boolean): Promise<void> {
  const dlls = loadDlls();
  const executable = registeredExecutable(dlls);
  if (executable === undefined) throw new EpmError('EPM_SERVICE_MISSING', 'There is no service to upgrade.');
  const [source, target] = [paths.dirname(ownExecutable()), paths.dirname(executable)];
  requireSafeInstallation(dlls, source);
  requireSafeInstallation(dlls, target);
  const before = readRecordedVersion(dlls.advapi32);
  requireNoDowngrade(before);
  await requireNothingRuns(dlls, force);
  await stopService(dlls);
  await putIntoService(dlls, executable, () => (sameFolder(source, target) ? undefined : replaceFiles(source, target)));
  recordVersion(dlls, VERSION);
  // A version before may have had none of these. Last: without them the new one serves too, and repair puts them there.
  registerShellVerb(dlls.advapi32, executable);
  registerStartMenu(dlls, executable);
  io.out(`The agent runs version ${VERSION}${before === undefined ? '' : `, after ${before}`}.\n`);
}

/** @throws EpmError EPM_UPGRADE_FAILED; then the former version runs again, where `data.restored` is true */
async function putIntoService(
  dlls: WindowsDlls,
  executable: string,
  replace: () => Replacement | undefined,
): Promise<void> {
  let replacement: Replacement | undefined;
  try {
    protectProgramFolder(dlls, executable);
    replacement = replace();
    configureService(dlls, executable);
    registerEventSource(dlls, messageFile(executable));
    await startService(dlls);
  } catch (cause) {
    const why = isEpmError(cause) ? `${cause.message} (${cause.code})` : 'The reason was not foreseen.';
    const restored = await restore(dlls, replacement);
    const now = restored ? 'The former version runs again.' : 'The agent does not run.';
    throw new EpmError('EPM_UPGRADE_FAILED', `${why} ${now}`, { cause, data: { restored } });
  }
  replacement?.finish();
}

async function restore(dlls: WindowsDlls, replacement: Replacement | undefined): Promise<boolean> {
  try {
    await stopService(dlls);
    replacement?.undo();
  } catch {
    return false;
  }
  // Windows may start the service by itself meanwhile, as its recovery says, from files of the new version.
  for (let attempt = 1; attempt <= RESTORE_ATTEMPTS; attempt += 1) {
    try {
      await startService(dlls);
      return true;
    } catch {
      await sleep(RESTORE_PAUSE);
    }
  }
  return false;
}
