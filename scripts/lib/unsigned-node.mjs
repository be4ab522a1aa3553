/**
 * node.exe without its signature. Adding a program to it breaks the signature; a file that carries a broken one is
 * worse than an unsigned file that can be signed afterwards.
 * Offsets: Microsoft's "PE Format", sections "Optional Header" and "The Attribute Certificate Table".
 */
import { DIRECTORY, peHeaders } from '../../tooling/pe-headers.mjs';

/** @param image bytes of a PE32+ file. @returns the same bytes without certificate table and checksum. */
export function withoutSignature(image) {
  const headers = peHeaders(image);
  const directory = headers.directory(DIRECTORY.security);
  const offset = image.readUInt32LE(directory);
  const size = image.readUInt32LE(directory + 4);
  const copy = Buffer.from(image);
  // The table is the only directory given by file offset, and it lies at the end.
  copy.writeUInt32LE(0, directory);
  copy.writeUInt32LE(0, directory + 4);
  copy.writeUInt32LE(0, headers.optional + 64);
  if (offset === 0) return copy;
  if (offset + size !== image.length) throw new Error('data follows the signature of node.exe');
  return copy.subarray(0, offset);
}
