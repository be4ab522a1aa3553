/** Reading within bounds: from the file, and inside a piece of it that was read. */
import { EpmError } from '../../model/errors.ts';
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';

/** Place of a fault as people look for it in a hex editor. */
export function placeOf(structure: string, offset: number): string {
  return `${structure}, offset 0x${offset.toString(16)}`;
}

/** The same for data of which only the address in memory is known, relative to the image. */
export function addressPlace(structure: string, address: number): string {
  return `${structure}, address 0x${address.toString(16)}`;
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
): Promise<Piece> {
  if (offset + length > source.size) {
    throw new MalformedContent(placeOf(structure, offset), 'The structure ends outside of the file.');
  }
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
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
  return new Piece(bytes, offset, structure);
}

/** Bytes of a file with the place they come from. Every read is checked; numbers are little endian. */
export class Piece {
  readonly bytes: Uint8Array;
  /** Offset of the first byte in the file. */
  readonly fileOffset: number;
  readonly structure: string;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, fileOffset: number, structure: string) {
    this.bytes = bytes;
    this.fileOffset = fileOffset;
    this.structure = structure;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    this.#check(at, 1);
    return this.#view.getUint8(at);
  }

  u16(at: number): number {
    this.#check(at, 2);
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    this.#check(at, 4);
    return this.#view.getUint32(at, true);
  }

  malformed(at: number, problem: string): MalformedContent {
    return new MalformedContent(placeOf(this.structure, this.fileOffset + at), problem);
  }

  #check(at: number, length: number): void {
    if (at < 0 || at + length > this.bytes.length) {
      throw this.malformed(Math.min(at, this.bytes.length), 'The structure is shorter than its content says.');
    }
  }
}
