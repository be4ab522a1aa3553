/**
 * Signature of an installer package: two streams of the root storage, and the digest over all others. What is digested
 * in which order is undocumented; it is what osslsigncode and relic compute, whose signatures Windows accepts.
 */
import { createHash, type Hash } from 'node:crypto';
import type { DigestAlgorithm } from '../../model/file-facts.ts';
import { MalformedContent } from '../malformed.ts';
import type { SignedContent } from '../signed-content.ts';
import { viewOf } from './bytes.ts';
import type { Entry, StorageEntry } from './compound-directory.ts';
import type { CompoundFile } from './compound-file.ts';

/** The PKCS#7 message. */
export const SIGNATURE_STREAM = '\u0005DigitalSignature';
/** Digest over names, sizes, times and class ids; where it is, the signature covers them too. */
export const SIGNATURE_EX_STREAM = '\u0005MsiDigitalSignatureEx';
/** Bytes of a message, with all certificates and timestamps some ten thousand. */
const MAX_SIGNATURE = 1024 ** 2;

const ALGORITHM_BY_LENGTH: Readonly<Record<number, DigestAlgorithm>> = {
  16: 'md5',
  20: 'sha1',
  32: 'sha256',
  48: 'sha384',
  64: 'sha512',
};
/** Bytes digested before other work of the process gets its turn. */
const BYTES_PER_TURN = 4 * 1024 ** 2;

/**
 * @throws MalformedContent when the stream holds more than one DER message, or the digest over names and sizes is not
 *   that of this file
 */
export async function signedContentOf(file: CompoundFile): Promise<SignedContent> {
  const extended = await checkExtended(file);
  const stream = file.find(SIGNATURE_STREAM);
  const signatures =
    stream === undefined ? [] : [messageIn(await file.read(stream, MAX_SIGNATURE, 'signature stream'))];
  return {
    signatures,
    coverage: { kind: 'own', digest: (algorithm) => digestOf(file, algorithm, extended) },
  };
}

/**
 * The DER message at the beginning of the stream. Nothing may follow but zeros up to a multiple of eight bytes, as in
 * programs: the rest of the stream is not covered by any digest.
 */
function messageIn(bytes: Uint8Array): Uint8Array {
  const length = derLength(bytes);
  const rest = length === undefined ? undefined : bytes.subarray(length);
  if (length === undefined || length > bytes.length) {
    throw new MalformedContent('signature stream', 'It does not hold a whole PKCS#7 message.');
  }
  if (rest === undefined || rest.length > 7 || rest.some((byte) => byte !== 0)) {
    throw new MalformedContent('signature stream', 'Something follows the PKCS#7 message.');
  }
  return bytes.subarray(0, length);
}

/** Bytes of the DER SEQUENCE at the beginning, X.690 8.1.3; undefined when there is none. */
function derLength(bytes: Uint8Array): number | undefined {
  if (bytes.length < 2 || bytes[0] !== 0x30) return undefined;
  const first = bytes[1] ?? 0;
  if (first < 0x80) return 2 + first;
  const count = first & 0x7f;
  if (count === 0 || count > 4 || bytes.length < 2 + count) return undefined;
  return 2 + count + bytes.subarray(2, 2 + count).reduce((length, byte) => length * 256 + byte, 0);
}

/** True when the package has the digest over names and sizes; it must be right. */
async function checkExtended(file: CompoundFile): Promise<boolean> {
  const stream = file.find(SIGNATURE_EX_STREAM);
  if (stream === undefined) return false;
  const found = await file.read(stream, 64, 'extended signature stream');
  const algorithm = ALGORITHM_BY_LENGTH[found.length];
  if (algorithm === undefined) {
    throw new MalformedContent('extended signature stream', 'It has the length of no known digest.');
  }
  const digest = createHash(algorithm);
  digestMetadata(file.root, digest, true);
  if (!digest.digest().equals(found)) {
    throw new MalformedContent(
      'extended signature stream',
      'Its digest of names, sizes and times is not that of this file.',
    );
  }
  return true;
}

async function digestOf(file: CompoundFile, algorithm: DigestAlgorithm, extended: boolean): Promise<Uint8Array> {
  const digest = createHash(algorithm);
  if (extended) {
    const metadata = createHash(algorithm);
    digestMetadata(file.root, metadata, true);
    digest.update(metadata.digest());
  }
  let turn = 0;
  const storages = async (storage: StorageEntry, isRoot: boolean): Promise<void> => {
    for (const entry of inDigestOrder(storage, isRoot)) {
      if (entry.kind === 'storage') {
        await storages(entry, false);
        continue;
      }
      for await (const piece of file.chunks(entry)) {
        digest.update(piece);
        turn += piece.length;
        if (turn < BYTES_PER_TURN) continue;
        turn = 0;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    digest.update(storage.classId);
  };
  await storages(file.root, true);
  return digest.digest();
}

/** Depth is bounded by the directory reader. */
function digestMetadata(storage: StorageEntry, digest: Hash, isRoot: boolean): void {
  if (!isRoot) digest.update(nameOf(storage));
  digest.update(storage.classId);
  digest.update(storage.stateBits);
  if (!isRoot) digest.update(storage.times);
  for (const entry of inDigestOrder(storage, isRoot)) {
    if (entry.kind === 'storage') {
      digestMetadata(entry, digest, false);
      continue;
    }
    const size = new Uint8Array(4);
    viewOf(size).setUint32(0, entry.size >>> 0, true);
    digest.update(nameOf(entry)).update(size).update(entry.stateBits).update(entry.times);
  }
}

function nameOf(entry: Entry): Uint8Array {
  return entry.rawName.subarray(0, -2);
}

/**
 * By the bytes of their names, not by their characters; the terminator counts, so none is the beginning of another.
 * The two signature streams are left out at the root only.
 */
function inDigestOrder(storage: StorageEntry, isRoot: boolean): Entry[] {
  return storage.children
    .filter(({ name }) => !isRoot || (name !== SIGNATURE_STREAM && name !== SIGNATURE_EX_STREAM))
    .sort((a, b) => Buffer.compare(a.rawName, b.rawName));
}
