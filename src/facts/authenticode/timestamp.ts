/** When a file was signed, as a timestamp authority says: tokens of RFC 3161 and countersignatures of PKCS#9. */
import type { TimestampFacts } from '../../model/file-facts.ts';
import { digestBytes, digestInTurns, isWeak, readDigestAlgorithm } from '../certificate/algorithms.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { DerReader, oid, openHostile, readTime, TAG, type DerElement } from '../der/reader.ts';
import { MalformedContent } from '../malformed.ts';
import type { Turns } from '../turns.ts';
import type { Chain } from './chain.ts';
import {
  checkSigner,
  findSigner,
  onlyValue,
  readSignedData,
  readSignerInfo,
  type Attributes,
  type SignedData,
  type SignerInfo,
} from './signed-data.ts';

/** szOID_RFC3161_counterSign of wincrypt.h, and id-aa-timeStampToken of RFC 3161 appendix A. */
const TOKENS = [oid('1.3.6.1.4.1.311.3.3.1'), oid('1.2.840.113549.1.9.16.2.14')];
const COUNTERSIGNATURE = oid('1.2.840.113549.1.9.6');
const SIGNING_TIME = oid('1.2.840.113549.1.9.5');
const TIMESTAMP_INFO = oid('1.2.840.113549.1.9.16.1.4');
/** id-aa-signingCertificate (RFC 2634) and id-aa-signingCertificateV2 (RFC 5035). */
const SIGNING_CERTIFICATE = oid('1.2.840.113549.1.9.16.2.12');
const SIGNING_CERTIFICATE_2 = oid('1.2.840.113549.1.9.16.2.47');

/** Timestamps of one signature that are looked at; tools put in one. */
const MAX_TIMESTAMPS = 3;
/** Bytes of a TSTInfo; they have about two hundred. */
const MAX_INFO = 64 * 1024;
/** How far a timestamp may lie in the future of this machine's clock. */
const MAX_CLOCK_DIFFERENCE = 24 * 60 * 60 * 1000;

