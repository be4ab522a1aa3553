/** Authenticode signatures of files: what is signed, who signed, and which signatures are nested in which. */
import type { DigestAlgorithm, FileType, SignatureOrigin } from '../../model/file-facts.ts';
import { DIGEST_LENGTH, readDigestAlgorithm } from '../certificate/algorithms.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { oid, openLarge, TAG, type DerElement, type DerReader } from '../der/reader.ts';
import { MalformedContent } from '../malformed.ts';
import type { Turns } from '../turns.ts';
import { findSigner, readSignedData, type SignedData } from './signed-data.ts';

/** SPC_INDIRECT_DATA_OBJID and szOID_NESTED_SIGNATURE of wintrust.h. */
export const INDIRECT_DATA = oid('1.3.6.1.4.1.311.2.1.4');
const NESTED_SIGNATURE = oid('1.3.6.1.4.1.311.2.4.1');
/** SPC_PE_IMAGE_DATA_OBJID and SPC_SIPINFO_OBJID: what a message says the signed content is. */
const IMAGE_DATA = oid('1.3.6.1.4.1.311.2.1.15');
const SIP_INFO = oid('1.3.6.1.4.1.311.2.1.30');
/** Class ids of Windows' readers of signed files, as stored, and the type of file that each reads. */
const READERS: Readonly<Record<string, FileType>> = {
  // {000C10F1-0000-0000-C000-000000000046}
  f1100c0000000000c000000000000046: 'msi',
  // {603BCC1F-4B59-4E08-B724-D2C6297EF351}
  '1fcc3b60594b084eb724d2c6297ef351': 'ps1',
};

/** Bytes: those of the largest catalogs. What a file carries has its limit where it is found. */
export const MAX_SIGNED_MESSAGE = 32 * 1024 * 1024;
/** Zero bytes that align the entries of a certificate table. */
const MAX_PADDING = 7;
/** Signatures of one file, and how deep they are nested; tools put one inside of another. */
const MAX_SIGNATURES = 8;
const MAX_NESTING = 4;

/** One signature, read but not judged. */
export interface AuthenticodeSignature {
  readonly origin: SignatureOrigin;
  /** The type of file that the message is for; absent: a type that is not known here, or it is that of a catalog. */
  readonly subject?: FileType;
  /** Of the content of the file; undefined: an algorithm that is not known here. */
  readonly digestAlgorithm: DigestAlgorithm | undefined;
  /** What the signature says that the content digests to. Empty for a catalog, which lists many. */
  readonly digest: Uint8Array;
  /** DER of the certificate that signed. */
  readonly leaf: Uint8Array;
  /** DER of every certificate that the message carries, the leaf too. */
  readonly certificates: readonly Uint8Array[];
  /** DER of the message. */
  readonly message: Uint8Array;
  readonly signedData: SignedData;
  readonly signer: Certificate;
  /** Whether a file with this digest is what was signed. */
  covers(digest: Uint8Array): boolean;
}

/**
 * Reads the signatures in the PKCS#7 messages of a file: of each the first, then those nested in it.
 * @param messages the messages; up to seven zero bytes may follow each
 * @throws MalformedContent also when all of them together are more than a file has: each costs a question to Windows,
 *   which digests the file anew; what `turns` throws
 */
export async function readSignatures(
  messages: readonly Uint8Array[],
  turns: Turns,
): Promise<readonly AuthenticodeSignature[]> {
  const signatures: AuthenticodeSignature[] = [];
  for (const message of messages) await collect(await openMessage(message, turns), 'embedded', 0, signatures, turns);
  return signatures;
}

/**
 * Refuses a signature that was made for another type of file. Each type has its own way to a digest over parts of the
 * file, so that bytes signed as one could be arranged to a file of another.
 * @throws MalformedContent
 */
export function requireSubject(signatures: readonly AuthenticodeSignature[], type: FileType): void {
  if (signatures.every(({ subject }) => subject === type)) return;
  throw new MalformedContent('signature', 'A signature was made for another type of file.');
}

/** @throws MalformedContent; what `turns` throws */
export function openMessage(message: Uint8Array, turns: Turns): Promise<DerElement> {
  const options = { place: 'signature', limit: MAX_SIGNED_MESSAGE, padding: MAX_PADDING, ber: true };
  return openLarge(message, options, turns);
}

async function collect(
  message: DerElement,
  origin: SignatureOrigin,
  depth: number,
  into: AuthenticodeSignature[],
  turns: Turns,
): Promise<void> {
  if (depth > MAX_NESTING) throw message.fail('Signatures are nested too deep.');
  if (into.length === MAX_SIGNATURES) throw message.fail('There are too many signatures.');
  const signedData = await readSignedData(message, turns);
  into.push(makeSignature(signedData, origin, message));
  for (const nested of signedData.signer.unsignedAttributes.get(NESTED_SIGNATURE) ?? []) {
    await collect(nested, 'nested', depth + 1, into, turns);
  }
}

function makeSignature(signedData: SignedData, origin: SignatureOrigin, message: DerElement): AuthenticodeSignature {
  if (signedData.contentType !== INDIRECT_DATA || signedData.content.tag !== TAG.sequence) {
    throw message.fail('The signed content is not that of a file.');
  }
  const { algorithm, digest, about } = readIndirectData(signedData.content.open());
  const subject = subjectOf(about);
  return {
    origin,
    ...(subject === undefined ? {} : { subject }),
    digestAlgorithm: algorithm,
    digest,
    ...signerParts(signedData, message),
    covers: (other) => Buffer.compare(other, digest) === 0,
  };
}

/** The parts of a signature that do not depend on what is signed. */
export function signerParts(
  signedData: SignedData,
  message: DerElement,
): Pick<AuthenticodeSignature, 'leaf' | 'certificates' | 'message' | 'signedData' | 'signer'> {
  const signer = findSigner(signedData.signer, signedData.certificates);
  if (signer === undefined) {
    throw message.fail('The certificate of the signer is missing, or two certificates claim to be it.');
  }
  return {
    leaf: signer.der,
    certificates: signedData.certificates.map(({ der }) => der),
    message: signedData.message,
    signedData,
    signer,
  };
}

/**
 * SpcIndirectDataContent ("Windows Authenticode Portable Executable Signature Format", 2008): the kind of file with
 * flags that nobody uses, and the digest. Digests of single pages are left out: the digest covers the same bytes.
 */
export function readIndirectData(reader: DerReader): {
  readonly algorithm: DigestAlgorithm | undefined;
  readonly digest: Uint8Array;
  /** SpcAttributeTypeAndOptionalValue: the kind of file. */
  readonly about: DerElement;
} {
  const about = reader.next(TAG.sequence);
  const info = reader.sequence();
  const algorithm = readDigestAlgorithm(info);
  const digest = info.octets();
  if (algorithm !== undefined && digest.length !== DIGEST_LENGTH[algorithm]) {
    throw info.fail('A digest has not the length of its algorithm.');
  }
  return { algorithm, digest, about };
}

/** The type of file by the kind that a message names; a Windows Installer or PowerShell one by the class of its reader. */
function subjectOf(about: DerElement): FileType | undefined {
  const reader = about.open();
  const kind = reader.objectId();
  if (kind === IMAGE_DATA) return 'exe';
  if (kind !== SIP_INFO) return undefined;
  const info = reader.sequence();
  info.next(TAG.integer);
  return READERS[Buffer.from(info.octets()).toString('hex')];
}
