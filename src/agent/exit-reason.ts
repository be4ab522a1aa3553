/** What an exit code says about how a program was started. */
import type { ExitReason } from '../model/exit-reasons.ts';
import type { RunDetails } from './contract.ts';

/**
 * What Windows ends a program with before its first instruction when a library is missing, lacks what is asked of it,
 * or is no library for it: STATUS_DLL_NOT_FOUND, STATUS_ENTRYPOINT_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT
 * ([MS-ERREF] 2.3.1).
 */
const LIBRARY_CODES: readonly number[] = [0xc000_0135, 0xc000_0139, 0xc000_007b];

/** A copy has none of the files that lie beside the program. */
export function exitReasonOf({ file }: RunDetails, exitCode: number): ExitReason | undefined {
  return file.copy !== undefined && LIBRARY_CODES.includes(exitCode) ? 'neighboursMissing' : undefined;
}
