/**
 * Memory that stays where it is while Windows holds pointers to it: structures that a function fills in one call and
 * reads again in a later one, perhaps on another thread.
 */
import type { Koffi } from './koffi.ts';

/** Address of native memory. */
export type Address = bigint;

export class NativeMemory {
  readonly #koffi: Koffi;
  readonly #blocks: Address[] = [];

  constructor(koffi: Koffi) {
    this.#koffi = koffi;
  }

  /** A structure of a declared type. @returns its address */
  struct(type: string, value: object): Address {
    const address = this.#allocate(this.#koffi.sizeof(type));
    this.#koffi.encode(address, type, value);
    return address;
  }

  /** UTF-16 text with its NUL. */
  text(value: string): Address {
    return this.bytes(Buffer.from(`${value}\0`, 'utf16le'));
  }

  /** A copy of the bytes. */
  bytes(value: NodeJS.TypedArray): Address {
    const address = this.#allocate(value.byteLength);
    new Uint8Array(this.#koffi.view(address, value.byteLength)).set(
      new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
    );
    return address;
  }

  /** Frees all of it; what Windows keeps pointers to must be closed before. */
  release(): void {
    for (const block of this.#blocks.splice(0)) this.#koffi.free(block);
  }

  #allocate(length: number): Address {
    const address = this.#koffi.alloc('uint8_t', Math.max(length, 1)) as Address;
    this.#blocks.push(address);
    return address;
  }
}

/** Copies `length` bytes that a Windows function owns. */
export function copyBytes(koffi: Koffi, address: Address, length: number): Uint8Array {
  return length === 0 ? new Uint8Array(0) : new Uint8Array(koffi.view(address, length)).slice();
}

/** Bytes of a SID before its sub-authorities, and the most of these that a SID has ([MS-DTYP] 2.4.2.2). */
const SID_HEAD = 8;
const MAX_SUB_AUTHORITIES = 15;

/** Copies the SIDs of an array of structures that hold nothing but a PSID. */
export function sidsAt(koffi: Koffi, buffer: Address, count: number): readonly Uint8Array[] {
  return (koffi.decode(buffer, 'void *', count) as Address[]).map((address) => {
    const subAuthorities = Math.min(copyBytes(koffi, address, SID_HEAD)[1] ?? 0, MAX_SUB_AUTHORITIES);
    return copyBytes(koffi, address, SID_HEAD + subAuthorities * 4);
  });
}
