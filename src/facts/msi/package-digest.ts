/**
 * Digests of an installer package: over the bytes of its streams, and over their names, sizes and times. What goes into
 * which in which order is undocumented; it is what osslsigncode and relic compute, whose signatures Windows accepts.
 */
import { createHash, type Hash } from 'node:crypto';
import type { DigestAlgorithm } from '../../model/file-facts.ts';
import { sortInTurns } from '../turns.ts';
import type { Entry, StorageEntry } from './compound-directory.ts';
import type { CompoundFile } from './compound-file.ts';

/** The PKCS#7 message. */
export const SIGNATURE_STREAM = '\u0005DigitalSignature';
/** The digest over names, sizes, times and class ids, where the package has one. */
export const SIGNATURE_EX_STREAM = '\u0005MsiDigitalSignatureEx';

/** Steps of work for the metadata of an entry, and for the content of one besides its bytes. */
const METADATA_STEPS = 128;
const CONTENT_STEPS = 512;
/** Bytes that are digested in one. */
const BYTES_PER_STEP = 64;

export class PackageDigest {
  readonly #file: CompoundFile;
  /** Entries of each storage in the order of the digests. */
  readonly #sorted = new Map<StorageEntry, readonly Entry[]>();

  constructor(file: CompoundFile) {
    this.#file = file;
  }

  /**
   * Over the bytes of all streams, in the order of their names: neither the names are in it, nor where one stream ends
   * and the next begins.
   * @param before bytes that go in first
   */
  async ofContent(algorithm: DigestAlgorithm, before: Uint8Array): Promise<Uint8Array> {
    const digest = createHash(algorithm).update(before);
    await this.#digestContent(this.#file.root, digest);
    return digest.digest();
  }

  /** Over names, sizes, times and class ids of all streams and storages. */
  async ofMetadata(algorithm: DigestAlgorithm): Promise<Uint8Array> {
    const digest = createHash(algorithm);
    await this.#digestMetadata(this.#file.root, digest);
    return digest.digest();
  }

  /** Depth is bounded by the directory reader, here and below. */
  async #digestContent(storage: StorageEntry, digest: Hash): Promise<void> {
    for (const entry of await this.#inDigestOrder(storage)) {
      const turn = this.#file.turns.take(CONTENT_STEPS);
      if (turn !== undefined) await turn;
      if (entry.kind === 'storage') {
        await this.#digestContent(entry, digest);
        continue;
      }
      for await (const piece of this.#file.chunks(entry)) {
        digest.update(piece);
        const next = this.#file.turns.take(piece.length / BYTES_PER_STEP);
        if (next !== undefined) await next;
      }
    }
    digest.update(storage.classId);
  }

  async #digestMetadata(storage: StorageEntry, digest: Hash): Promise<void> {
    const isRoot = storage === this.#file.root;
    if (!isRoot) digest.update(nameOf(storage));
    digest.update(storage.classId).update(storage.stateBits);
    if (!isRoot) digest.update(storage.times);
    for (const entry of await this.#inDigestOrder(storage)) {
      const turn = this.#file.turns.take(METADATA_STEPS);
      if (turn !== undefined) await turn;
      if (entry.kind === 'storage') {
        await this.#digestMetadata(entry, digest);
        continue;
      }
      const size = Buffer.alloc(4);
      size.writeUInt32LE(entry.size >>> 0);
      digest.update(Buffer.concat([nameOf(entry), size, entry.stateBits, entry.times]));
    }
  }

  /**
   * By the bytes of their names, not by their characters; the terminator counts, so none is the beginning of another.
   * The two signature streams are left out at the root only.
   */
  async #inDigestOrder(storage: StorageEntry): Promise<readonly Entry[]> {
    let sorted = this.#sorted.get(storage);
    if (sorted === undefined) {
      const isRoot = storage === this.#file.root;
      const digested = storage.children.filter(
        ({ name }) => !isRoot || (name !== SIGNATURE_STREAM && name !== SIGNATURE_EX_STREAM),
      );
      sorted = await sortInTurns(digested, ({ rawName }) => Buffer.from(rawName).toString('latin1'), this.#file.turns);
      this.#sorted.set(storage, sorted);
    }
    return sorted;
  }
}

function nameOf(entry: Entry): Uint8Array {
  return entry.rawName.subarray(0, -2);
}
