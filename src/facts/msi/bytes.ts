/** Reading bytes of a package: little-endian fields and exact lengths. */
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';

/** DataView over exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `0x` and hexadecimal digits, for places. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/**
 * @param length bytes; the caller has bounded it
 * @throws MalformedContent when the file ends before; EpmError EPM_FILE_UNREADABLE from the source
 */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  place: string,
): Promise<Uint8Array> {
  const early = (at: number): MalformedContent =>
    new MalformedContent(`${place}, offset ${hex(at)}`, 'The file ends too early.');
  if (offset + length > source.size) throw early(offset);
  const first = await source.read(offset, length);
  if (first.length === length) return first;
  const bytes = new Uint8Array(length);
  bytes.set(first);
  for (let at = first.length; at < length;) {
    const piece = await source.read(offset + at, length - at);
    if (piece.length === 0) throw early(offset + at);
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
