/** Facts of a file on any system, for authoring. The agent never uses it: it does not lock the file. */
import { type FileHandle, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ByteSource } from './byte-source.ts';
import { displayText } from '../text/display.ts';
import { gatherFacts, type GatherInput, type GatherOptions } from './gather.ts';

/**
 * @param path any path the system accepts; made absolute
 * @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE, EPM_FILE_TOO_LARGE, EPM_FILE_TIMEOUT, EPM_REQUEST_CANCELLED
 */
export async function gatherNodeFile(
  path: string,
  { known, ...options }: GatherOptions & Pick<GatherInput, 'known'> = {},
): Promise<FileFacts> {
  const absolute = resolve(path);
  const handle = await open(absolute, 'r').catch((cause: unknown) => {
    throw fileError(absolute, cause);
  });
  try {
    const status = await handle.stat();
    if (!status.isFile()) {
      throw new EpmError('EPM_FILE_UNREADABLE', `"${displayText(absolute)}" is not a file.`, {
        hint: 'Give the path of a file.',
      });
    }
    const source = handleSource(handle, status.size, absolute);
    return await gatherFacts({ ...options, path: absolute, source, known: { linkCount: status.nlink, ...known } });
  } finally {
    await handle.close();
  }
}

function handleSource(handle: FileHandle, size: number, path: string): ByteSource {
  async function readInto(target: Uint8Array, offset: number): Promise<number> {
    try {
      return (await handle.read(target, 0, target.length, offset)).bytesRead;
    } catch (cause) {
      throw fileError(path, cause);
    }
  }
  return {
    size,
    readInto,
    async read(offset, length) {
      const target = Buffer.alloc(Math.max(0, Math.min(length, size - offset)));
      return target.subarray(0, target.length === 0 ? 0 : await readInto(target, offset));
    },
  };
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
