/** SignedData of PKCS#7 (RFC 2315) and CMS (RFC 5652) with one signer, as Authenticode and timestamps use it. */
import type { DigestAlgorithm } from '../../model/file-facts.ts';
import {
  CHECK_STEPS,
  checkSignature,
  digestInTurns,
  readDigestAlgorithm,
  readSignatureAlgorithm,
  type SignatureAlgorithm,
} from '../certificate/algorithms.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { certificateOrNone } from '../certificate/known.ts';
import { oid, TAG, type DerElement, type DerReader } from '../der/reader.ts';
import type { Turns } from '../turns.ts';

const SIGNED_DATA = oid('1.2.840.113549.1.7.2');
const CONTENT_TYPE = oid('1.2.840.113549.1.9.3');
const MESSAGE_DIGEST = oid('1.2.840.113549.1.9.4');
/** Certificates of one message; signing tools put in three to ten. */
const MAX_CERTIFICATES = 64;
const MAX_ATTRIBUTES = 64;
const MAX_VALUES = 16;
/** Reading the attributes of a signer. */
const STEPS_OF_SIGNER = 4096;

export type Attributes = ReadonlyMap<string, readonly DerElement[]>;

/** SignerInfo, RFC 5652 5.3. */
export interface SignerInfo {
  readonly identifier:
    { readonly issuer: Uint8Array; readonly serial: Uint8Array } | { readonly subjectKeyIdentifier: Uint8Array };
  /** Undefined: an algorithm that is not known here. */
  readonly digestAlgorithm: DigestAlgorithm | undefined;
  /** DER of the signed attributes as a SET OF: the bytes that are signed. */
  readonly signedBytes: Uint8Array;
  readonly signedAttributes: Attributes;
  readonly algorithm: SignatureAlgorithm;
  readonly signature: Uint8Array;
  readonly unsignedAttributes: Attributes;
}

export interface SignedData {
  /** The whole ContentInfo. */
  readonly message: Uint8Array;
  readonly contentType: string;
  /** The content itself: an OCTET STRING (CMS), or another type (PKCS#7). Its content octets are what is digested. */
  readonly content: DerElement;
  readonly certificates: readonly Certificate[];
  /** DER of what lies among the certificates and cannot be read as one. */
  readonly unread: readonly Uint8Array[];
  readonly signer: SignerInfo;
}

/**
 * @param contentInfo ContentInfo, RFC 5652 3
 * @throws MalformedContent also for more or fewer signers than one: Windows looks at the first only, others at all;
 *   what `turns` throws
 */
export async function readSignedData(contentInfo: DerElement, turns: Turns): Promise<SignedData> {
  if (contentInfo.tag !== TAG.sequence) throw contentInfo.fail('It is not a signed message.');
  const outer = contentInfo.open();
  if (outer.objectId() !== SIGNED_DATA) throw contentInfo.fail('It is not a signed message.');
  const reader = outer.next(TAG.context(0)).open().sequence();
  outer.end();
  reader.smallInteger();
  reader.next(TAG.set);
  const encapsulated = reader.sequence();
  const contentType = encapsulated.objectId();
  const holder = encapsulated.next(TAG.context(0)).open();
  const content = holder.any();
  holder.end();
  encapsulated.end();
  const bag = await readCertificates(reader.optional(TAG.context(0)), turns);
  // Revocation lists in a message are as old as the message and are not used.
  reader.optional(TAG.context(1));
  const signers = reader.set();
  const signer = readSignerInfo(signers.next(TAG.sequence));
  signers.end();
  reader.end();
  await turns.take(STEPS_OF_SIGNER);
  return { message: contentInfo.raw, contentType, content, ...bag, signer };
}

/**
 * A certificate that cannot be read is passed over, for most messages carry some that nobody needs. Where it was needed,
 * it is missing.
 */
async function readCertificates(
  bag: DerElement | undefined,
  turns: Turns,
): Promise<Pick<SignedData, 'certificates' | 'unread'>> {
  const certificates: Certificate[] = [];
  const unread: Uint8Array[] = [];
  const reader = bag?.open();
  for (let count = 0; reader?.more === true; count += 1) {
    const element = reader.any();
    if (count === MAX_CERTIFICATES) throw element.fail('There are too many certificates.');
    // CertificateChoices other than certificates are of no use to Authenticode.
    if (element.tag !== TAG.sequence) continue;
    const certificate = certificateOrNone(element.raw, 'certificate of a signature');
    if (certificate === undefined) unread.push(element.raw);
    else certificates.push(certificate);
    await turns.take(element.raw.length);
  }
  return { certificates, unread };
}

