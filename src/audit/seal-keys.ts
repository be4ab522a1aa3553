/**
 * The key that seals records, which is replaced after each of them: forward security, as in M. Bellare and B. Yee, "Forward-Security
 * in Private-Key Cryptography" (2003), and B. Schneier and J. Kelsey, "Secure Audit Logs to Support Computer Forensics" (1999). Whoever
 * takes the key learns nothing of those before it, and can change no record that was sealed already.
 *
 * Keys come in blocks, so that verification gets to any record without going through all before it: the key of a block gives the
 * key of the next block and, apart from it, that of the first record in its own. That is one step for 1,024 records, and at most 1,023
 * more. (Trees as in G. Marson and B. Poettering, "Practical Secure Logging: Seekable Sequential Key Generators", 2013, need
 * a logarithm of steps and a state as long; for the journals of one machine that gains nothing.)
 *
 * Every step is HKDF-Expand with SHA-256 (RFC 5869, 2.3) of 32 bytes, which is one HMAC. A seal is the HMAC of the record's
 * text, which begins with a brace, so that no text is ever an `info`.
 */
import { createHash } from 'node:crypto';
import { hmacSha256 } from './hmac.ts';

/** Bytes of a key. */
export const SEAL_KEY_BYTES = 32;
/** Records of a block. */
export const SEAL_BLOCK = 1024;

const INFO = {
  block: 'EPM journal seal: next block',
  first: 'EPM journal seal: first record of the block',
  next: 'EPM journal seal: next record',
} as const;

export class SealKeys {
  #number: number;
  /** Of the next block. */
  readonly #block: Buffer;
  /** Of the next record. */
  readonly #record: Buffer;

  private constructor(number: number, block: Buffer, record: Buffer) {
    this.#number = number;
    this.#block = block;
    this.#record = record;
  }

  /**
   * @param seed 32 random bytes; left as they are
   * @param number of the record whose seal comes next, 1 for the first one
   */
  static from(seed: Uint8Array, number: number = 1): SealKeys {
    let block: Buffer = Buffer.from(seed);
    for (let done = SEAL_BLOCK; done < number; done += SEAL_BLOCK) block = step(block, 'block');
    const first = number - ((number - 1) % SEAL_BLOCK);
    const record = expand(block, 'first');
    const keys = new SealKeys(first, step(block, 'block'), record);
    while (keys.number < number) keys.advance();
    return keys;
  }

  /** @param block key of the next block @param record key of the next record; both as {@link secrets} gave them */
  static resume(number: number, block: Uint8Array, record: Uint8Array): SealKeys {
    return new SealKeys(number, Buffer.from(block), Buffer.from(record));
  }

  /** Number of the seal that comes next. */
  get number(): number {
    return this.#number;
  }

  /** What has to be kept to go on from here; no earlier key follows from it. */
  get secrets(): { readonly block: Uint8Array; readonly record: Uint8Array } {
    return { block: this.#block, record: this.#record };
  }

  /** @param text printable ASCII @returns 64 hexadecimal digits */
  seal(text: string): string {
    return hmacSha256(this.#record, text).toString('hex');
  }

  /** Replaces the key of the record; the one before is gone from here. */
  advance(): void {
    if (this.#number % SEAL_BLOCK === 0) {
      replace(this.#record, expand(this.#block, 'first'));
      replace(this.#block, expand(this.#block, 'block'));
    } else replace(this.#record, expand(this.#record, 'next'));
    this.#number += 1;
  }

  copy(): SealKeys {
    return SealKeys.resume(this.#number, this.#block, this.#record);
  }

  /** Overwrites the keys; they cannot be used any more. */
  erase(): void {
    this.#block.fill(0);
    this.#record.fill(0);
  }
}

/** What names a key without giving anything of it away: 16 hexadecimal digits. */
export function sealKeyId(seed: Uint8Array): string {
  return createHash('sha256').update('EPM journal seal: name\n', 'ascii').update(seed).digest('hex').slice(0, 16);
}

function expand(key: Uint8Array, info: keyof typeof INFO): Buffer {
  return hmacSha256(key, INFO[info] + ONE);
}

/** The counter of the only block of output. */
const ONE = '\u0001';

function step(key: Buffer, info: keyof typeof INFO): Buffer {
  const next = expand(key, info);
  key.fill(0);
  return next;
}

function replace(key: Buffer, next: Buffer): void {
  next.copy(key);
  next.fill(0);
}
