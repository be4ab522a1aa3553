/**
 * Signature of an installer package: two streams of the root storage, and the digest over all others.
 *
 * Windows puts the content of the second one before the streams as it is. That it does not compare it with the names and
 * sizes it stands for was seen on Windows 10 (ebourg, osslsigncode #262). The comparison is made here: only after it a
 * signature says where a stream begins and what its name is.
 */
import type { DigestAlgorithm } from '../../model/file-facts.ts';
import { MalformedContent } from '../malformed.ts';
import type { SignedContent } from '../signed-content.ts';
import type { CompoundFile } from './compound-file.ts';
import { PackageDigest, SIGNATURE_EX_STREAM, SIGNATURE_STREAM } from './package-digest.ts';

/** Bytes of a message, with all certificates and timestamps some ten thousand. */
const MAX_SIGNATURE = 1024 ** 2;
/** Sizes are digested with 32 bits. */
const MAX_SIGNED_STREAM = 2 ** 32;

const ALGORITHM_BY_LENGTH: Readonly<Record<number, DigestAlgorithm>> = {
  16: 'md5',
  20: 'sha1',
  32: 'sha256',
  48: 'sha384',
  64: 'sha512',
};
const WEAK: readonly DigestAlgorithm[] = ['md5', 'sha1'];

interface PackageSignature {
  readonly content: SignedContent;
  /** Who signed the content also signed names and sizes of the streams. */
  readonly coversNames: boolean;
}

/**
 * @throws MalformedContent when the stream holds more than one DER message, the digest over names and sizes is not that
 *   of this file, or a signed package holds something that no stream owns
 */
export async function signatureOf(file: CompoundFile): Promise<PackageSignature> {
  const digest = new PackageDigest(file);
  const extended = await readExtended(file, digest);
  const stream = file.find(SIGNATURE_STREAM);
  const signatures =
    stream === undefined ? [] : [messageIn(await file.read(stream, MAX_SIGNATURE, 'signature stream'))];
  if (signatures.length > 0) await file.checkUnowned();
  return {
    content: {
      signatures,
      coverage: { kind: 'own', digest: (algorithm) => digest.ofContent(algorithm, extended.bytes) },
    },
    coversNames: signatures.length > 0 && extended.isStrong,
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

/**
 * The digest over names and sizes, which must be right where the package has it.
 * @returns its bytes, none when there is no such digest; and whether nobody can make another package that fits it
 */
async function readExtended(
  file: CompoundFile,
  digest: PackageDigest,
): Promise<{ readonly bytes: Uint8Array; readonly isStrong: boolean }> {
  const place = 'extended signature stream';
  const stream = file.find(SIGNATURE_EX_STREAM);
  if (stream === undefined) return { bytes: new Uint8Array(0), isStrong: false };
  const bytes = await file.read(stream, 64, place);
  const algorithm = ALGORITHM_BY_LENGTH[bytes.length];
  if (algorithm === undefined) throw new MalformedContent(place, 'It has the length of no known digest.');
  if (file.longestStream >= MAX_SIGNED_STREAM) throw new MalformedContent(place, 'A stream is too long for it.');
  if (Buffer.compare(await digest.ofMetadata(algorithm), bytes) !== 0) {
    throw new MalformedContent(place, 'Its digest of names, sizes and times is not that of this file.');
  }
  return { bytes, isStrong: !WEAK.includes(algorithm) };
}
