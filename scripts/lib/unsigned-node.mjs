/**
 * node.exe without its signature. Adding a program to it breaks the signature; a file that carries a broken one is
 * worse than an unsigned file that can be signed afterwards.
 * Offsets: Microsoft's "PE Format", sections "Optional Header" and "The Attribute Certificate Table".
 */

const SECURITY_DIRECTORY = 4;

/** @param image bytes of a PE32+ file. @returns the same bytes without certificate table and checksum. */
export function withoutSignature(image) {
  const header = image.readUInt32LE(0x3c);
  const optional = header + 24;
  if (image.toString('latin1', header, header + 4) !== 'PE\0\0' || image.readUInt16LE(optional) !== 0x20b) {
    throw new Error('node.exe is not a 64-bit PE file');
  }
  const directory = optional + 112 + 8 * SECURITY_DIRECTORY;
  const offset = image.readUInt32LE(directory);
  const size = image.readUInt32LE(directory + 4);
  const copy = Buffer.from(image);
  // The table is the only directory given by file offset, and it lies at the end.
  copy.writeUInt32LE(0, directory);
  copy.writeUInt32LE(0, directory + 4);
  copy.writeUInt32LE(0, optional + 64);
  if (offset === 0) return copy;
  if (offset + size !== image.length) throw new Error('data follows the signature of node.exe');
  return copy.subarray(0, offset);
}
