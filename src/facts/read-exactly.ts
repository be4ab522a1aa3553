/** Reading a piece of a file whole, within the bounds of the file. */
import { EpmError } from '../model/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { MalformedContent } from './malformed.ts';

/** Place of a fault as people look for it in a hex editor. */
export function placeOf(structure: string, offset: number): string {
  return `${structure}, offset 0x${offset.toString(16)}`;
}

/**
 * Reads exactly `length` bytes. The caller bounds `length` by a constant; the file bounds it here, before anything is
 * allocated.
 * @throws MalformedContent when the bytes lie outside of the file
 * @throws EpmError EPM_FILE_UNREADABLE from the source, and when it gives less than its size promises
 */
export async function readExactly(
  source: ByteSource,
  offset: number,
  length: number,
  structure: string,
): Promise<Uint8Array> {
  if (offset + length > source.size) {
    throw new MalformedContent(placeOf(structure, offset), 'The structure ends outside of the file.');
  }
  if (length === 0) return new Uint8Array(0);
  const first = await source.read(offset, length);
  if (first.length === length) return first;
  const bytes = new Uint8Array(length);
  bytes.set(first);
  for (let done = first.length; done < length;) {
    const part = await source.read(offset + done, length - done);
    if (part.length === 0) {
      throw new EpmError(
        'EPM_FILE_UNREADABLE',
        `The file ended at byte ${offset + done} of ${source.size} while it was read.`,
      );
    }
    bytes.set(part, done);
    done += part.length;
  }
  return bytes;
}
