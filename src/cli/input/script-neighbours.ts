/** What a script takes in, added to its facts. */
import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { isEpmError } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';

/**
 * Asks PowerShell's parser which files a script takes in. Without an answer they stay `unknown`, and `unanswered` says
 * why; a file that is no script stays as it is.
 * @throws nothing of its own: a file that changed meanwhile, or cannot be read again, is `unanswered` too
 */
export async function withNeighbours(
  facts: FileFacts,
): Promise<{ readonly facts: FileFacts; readonly unanswered?: string }> {
  const { script, path, sha256 } = facts;
  if (script === undefined || facts.type !== 'ps1') return { facts };
  try {
    const bytes = await readFile(path);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) {
      return { facts, unanswered: 'The script was changed while it was read.' };
    }
    const { inspectNeighbours } = await import('../../windows/powershell/neighbours.ts');
    return { facts: { ...facts, script: { ...script, neighbours: await inspectNeighbours(bytes) } } };
  } catch (error) {
    if (isEpmError(error)) return { facts, unanswered: error.message };
    if (error instanceof Error && 'syscall' in error) return { facts, unanswered: 'The script cannot be read again.' };
    throw error;
  }
}
