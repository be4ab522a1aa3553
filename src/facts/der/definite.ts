/** BER to definite lengths. Some timestamp authorities and signing tools write indefinite ones (X.690 8.1.3.6). */
import { isEndOfContents, readHeader } from './walk.ts';

/**
 * @param bytes one element that a walk has been through, so that depth is bounded
 * @param passedOver offsets of elements that the walk did not look into: they stay as they are
 * @returns the same element with definite lengths and octet strings in one piece; parts that were DER stay as they are
 */
export function toDefiniteLengths(bytes: Uint8Array, place: string, passedOver: ReadonlySet<number>): Uint8Array {
  return convert(bytes, 0, bytes.length, place, passedOver).bytes;
}

function convert(
  bytes: Uint8Array,
  offset: number,
  limit: number,
  place: string,
  passedOver: ReadonlySet<number>,
): { readonly bytes: Uint8Array; readonly end: number } {
  const { tag, content, end } = readHeader(bytes, offset, limit, place);
  if ((tag & 0x20) === 0 || passedOver.has(offset)) return { bytes: bytes.subarray(offset, end), end };
  const pieces: Uint8Array[] = [];
  const stop = end === -1 ? limit : end;
  let at = content;
  while (end === -1 ? !isEndOfContents(bytes, at, stop) : at < stop) {
    const piece = convert(bytes, at, stop, place, passedOver);
    pieces.push(tag === 0x24 ? contentOf(piece.bytes, place) : piece.bytes);
    at = piece.end;
  }
  return { bytes: element(tag === 0x24 ? 0x04 : tag, Buffer.concat(pieces)), end: end === -1 ? at + 2 : end };
}

function contentOf(element: Uint8Array, place: string): Uint8Array {
  return element.subarray(readHeader(element, 0, element.length, place).content);
}

/** One element with a definite length. */
export function element(tag: number, content: Uint8Array): Uint8Array {
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content]);
  const digits = content.length.toString(16);
  const length = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content]);
}
