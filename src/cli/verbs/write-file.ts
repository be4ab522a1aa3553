import { realpath, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
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

/**
 * Refuses outputs that would destroy each other or what was read.
 * @param outputs paths and `-` for standard output; undefined: not asked for
 * @throws EpmError EPM_ARGUMENT
 */
export async function requireApart(inputs: readonly string[], outputs: readonly (string | undefined)[]): Promise<void> {
  const taken = new Set(await Promise.all(inputs.filter((input) => input !== '-').map(whereItLies)));
  for (const output of outputs) {
    if (output === undefined) continue;
    const place = output === '-' ? '-' : await whereItLies(output);
    if (taken.has(place)) {
      const what = output === '-' ? 'Standard output' : `The file "${displayText(output)}"`;
      throw new EpmError('EPM_ARGUMENT', `${what} is named twice, and one would overwrite the other.`, {
        hint: 'Give each output a file of its own.',
      });
    }
    taken.add(place);
  }
}

/** The file a path leads to, by whatever links. One that does not exist yet is where its folder leads. */
async function whereItLies(path: string): Promise<string> {
  const full = resolve(path);
  const found = await realpath(full).catch(() => undefined);
  if (found !== undefined) return found;
  const folder = await realpath(dirname(full)).catch(() => dirname(full));
  return join(folder, basename(full));
}
