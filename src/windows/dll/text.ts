/** UTF-16 text in buffers that Windows functions fill. */

/** @param length in characters, without the terminating NUL */
export function textFromUtf16(buffer: Uint8Array, length: number): string {
  return Buffer.from(buffer.buffer, buffer.byteOffset, Math.min(length * 2, buffer.byteLength)).toString('utf16le');
}

/** Text up to the first NUL, or the whole buffer when it has none. */
export function textUpToNul(buffer: Uint8Array): string {
  const text = textFromUtf16(buffer, buffer.byteLength >> 1);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}
