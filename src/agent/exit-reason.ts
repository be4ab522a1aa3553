/** What an exit code says about how a program was started, or how an installation ended. */
import type { ExitReason } from '../model/exit-reasons.ts';
import type { TreeChildren } from './children/tree-children.ts';
import type { RunDetails } from './contract.ts';

/**
 * What Windows ends a program with before its first instruction when a library is missing, lacks what is asked of it,
 * or is no library for it: STATUS_DLL_NOT_FOUND, STATUS_ENTRYPOINT_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT
 * ([MS-ERREF] 2.3.1).
 */
const LIBRARY_CODES: readonly number[] = [0xc000_0135, 0xc000_0139, 0xc000_007b];

/** What msiexec ends with ("MsiExec.exe and InstMsi.exe error messages", Microsoft Learn). */
const INSTALLER_CODES: ReadonlyMap<number, ExitReason> = new Map([
  [1602, 'installCancelled'],
  [1603, 'installFailed'],
  [1612, 'sourceMissing'],
  [1618, 'installerBusy'],
  [1619, 'packageUnopened'],
  [1620, 'packageInvalid'],
  [1625, 'packageForbidden'],
  [1633, 'packageUnsupported'],
  [1638, 'otherVersionInstalled'],
  [1639, 'installerArguments'],
  [1641, 'restartBegun'],
  [3010, 'restartNeeded'],
]);

/**
 * @param run a copy has none of the files that lie beside the program, unless its rule has them copied
 * @param children of the program; undefined: it may start none
 */
export function exitReasonOf(
  { file }: RunDetails,
  exitCode: number,
  children?: Pick<TreeChildren, 'isProgramEnded'>,
): ExitReason | undefined {
  if (children?.isProgramEnded === true) return 'libraryRefused';
  if (/\.msi$/i.test(file.path)) return INSTALLER_CODES.get(exitCode);
  return file.copy !== undefined && file.host === undefined && LIBRARY_CODES.includes(exitCode)
    ? 'neighboursMissing'
    : undefined;
}
