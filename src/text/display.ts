/**
 * Text of a stranger, made safe to show to a person or in the log of a pipeline: what cannot be seen, changes how the
 * rest looks or is a command of a pipeline is written as its code point, and long texts keep both ends and a digest of the whole, so that two texts that differ in the hidden
 * middle never look alike.
 */
import { createHash } from 'node:crypto';
import { COMMAND } from './pipeline-commands.ts';

/**
 * Control, format (bidirectional overrides, zero-width), surrogate, private-use and unassigned characters, line and
 * paragraph separators, and every space but U+0020.
 */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** Default length of a text that is shown whole, in UTF-16 units after escaping. */
const DEFAULT_MAXIMUM = 260;

/**
 * @param maximum longest result that is not shortened, in UTF-16 units; a shortened result is at most this long too,
 *   but never shorter than its note needs
 */
export function displayText(text: string, maximum: number = DEFAULT_MAXIMUM): string {
  // Escaping stops well past the limit: a hostile megabyte is not worked through twice.
  const shown = text.length > maximum * 2 ? undefined : escapeInvisible(text);
  if (shown !== undefined && shown.length <= maximum) return shown;
  const digest = createHash('sha256').update(text, 'utf16le').digest('hex').slice(0, 16);
  const note = `…[${text.length} characters, ${digest}]…`;
  const room = Math.max(16, maximum - note.length);
  const head = cut(escapeInvisible(text.slice(0, room)), Math.ceil(room / 2), 'start');
  const tail = cut(escapeInvisible(text.slice(-room)), Math.floor(room / 2), 'end');
  return head + note + tail;
}

function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, escaped).replace(COMMAND, escaped);
}

function escaped(character: string): string {
  const codePoint = character.codePointAt(0) ?? 0;
  // Angle brackets cannot be part of a file name, so the escape of a path is never ambiguous.
  return `<U+${codePoint.toString(16).toUpperCase().padStart(4, '0')}>`;
}

/** Cuts without leaving half of a surrogate pair or of an escape. */
function cut(text: string, length: number, keep: 'start' | 'end'): string {
  const pieces = text.match(/<U\+[0-9A-F]+>|[^]/gu) ?? [];
  if (keep === 'end') pieces.reverse();
  const kept: string[] = [];
  let total = 0;
  for (const piece of pieces) {
    if (total + piece.length > length) break;
    kept.push(piece);
    total += piece.length;
  }
  if (keep === 'end') kept.reverse();
  return kept.join('');
}
