/** Reading within bounds: from the file, and inside a piece of it that was read. */
import type { ByteSource } from '../byte-source.ts';
import { MalformedContent } from '../malformed.ts';
import { placeOf, readExactly } from '../read-exactly.ts';

/** Place of data of which only the address in memory is known, relative to the image. */
export function addressPlace(structure: string, address: number): string {
  return `${structure}, address 0x${address.toString(16)}`;
}

/** {@link readExactly}, as a piece that knows its place. */
export async function readPiece(source: ByteSource, offset: number, length: number, structure: string): Promise<Piece> {
  return new Piece(await readExactly(source, offset, length, structure), offset, structure);
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
