/** Little-endian fields of a package, and how places in it are written. */

/** DataView over exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** `0x` and hexadecimal digits, for places. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
