import { readdir, readFile, stat } from 'node:fs/promises';
import { hasJournal } from '../../audit/segment-files.ts';
import { displayText } from '../../text/display.ts';
import { EpmError } from '../../model/errors.ts';
import type { Io } from '../io.ts';
import { decodePolicyText } from '../../policy/formats/input.ts';

/** @throws EpmError EPM_FILE_NOT_FOUND, EPM_FILE_UNREADABLE */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw unreadable(path, (cause as NodeJS.ErrnoException).code, cause);
  }
}

/** @throws EpmError EPM_FILE_UNREADABLE for what is no file, and the codes of {@link readBytes} */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, (cause as NodeJS.ErrnoException).code, cause);
  });
  if (found.isFile()) return;
  throw new EpmError('EPM_FILE_UNREADABLE', `"${displayText(path)}" is no file.`, { hint: 'Give the path of a file.' });
}

/** Makes sure that a journal is there, a file or a folder of segments. @throws EpmError as {@link readBytes} */
export async function requireJournal(path: string): Promise<void> {
  let hasSegments: boolean;
  try {
    hasSegments = !(await stat(path)).isDirectory() || hasJournal(await readdir(path));
  } catch (cause) {
    throw unreadable(path, (cause as NodeJS.ErrnoException).code, cause);
  }
  if (!hasSegments) throw unreadable(path, 'EISDIR', undefined);
}

function unreadable(path: string, code: string | undefined, cause: unknown): EpmError {
  const file = `"${displayText(path)}"`;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new EpmError('EPM_FILE_NOT_FOUND', `The file ${file} does not exist.`, { cause });
  }
  if (code === 'EISDIR') {
    return new EpmError('EPM_FILE_UNREADABLE', `${file} is a folder.`, { cause, hint: 'Give the path of a file.' });
  }
  return new EpmError('EPM_FILE_UNREADABLE', `The file ${file} cannot be read (${code ?? 'unknown'}).`, {
    cause,
    hint: 'Check the path and its permissions.',
  });
}

/** Bytes of a JSON object on standard input. */
export const LONGEST_OBJECT = 16 * 1024 * 1024;

/**
 * @param io given: `-` is standard input
 * @throws EpmError EPM_ARGUMENT when the file is not a JSON object; EPM_REQUEST_TOO_LARGE
 */
export async function readJsonObject(path: string, io?: Io): Promise<Readonly<Record<string, unknown>>> {
  const isInput = path === '-' && io !== undefined;
  return toJsonObject(isInput ? await io.input(LONGEST_OBJECT) : await readBytes(path), isInput ? undefined : path);
}

/**
 * @param path where the bytes come from; undefined: from standard input
 * @throws EpmError EPM_ARGUMENT when they are not a JSON object
 */
export function toJsonObject(bytes: Uint8Array, path: string | undefined): Readonly<Record<string, unknown>> {
  const file = path === undefined ? 'Standard input' : `The file "${displayText(path)}"`;
  let value: unknown;
  try {
    value = JSON.parse(decodePolicyText(bytes).replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new EpmError('EPM_ARGUMENT', `${file} is not JSON.`, {
      cause,
      hint: 'Give one JSON object.',
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EpmError('EPM_ARGUMENT', `${file} is not a JSON object.`, {
      hint: 'Give one JSON object.',
    });
  }
  return value as Readonly<Record<string, unknown>>;
}
