/** What can be read of a JSON object that is broken. */

/**
 * The longest part of a broken JSON object that can be read: every member that ends before the fault.
 * Returns the object's text closed after the last whole member, and what follows it.
 */
export function readableStart(text: string, faultOffset: number): { readonly object: string; readonly rest: string } {
  let depth = 0;
  let end = -1;
  for (const { offset, character } of structure(text)) {
    if (offset >= faultOffset) break;
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      // The object is complete and something stands behind it.
      if (depth === 0) return { object: text.slice(0, offset + 1), rest: '' };
    } else if (depth === 1) end = offset;
  }
  return end === -1 ? { object: '{}', rest: text } : { object: `${text.slice(0, end)}}`, rest: text.slice(end + 1) };
}

/**
 * Brackets and commas outside of texts. Written by hand, because it must see texts of any length: a regular expression's
 * stack overflows on long ones.
 */
function* structure(text: string): Generator<{ offset: number; character: string }> {
  let offset = 0;
  while (offset < text.length) {
    const character = text.charAt(offset);
    if (character === '"') {
      offset = endOfText(text, offset + 1);
      continue;
    }
    if ('[]{},'.includes(character)) yield { offset, character };
    offset += 1;
  }
}

/** Offset behind the closing quote of a JSON text that starts at `offset`. */
function endOfText(text: string, offset: number): number {
  let position = offset;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === '"') return position + 1;
    position += character === '\\' ? 2 : 1;
  }
  return position;
}
