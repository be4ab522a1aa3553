/**
 * Names that begin or end with a character nobody sees. People and rules take such a name for the one without it, and
 * Win32 strips some of these characters, so that a name that has one is never compared (decisions M1, M9).
 */

/**
 * White space as JavaScript trims it, every separator of Unicode, and what is shown with no width: joiners, fillers, soft
 * hyphens and byte order marks (Default_Ignorable_Code_Point, UAX #44).
 */
const BLANK = /[\s\p{Z}\p{Default_Ignorable_Code_Point}]/u;
/** ASCII has only its white space; every other blank lies above. */
const SPACE = 0x20;
const DELETE = 0x7f;

/** Whether a file name, or a folder of a path, begins or ends with such a character. */
export function hasOuterBlank(path: string): boolean {
  // A name of Windows never has a slash; elsewhere it parts the names.
  const separator = path.includes('\\') ? '\\' : '/';
  for (let start = 0; ;) {
    const found = path.indexOf(separator, start);
    const end = found < 0 ? path.length : found;
    if (end > start && (isBlankAt(path, start) || isBlankBefore(path, end))) return true;
    if (found < 0) return false;
    start = found + 1;
  }
}

function isBlankAt(path: string, index: number): boolean {
  const unit = path.charCodeAt(index);
  if (unit <= DELETE) return unit <= SPACE && BLANK.test(String.fromCharCode(unit));
  return BLANK.test(String.fromCodePoint(path.codePointAt(index) ?? unit));
}

function isBlankBefore(path: string, end: number): boolean {
  // The last character may be two units: a surrogate pair stands for one code point.
  const low = path.charCodeAt(end - 1);
  const isPair = low >= 0xdc00 && low <= 0xdfff && (path.charCodeAt(end - 2) & 0xfc00) === 0xd800;
  return isBlankAt(path, isPair ? end - 2 : end - 1);
}
