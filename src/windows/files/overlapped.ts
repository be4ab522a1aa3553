/** sizeof(OVERLAPPED) on x64; the offset is at 16. */
const OVERLAPPED_SIZE = 32;
const OVERLAPPED_OFFSET = 16;

/** Where in a file a read or write begins (OVERLAPPED, minwinbase.h). */
export function overlappedAt(offset: number): Uint8Array {
  const overlapped = Buffer.alloc(OVERLAPPED_SIZE);
  overlapped.writeBigUInt64LE(BigInt(offset), OVERLAPPED_OFFSET);
  return overlapped;
}
