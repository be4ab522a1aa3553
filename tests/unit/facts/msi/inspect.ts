import type { ByteSource } from '../../../../src/facts/byte-source.ts';
import { inspectInstaller } from '../../../../src/facts/msi/index.ts';
import { Turns } from '../../../../src/facts/turns.ts';
import type { DigestAlgorithm } from '../../../../src/model/file-facts.ts';

/** A source over memory that counts what is asked of it. */
export class CountingSource implements ByteSource {
  readonly size: number;
  /** Bytes. */
  asked = 0;
  largest = 0;
  reads = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    this.asked += length;
    this.largest = Math.max(this.largest, length);
    this.reads += 1;
    return this.#bytes.subarray(offset, offset + length);
  }
}

export const inspect = (bytes: Uint8Array) => inspectInstaller(new CountingSource(bytes), new Turns({}));

export async function digestOf(bytes: Uint8Array, algorithm: DigestAlgorithm = 'sha256'): Promise<string> {
  const { coverage } = (await inspect(bytes)).content;
  if (coverage.kind !== 'own') throw new Error('The coverage of a package is not a list of ranges.');
  return Buffer.from(await coverage.digest(algorithm)).toString('hex');
}