/** @throws MalformedContent */
export function readSignerInfo(element: DerElement): SignerInfo {
  const reader = element.open();
  reader.smallInteger();
  const identifier = readIdentifier(reader);
  const digestAlgorithm = readDigestAlgorithm(reader);
  const signed = reader.optional(TAG.context(0));
  if (signed === undefined) throw element.fail('A signature has no signed attributes.');
  const signedAttributes = readAttributes(signed);
  const algorithm = readSignatureAlgorithm(reader);
  const signature = reader.octets();
  const unsigned = reader.optional(TAG.context(1));
  reader.end();
  // RFC 5652 5.4: signed as SET OF, not with the tag they have here.
  const signedBytes = Buffer.from(signed.raw);
  signedBytes[0] = TAG.set;
  return {
    identifier,
    digestAlgorithm,
    signedBytes,
    signedAttributes,
    algorithm,
    signature,
    unsignedAttributes: unsigned === undefined ? new Map() : readAttributes(unsigned),
  };
}

function readIdentifier(reader: DerReader): SignerInfo['identifier'] {
  const byKey = reader.optional(TAG.contextPrimitive(0));
  if (byKey !== undefined) return { subjectKeyIdentifier: byKey.content };
  const issuerAndSerial = reader.sequence();
  return { issuer: issuerAndSerial.next(TAG.sequence).raw, serial: issuerAndSerial.next(TAG.integer).content };
}

function readAttributes(element: DerElement): Attributes {
  const attributes = new Map<string, DerElement[]>();
  const reader = element.open();
  for (let count = 0; reader.more; count += 1) {
    const part = reader.next(TAG.sequence);
    if (count === MAX_ATTRIBUTES) throw part.fail('There are too many attributes.');
    const inside = part.open();
    const type = inside.objectId();
    const values = attributes.get(type) ?? [];
    const set = inside.set();
    while (set.more) {
      if (values.length === MAX_VALUES) throw part.fail('An attribute has too many values.');
      values.push(set.any());
    }
    inside.end();
    attributes.set(type, values);
  }
  return attributes;
}

/** The only value of an attribute; undefined when there is none or more than one. */
export function onlyValue(attributes: Attributes, type: string): DerElement | undefined {
  const values = attributes.get(type);
  return values?.length === 1 ? values[0] : undefined;
}

/**
 * The certificate that a signer names.
 * @returns undefined when it is missing, or when two different ones fit: then nobody can say who signed
 */
export function findSigner(signer: SignerInfo, certificates: readonly Certificate[]): Certificate | undefined {
  const { identifier } = signer;
  const fitting = certificates.filter((certificate) =>
    'issuer' in identifier
      ? equal(certificate.issuer.raw, identifier.issuer) && equal(certificate.serial, identifier.serial)
      : certificate.subjectKeyIdentifier !== undefined &&
        equal(certificate.subjectKeyIdentifier, identifier.subjectKeyIdentifier),
  );
  const [first] = fitting;
  return first !== undefined && fitting.every((certificate) => certificate.equals(first)) ? first : undefined;
}

/**
 * Whether `certificate` signed `content` in this SignerInfo.
 * @param contentType that the signed attributes must name; undefined for a countersignature, which has none
 * @param content the bytes that the message digest is over
 * @throws what `turns` throws
 */
export async function checkSigner(
  signer: SignerInfo,
  certificate: Certificate,
  content: Uint8Array,
  contentType: string | undefined,
  turns: Turns,
): Promise<'good' | 'bad' | 'unsupported'> {
  if (signer.digestAlgorithm === undefined) return 'unsupported';
  const digest = onlyValue(signer.signedAttributes, MESSAGE_DIGEST);
  const found = await digestInTurns(signer.digestAlgorithm, content, turns);
  if (digest?.tag !== TAG.octetString || !equal(digest.content, found)) {
    return 'bad';
  }
  const type = onlyValue(signer.signedAttributes, CONTENT_TYPE);
  if (contentType !== undefined && (type?.tag !== TAG.objectId || hex(type.content) !== contentType)) return 'bad';
  await turns.take(CHECK_STEPS);
  return checkSignature({
    algorithm: signer.algorithm,
    beside: signer.digestAlgorithm,
    key: certificate.key,
    bytes: signer.signedBytes,
    signature: signer.signature,
  });
}

function equal(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
