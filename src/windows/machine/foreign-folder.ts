/** Making room for the agent's own folder where somebody else has put something. */
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { EpmError } from '../../model/errors.ts';

/**
 * Moves what lies at a path aside: everybody may make a folder in %ProgramData%, and whoever made the agent's before the
 * agent did could read and replace its secret. Nothing in it is used or removed; a link is moved, not followed.
 * @returns where it is now
 * @throws EpmError EPM_DATA_FOLDER while a program keeps something in it open
 */
export function moveAside(path: string, why: string): string {
  const aside = `${path}.foreign-${randomBytes(8).toString('hex')}`;
  try {
    fs.renameSync(path, aside);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    throw new EpmError('EPM_DATA_FOLDER', `"${path}" is not used (${why}) and cannot be moved aside (${code}).`, {
      hint: 'Restart the machine: the agent starts before programs of users, which may keep it open. Or remove it.',
      cause,
    });
  }
  return aside;
}
