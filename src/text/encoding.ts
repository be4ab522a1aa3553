/** Bytes of a text file to text. */

/**
 * Decodes UTF-8 with or without byte order mark, and UTF-16 with one; Windows tools write all three.
 * @throws TypeError when the bytes are none of them.
 */
export function decodeText(bytes: Uint8Array): string {
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}
