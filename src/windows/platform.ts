import { EpmError } from '../model/errors.ts';

/**
 * Stops what needs Windows before it reaches for a DLL.
 * @param operation what was asked for, as the subject of a sentence, for example `"epm agent"`
 * @throws EpmError EPM_PLATFORM on every system but 64-bit Windows
 */
export function assertWindows(operation: string): void {
  if (process.platform !== 'win32') {
    throw new EpmError('EPM_PLATFORM', `${operation} needs Windows; this is ${process.platform}.`);
  }
  if (process.arch !== 'x64') {
    throw new EpmError('EPM_PLATFORM', `${operation} needs 64-bit Windows (x64); this process is ${process.arch}.`, {
      hint: 'Use the x64 build of epm.exe.',
    });
  }
}
