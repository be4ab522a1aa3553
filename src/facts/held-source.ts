/** The beginning of a file, held in memory while its parsers go to and fro in it; a small file is held whole. */
import type { ByteSource } from './byte-source.ts';

/** Bytes. Most programs are smaller; each is then asked for once, with its digests and its signature. */
const WHOLE = 2 * 1024 ** 2;
/** Bytes of a larger file: its headers, and the directory of its resources in many. */
const BEGINNING = 64 * 1024;

/**
 * @returns the same bytes; where the source ends too early it is asked again, and says so itself
 * @throws what the source throws
 */
export async function holdBeginning(source: ByteSource): Promise<ByteSource> {
  const held = await beginningOf(source, source.size <= WHOLE ? source.size : BEGINNING);
  const isWhole = held.length === source.size;
  const has = (offset: number, length: number): boolean => offset >= 0 && offset + length <= held.length;
  return {
    size: source.size,
    check: () => source.check?.(),
    read(offset, length) {
      const inside = Math.min(length, source.size - offset);
      return has(offset, inside) ? held.subarray(offset, offset + inside) : source.read(offset, length);
    },
    // What is held whole is digested where it is.
    ...(isWhole ? { whole: held } : {}),
    ...(isWhole || source.readInto === undefined ? {} : { readInto: source.readInto.bind(source) }),
  };
}

async function beginningOf(source: ByteSource, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const rest = bytes.subarray(filled);
    let read: number;
    if (source.readInto === undefined) {
      const part = await source.read(filled, rest.length);
      if (filled === 0 && part.length === length) return part;
      rest.set(part);
      read = part.length;
    } else {
      read = await source.readInto(rest, filled);
    }
    if (read === 0) break;
    filled += read;
  }
  return bytes.subarray(0, filled);
}
