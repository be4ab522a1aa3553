/** A signed text that a person has: pasted behind the verb, in a file, or on standard input. */
import { MAX_PASTE } from '../../requests/signed-text.ts';
import { textKind } from '../../requests/text-kinds.ts';
import type { Io } from '../io.ts';
import { readBytes, requireFile } from './read-file.ts';

/** For the description of the argument. */
export const PASTED = 'the text, the name of a file with it, or - for standard input';

/**
 * @param words behind the verb: a paste may come in pieces
 * @throws EpmError EPM_REQUEST_TOO_LARGE, and the codes of reading files
 */
export async function pastedText(io: Io, words: readonly string[]): Promise<string> {
  const text = words.join(' ').trim();
  if (text === '-') return decodePasted(await io.input(MAX_PASTE));
  if (textKind(text) !== undefined || words.length !== 1) return text;
  await requireFile(text);
  return decodePasted(await readBytes(text));
}

/** PowerShell 5.1 writes UTF-16 with a mark where it is told to write a file. */
export function decodePasted(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes.subarray(0, 4 * MAX_PASTE));
}
