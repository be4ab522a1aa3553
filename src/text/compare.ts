/**
 * Comparison of texts as NTFS compares names (decision M1): ordinal, without case, one UTF-16 unit at a time, with no
 * locale. `ß` never equals `SS`, and the dotless `ı` and the long `ſ` keep their own identity, because the volume's
 * upcase table does not fold them into `I` and `S`.
 */
const DOTLESS_I = 0x0131;
const LONG_S = 0x017f;

// A Windows volume folds through a table of 65,536 entries too; reading it is faster than asking for each unit.
const UPPER = buildTable();

function buildTable(): Uint16Array {
  const table = new Uint16Array(0x10000);
  for (let unit = 0; unit < table.length; unit += 1) {
    const upper = String.fromCharCode(unit).toUpperCase();
    const keeps = unit === DOTLESS_I || unit === LONG_S || upper.length !== 1;
    table[unit] = keeps ? unit : upper.charCodeAt(0);
  }
  return table;
}

/**
 * Form of a text in which equal means "same without case".
 * @param text any UTF-16 text, lone surrogates included
 */
export function foldCase(text: string): string {
  let index = 0;
  while (index < text.length && text.charCodeAt(index) < 0x80) index += 1;
  if (index === text.length) return text.toUpperCase();
  let folded = '';
  for (let position = 0; position < text.length; position += 1) {
    folded += String.fromCharCode(UPPER[text.charCodeAt(position)] as number);
  }
  return folded;
}

/** Whether `text`, from `start` on, equals a text that is folded already, without case and without making a text. */
export function equalsFolded(text: string, folded: string, start = 0, end = text.length): boolean {
  if (end - start !== folded.length) return false;
  for (let index = 0; index < folded.length; index += 1) {
    if (UPPER[text.charCodeAt(start + index)] !== folded.charCodeAt(index)) return false;
  }
  return true;
}

/**
 * 32-bit hash of a text (FNV-1a over UTF-16 units), the same for texts that are equal without case. Different texts may
 * share one.
 */
export function hashFolded(text: string, start = 0, end = text.length): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index += 1) {
    hash = Math.imul(hash ^ (UPPER[text.charCodeAt(index)] as number), 0x01000193);
  }
  return hash;
}

/** Text without outer white space and case; undefined when nothing is left, which counts as not set. */
export function foldText(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' ? undefined : foldCase(trimmed);
}

/** Text without outer white space; undefined when nothing is left. */
export function trimText(text: string | undefined): string | undefined {
  const trimmed = text?.trim();
  return trimmed === undefined || trimmed === '' ? undefined : trimmed;
}

/** Order by Unicode code point, which differs from JavaScript's order by UTF-16 unit above U+FFFF. */
export function compareCodePoints(left: string, right: string): number {
  if (left === right) return 0;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a === b) continue;
    // Units of surrogate pairs (U+D800 and up) stand for higher code points than U+E000 to U+FFFF.
    const aHigh = a >= 0xd800 && a <= 0xdfff;
    const bHigh = b >= 0xd800 && b <= 0xdfff;
    if (aHigh !== bHigh) return (aHigh ? 0x10000 : a) - (bHigh ? 0x10000 : b);
    return a - b;
  }
  return left.length - right.length;
}
