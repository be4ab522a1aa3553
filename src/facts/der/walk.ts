/**
 * First look at hostile BER (ITU-T X.690): every length lies inside of its parent, and depth and number of elements are
 * bounded, before anything is built from it. Time is linear in the bytes and no memory is taken from a length of the
 * file.
 */
import { MalformedContent } from '../malformed.ts';

/** Deeper than any certificate or signature in use; a nested signature is an element of its own walk. */
export const MAX_DEPTH = 64;
/** Elements. Catalogs of Windows updates list many ten thousand files by fifteen to twenty-five elements each. */
const MAX_ELEMENTS = 5_000_000;

/** Where one element lies. All three are offsets in the bytes that were given. */
export interface Header {
  /** Identifier octet: class, constructed bit and number. */
  readonly tag: number;
  readonly content: number;
  /** -1: indefinite length. */
  readonly end: number;
}

/**
 * Reads identifier and length at `offset`.
 * @throws MalformedContent for tag numbers above 30, lengths that are not minimal or reach past `limit`
 */
export function readHeader(bytes: Uint8Array, offset: number, limit: number, place: string): Header {
  if (offset + 2 > limit) throw malformed(place, offset, 'An element is cut off.');
  const tag = bytes[offset] ?? 0;
  if ((tag & 0x1f) === 0x1f) throw malformed(place, offset, 'An element has a tag that no signature uses.');
  const first = bytes[offset + 1] ?? 0;
  if (first < 0x80) {
    if (first > limit - offset - 2) throw malformed(place, offset, 'An element ends outside of its parent.');
    return { tag, content: offset + 2, end: offset + 2 + first };
  }
  if (first === 0x80) {
    if ((tag & 0x20) === 0) throw malformed(place, offset, 'A primitive element has no length.');
    return { tag, content: offset + 2, end: -1 };
  }
  const count = first & 0x7f;
  const content = offset + 2 + count;
  if (count > 4 || content > limit) throw malformed(place, offset, 'The length of an element is not readable.');
  let length = 0;
  for (let at = offset + 2; at < content; at += 1) length = length * 256 + (bytes[at] ?? 0);
  if (length < 0x80 || bytes[offset + 2] === 0) {
    // A second way to write the same certificate would give it a second digest.
    throw malformed(place, offset, 'The length of an element is written longer than needed.');
  }
  if (length > limit - content) throw malformed(place, offset, 'An element ends outside of its parent.');
  return { tag, content, end: content + length };
}

/**
 * Walks through one element and everything in it.
 * @returns `end` of the element, and whether some of it has the forms that BER has and DER has not (indefinite length,
 *   octet strings in pieces)
 * @throws MalformedContent
 */
export function walk(bytes: Uint8Array, place: string): { readonly end: number; readonly isDer: boolean } {
  const parents: { readonly end: number; readonly limit: number }[] = [];
  let isDer = true;
  let elements = 0;
  let offset = 0;
  do {
    const parent = parents.at(-1);
    const limit = parent === undefined ? bytes.length : parent.limit;
    if (parent !== undefined && parent.end === -1 && isEndOfContents(bytes, offset, limit)) {
      offset += 2;
      parents.pop();
    } else if (parent !== undefined && offset === parent.end) {
      parents.pop();
    } else {
      elements += 1;
      if (elements > MAX_ELEMENTS) throw malformed(place, offset, 'There are too many elements.');
      const { tag, content, end } = readHeader(bytes, offset, limit, place);
      if (tag === 0) throw malformed(place, offset, 'An end mark stands where none belongs.');
      if ((tag & 0x20) === 0) {
        offset = end;
      } else {
        if (end === -1 || tag === 0x24) isDer = false;
        if (parents.length === MAX_DEPTH) throw malformed(place, offset, 'Elements are nested too deep.');
        parents.push({ end, limit: end === -1 ? limit : end });
        offset = content;
      }
    }
  } while (parents.length > 0);
  return { end: offset, isDer };
}

export function isEndOfContents(bytes: Uint8Array, offset: number, limit: number): boolean {
  return offset + 2 <= limit && bytes[offset] === 0 && bytes[offset + 1] === 0;
}

export function malformed(place: string, offset: number, problem: string): MalformedContent {
  return new MalformedContent(`${place}, offset 0x${offset.toString(16)}`, problem);
}