interface TimestampQuestion {
  readonly signature: SignedData;
  /** The chain of an authority at a time, made of what is carried where Windows made none. */
  readonly chainOf: (authority: Certificate, carried: readonly Certificate[], at: number) => Promise<Chain>;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

interface Candidate {
  readonly facts: Omit<TimestampFacts, 'trusted'>;
  readonly signer: SignerInfo;
  readonly certificate: Certificate;
  readonly carried: readonly Certificate[];
  readonly holds: boolean;
}

/**
 * The timestamp of a signature, the first that is trusted where there are several.
 * @returns `isThere` also when none of them can be read, and so none is told
 */
export async function findTimestamp(
  question: TimestampQuestion,
  turns: Turns,
): Promise<{ readonly isThere: boolean; readonly timestamp: TimestampFacts | undefined }> {
  const { unsignedAttributes } = question.signature.signer;
  const values = [
    ...TOKENS.flatMap((type) => unsignedAttributes.get(type) ?? []).map((value) => [readToken, value] as const),
    ...(unsignedAttributes.get(COUNTERSIGNATURE) ?? []).map((value) => [readCountersignature, value] as const),
  ];
  let best: TimestampFacts | undefined;
  for (const [read, value] of values.slice(0, MAX_TIMESTAMPS)) {
    const timestamp = await judge(() => read(value, question.signature, turns), question);
    if (timestamp?.trusted === true) return { isThere: true, timestamp };
    best ??= timestamp;
  }
  return { isThere: values.length > 0, timestamp: best };
}

/** A timestamp that cannot be read is one that does not hold; the signature under it is judged all the same. */
async function judge(
  read: () => Promise<Candidate | undefined>,
  { chainOf, now }: TimestampQuestion,
): Promise<TimestampFacts | undefined> {
  let candidate: Candidate | undefined;
  try {
    candidate = await read();
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
  }
  if (candidate === undefined) return undefined;
  const { facts, certificate, carried, holds, signer } = candidate;
  const isStrong = signer.digestAlgorithm !== undefined && !isWeak(signer.digestAlgorithm);
  if (!holds || !isStrong || facts.time > now + MAX_CLOCK_DIFFERENCE) return { ...facts, trusted: false };
  return { ...facts, trusted: (await chainOf(certificate, carried, facts.time)).faults.size === 0 };
}

async function readToken(value: DerElement, signature: SignedData, turns: Turns): Promise<Candidate | undefined> {
  const token = await readSignedData(value, turns);
  if (token.contentType !== TIMESTAMP_INFO || token.content.tag !== TAG.octetString) return undefined;
  const { signer } = token;
  const certificate = findSigner(signer, token.certificates) ?? findSigner(signer, signature.certificates);
  if (certificate === undefined) return undefined;
  const { time, imprintHolds } = await readTimestampInfo(token.content.content, signature.signer.signature, turns);
  const checked = await checkSigner(signer, certificate, token.content.content, TIMESTAMP_INFO, turns);
  return {
    facts: { kind: 'rfc3161', time, authority: certificate.texts.subject },
    signer,
    certificate,
    carried: [...token.certificates, ...signature.certificates],
    holds: imprintHolds && checked === 'good' && namesSigner(signer.signedAttributes, certificate),
  };
}

/** TSTInfo, RFC 3161 2.4.2. */
async function readTimestampInfo(
  bytes: Uint8Array,
  over: Uint8Array,
  turns: Turns,
): Promise<{ time: number; imprintHolds: boolean }> {
  const place = 'timestamp';
  const reader = openHostile(bytes, { place, limit: MAX_INFO }).open();
  reader.smallInteger();
  reader.next(TAG.objectId);
  const imprint = reader.sequence();
  const algorithm = readDigestAlgorithm(imprint);
  const digest = imprint.octets();
  reader.next(TAG.integer);
  const time = readTime(reader);
  const imprintHolds =
    algorithm !== undefined &&
    !isWeak(algorithm) &&
    Buffer.compare(digest, await digestInTurns(algorithm, over, turns)) === 0;
  return { time, imprintHolds };
}

/** RFC 3161 2.4.2: the token must say by digest whose it is, so that no other certificate of that key stands in. */
function namesSigner(attributes: Attributes, certificate: Certificate): boolean {
  const first = onlyValue(attributes, SIGNING_CERTIFICATE);
  const second = onlyValue(attributes, SIGNING_CERTIFICATE_2);
  if (first !== undefined && !names(first, certificate, 'sha1')) return false;
  if (second !== undefined && !names(second, certificate, 'sha256')) return false;
  return first !== undefined || second !== undefined;
}

/** ESSCertID and ESSCertIDv2 (RFC 5035 4); the digest of the latter may be another than SHA-256. */
function names(value: DerElement, certificate: Certificate, usual: 'sha1' | 'sha256'): boolean {
  const reader = new DerReader(value.raw, 'timestamp').sequence().sequence().sequence();
  const algorithm = reader.tag === TAG.sequence ? readDigestAlgorithm(reader) : usual;
  if (algorithm === undefined) return false;
  return Buffer.compare(reader.octets(), digestBytes(algorithm, certificate.der)) === 0;
}

async function readCountersignature(
  value: DerElement,
  signature: SignedData,
  turns: Turns,
): Promise<Candidate | undefined> {
  const signer = readSignerInfo(value);
  const certificate = findSigner(signer, signature.certificates);
  const written = onlyValue(signer.signedAttributes, SIGNING_TIME);
  if (certificate === undefined || written === undefined) return undefined;
  const time = readTime(new DerReader(written.raw, 'timestamp'));
  const checked = await checkSigner(signer, certificate, signature.signer.signature, undefined, turns);
  return {
    facts: { kind: 'countersignature', time, authority: certificate.texts.subject },
    signer,
    certificate,
    carried: signature.certificates,
    holds: checked === 'good',
  };
}
