/**
 * Memory for what a function writes that answers at once. A request asks for dozens of paths and texts, each of which may
 * be long; memory of its own for each would wait for the collector by the megabyte.
 */

/** Bytes; the longest path, or message of a client. */
const SIZE = 64 * 1024;

const memory = new Uint8Array(SIZE);

/**
 * @returns memory for one call, at the beginning of its buffer. It holds what was written before, and the next call gets
 *   the same: whoever takes it copies the answer out, as long as it was told to be, before anything else runs.
 */
export function scratch(size: number): Uint8Array {
  return size > SIZE ? new Uint8Array(size) : memory.subarray(0, size);
}
