/**
 * The entry "Run with elevated access" in the Start menu of everybody. Explorer starts the target of a shortcut with the path of
 * a file that is dropped on it behind the arguments; without one the launcher asks for a file.
 */
import { lstatSync, mkdirSync, rmSync } from 'node:fs';
import { win32 as paths } from 'node:path';
import { EpmError } from '../../model/errors.ts';
import { jsonCall } from '../dll/json-call.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { machineFolders } from '../machine/folders.ts';

type Dlls = Pick<WindowsDlls, 'advapi32' | 'native'>;

interface Shortcut {
  readonly target: string;
  readonly arguments: string;
  readonly description: string;
  /** In which the target starts. */
  readonly folder: string;
  readonly icon: string;
}

/** The folder of Microsoft Learn, "KNOWNFOLDERID", FOLDERID_CommonPrograms: administrators alone write there. */
const MENU = 'Microsoft\\Windows\\Start Menu\\Programs';
const NAME = 'Run with elevated access.lnk';

function fileOf({ advapi32 }: Dlls): string {
  return paths.join(machineFolders(advapi32).programData, MENU, NAME);
}

/** @param executable absolute path of epm.exe, which has the icon */
function shortcutOf(executable: string): Shortcut {
  const folder = paths.dirname(executable);
  return {
    target: paths.join(folder, 'epmlaunch.exe'),
    arguments: '--elevate',
    description: 'Run a program with administrator rights. Drop a file here, or choose one.',
    folder,
    icon: executable,
  };
}

/**
 * Puts the entry into the Start menu, or gives it its values again.
 * @param executable absolute path of epm.exe
 * @throws EpmError EPM_WINDOWS_API, EPM_NOT_ADMINISTRATOR
 */
export function registerStartMenu(dlls: Dlls, executable: string): void {
  const file = fileOf(dlls);
  const wanted = shortcutOf(executable);
  mkdirSync(paths.dirname(file), { recursive: true });
  const found = jsonCall('epm_shortcut_write', (out, capacity, length) =>
    dlls.native.epm_shortcut_write(
      file,
      wanted.target,
      wanted.arguments,
      wanted.description,
      wanted.folder,
      wanted.icon,
      out,
      capacity,
      length,
    ),
  ) as Shortcut;
  const fault = faultOf(found, wanted);
  if (fault === undefined) return;
  throw new EpmError('EPM_WINDOWS_API', `The entry in the Start menu is not what was written: ${fault}.`);
}

/** What of the entry is not as it must be; undefined: nothing. @throws EpmError EPM_WINDOWS_API */
export function startMenuFault(dlls: Dlls, executable: string): string | undefined {
  const file = fileOf(dlls);
  const status = lstatSync(file, { throwIfNoEntry: false });
  if (status === undefined) return 'it is not there';
  if (!status.isFile()) return 'something else has its place';
  const found = jsonCall('epm_shortcut_read', (out, capacity, length) =>
    dlls.native.epm_shortcut_read(file, out, capacity, length),
  ) as Shortcut;
  return faultOf(found, shortcutOf(executable));
}

/** Takes the entry out of the Start menu. @throws EpmError EPM_WINDOWS_API */
export function removeStartMenu(dlls: Dlls): void {
  const file = fileOf(dlls);
  try {
    rmSync(file, { force: true });
  } catch (cause) {
    throw new EpmError('EPM_WINDOWS_API', `The entry "${NAME}" of the Start menu cannot be removed.`, {
      cause,
      hint: `Remove "${file}" by hand.`,
    });
  }
}

function faultOf(found: Shortcut, wanted: Shortcut): string | undefined {
  const names = Object.keys(wanted) as (keyof Shortcut)[];
  const other = names.find((name) => found[name] !== wanted[name]);
  return other === undefined ? undefined : `its ${other} is another one`;
}
