/**
 * Processes that Windows itself starts beside many programs, and that say nothing about who does what. Microsoft's own
 * reports show them as noise.
 */
import { foldCase } from '../../text/compare.ts';
import type { Elevation } from './elevation.ts';
import { fileNameOf } from './export-values.ts';

const NAMES = new Set(
  ['conhost.exe', 'dismhost.exe', 'taskhostw.exe', 'werfault.exe', 'wermgr.exe', 'backgroundtaskhost.exe'].map(
    foldCase,
  ),
);

/** Whether it is one of them, below a folder of Windows, and was started by an elevated program. A denial is never noise. */
export function isOfWindows({ filePath, processType, elevationType }: Elevation): boolean {
  return (
    processType === 'child' &&
    elevationType !== 'denied' &&
    /^[a-z]:\\windows\\/i.test(filePath) &&
    NAMES.has(foldCase(fileNameOf(filePath)))
  );
}
