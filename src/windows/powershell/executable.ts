/** Where PowerShell is. */
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { EpmError } from '../../model/errors.ts';
import { loadDlls } from '../dll/load.ts';
import { machineFolders } from '../machine/folders.ts';

export interface PowerShellProgram {
  /** Full path. */
  readonly executable: string;
  /** Folder of Windows' own programs; absent on other systems. */
  readonly system?: string;
}

/**
 * On Windows the inbox Windows PowerShell by its full path, from the machine's configuration and never from the
 * environment. Elsewhere the program that EPM_PWSH names, or the first `pwsh` on the search path.
 * @throws EpmError EPM_POWERSHELL_UNAVAILABLE; on Windows also what reading the configuration throws
 */
export function findPowerShell(environment: NodeJS.ProcessEnv = process.env): PowerShellProgram {
  if (process.platform === 'win32') return windowsPowerShell(machineFolders(loadDlls().advapi32).systemRoot);
  const named = environment['EPM_PWSH'];
  if (named !== undefined && !path.isAbsolute(named)) {
    throw new EpmError('EPM_POWERSHELL_UNAVAILABLE', 'EPM_PWSH must be an absolute path.');
  }
  // A relative entry of the search path would depend on the current folder.
  const folders = (environment['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
  const candidates = named === undefined ? folders.map((folder) => path.join(folder, 'pwsh')) : [named];
  const found = candidates.find(isProgram);
  if (found === undefined) {
    throw new EpmError(
      'EPM_POWERSHELL_UNAVAILABLE',
      named === undefined ? 'There is no pwsh on the search path.' : 'EPM_PWSH names no program.',
    );
  }
  return { executable: found };
}

/** `…\v1.0` is the folder of every Windows PowerShell since 2.0. */
export function windowsPowerShell(systemRoot: string): Required<PowerShellProgram> {
  const system = `${systemRoot}\\System32`;
  return { executable: `${system}\\WindowsPowerShell\\v1.0\\powershell.exe`, system };
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
