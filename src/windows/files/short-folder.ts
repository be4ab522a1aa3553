/** The 8.3 names of a folder, by which rules may have been written (decision M3). */
import { splitPath } from '../../facts/gather.ts';
import type { LocalPath } from '../../facts/request-path.ts';
import type { Kernel32 } from '../dll/kernel32.ts';
import { scratch } from '../dll/scratch.ts';
import { textFromUtf16 } from '../dll/text.ts';

/** Longest path of Windows, with its end ("Maximum Path Length Limitation"). */
const MAX_PATH_CHARACTERS = 32_768;
/** Lifts the limit of 260 characters. */
const VERBATIM = '\\\\?\\';

/**
 * GetShortPathNameW leaves a part that has no 8.3 name as it is.
 * @param path final path of a file that is locked, so that no folder above it can be renamed meanwhile
 * @returns undefined when Windows does not tell; then a Deny in 8.3 form takes any folder
 */
export function shortFolder(kernel32: Pick<Kernel32, 'GetShortPathNameW'>, path: LocalPath): string | undefined {
  const { folder } = splitPath(path);
  const buffer = scratch(MAX_PATH_CHARACTERS * 2);
  const length = kernel32.GetShortPathNameW(VERBATIM + folder, buffer, MAX_PATH_CHARACTERS);
  if (length === 0 || length >= MAX_PATH_CHARACTERS) return undefined;
  const text = textFromUtf16(buffer, length);
  const short = text.startsWith(VERBATIM) ? text.slice(VERBATIM.length) : text;
  // An answer of another depth says nothing about the parts of this one.
  return short.split('\\').length === folder.split('\\').length ? short : undefined;
}
