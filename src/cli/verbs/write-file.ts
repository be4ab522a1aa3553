import { writeFile } from 'node:fs/promises';
import { displayText } from '../../facts/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { Io } from '../io.ts';

/**
 * Writes to a file that a verb was given, or to standard output for `-`.
 * @throws EpmError EPM_FILE_UNWRITABLE
 */
export async function writeOutput(io: Io, path: string, content: string | Uint8Array): Promise<void> {
  if (path === '-') {
    if (typeof content === 'string') io.out(content);
    else io.bytes(content);
    return;
  }
  try {
    await writeFile(path, content);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new EpmError('EPM_FILE_UNWRITABLE', `The file "${displayText(path)}" cannot be written (${code}).`, {
      cause,
    });
  }
}
