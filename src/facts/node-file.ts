/** Facts of a file on any system, for authoring. The agent never uses it: it does not lock the file. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { displayText } from './display.ts';
import { gatherFacts, type GatherInput } from './gather.ts';

/**
 * @param path any path the system accepts; made absolute
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_FILE_TOO_LARGE
 */
export async function gatherNodeFile(path: string, options: Pick<GatherInput, 'digests'> = {}): Promise<FileFacts> {
  const absolute = resolve(path);
  const handle = await open(absolute, 'r').catch((cause: unknown) => {
    throw fileError(absolute, cause);
  });
  try {
    const status = await handle.stat();
    if (!status.isFile()) throw new EpmError('EPM_FILE_UNREADABLE', `"${displayText(absolute)}" is not a file.`);
    const source = {
      size: status.size,
      async read(offset: number, length: number): Promise<Uint8Array> {
        try {
          const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, offset);
          return buffer.subarray(0, bytesRead);
        } catch (cause) {
          throw fileError(absolute, cause);
        }
      },
    };
    return await gatherFacts({ path: absolute, source, ...options, known: { linkCount: status.nlink } });
  } finally {
    await handle.close();
  }
}

function fileError(path: string, cause: unknown): EpmError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const shown = displayText(path);
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new EpmError('EPM_FILE_NOT_FOUND', `The file "${shown}" does not exist.`, { cause });
  return new EpmError('EPM_FILE_UNREADABLE', `The file "${shown}" cannot be read (${code}).`, {
    cause,
    data: { system: code },
  });
}
