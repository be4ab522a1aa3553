/** Digest and signature algorithms of certificates and signed messages, and the one place that checks a signature. */
import { constants, createHash, createPublicKey, hash, verify, type KeyObject } from 'node:crypto';
import type { DigestAlgorithm } from '../../model/file-facts.ts';
import { DerReader, oid, TAG, type DerElement } from '../der/reader.ts';
import type { Turns } from '../turns.ts';

/** RFC 5754, RFC 3279 and RFC 8017. */
const DIGESTS: ReadonlyMap<string, DigestAlgorithm> = new Map([
  [oid('1.2.840.113549.2.5'), 'md5'],
  [oid('1.3.14.3.2.26'), 'sha1'],
  [oid('2.16.840.1.101.3.4.2.1'), 'sha256'],
  [oid('2.16.840.1.101.3.4.2.2'), 'sha384'],
  [oid('2.16.840.1.101.3.4.2.3'), 'sha512'],
]);

type Family = 'rsa' | 'rsaPss' | 'ecdsa';

/** `digest` absent: the algorithm does not name one, the message does beside it. */
const SIGNATURES: ReadonlyMap<string, { readonly family: Family; readonly digest?: DigestAlgorithm }> = new Map([
  [oid('1.2.840.113549.1.1.1'), { family: 'rsa' }],
  [oid('1.2.840.113549.1.1.4'), { family: 'rsa', digest: 'md5' }],
  [oid('1.2.840.113549.1.1.5'), { family: 'rsa', digest: 'sha1' }],
  // sha1WithRSASignature of OIW, which old signing tools wrote.
  [oid('1.3.14.3.2.29'), { family: 'rsa', digest: 'sha1' }],
  [oid('1.2.840.113549.1.1.11'), { family: 'rsa', digest: 'sha256' }],
  [oid('1.2.840.113549.1.1.12'), { family: 'rsa', digest: 'sha384' }],
  [oid('1.2.840.113549.1.1.13'), { family: 'rsa', digest: 'sha512' }],
  [oid('1.2.840.113549.1.1.10'), { family: 'rsaPss' }],
  [oid('1.2.840.10045.2.1'), { family: 'ecdsa' }],
  [oid('1.2.840.10045.4.1'), { family: 'ecdsa', digest: 'sha1' }],
  [oid('1.2.840.10045.4.3.2'), { family: 'ecdsa', digest: 'sha256' }],
  [oid('1.2.840.10045.4.3.3'), { family: 'ecdsa', digest: 'sha384' }],
  [oid('1.2.840.10045.4.3.4'), { family: 'ecdsa', digest: 'sha512' }],
]);

const MASK_GENERATION_1 = oid('1.2.840.113549.1.1.8');
const RSA_KEY = oid('1.2.840.113549.1.1.1');
const RSA_PSS_KEY = oid('1.2.840.113549.1.1.10');
const ELLIPTIC_KEY = oid('1.2.840.10045.2.1');
/**
 * P-256, P-384, P-521. Only curves by name: parameters that are written out may be anybody's (CVE-2020-0601) or never
 * end a computation (CVE-2022-0778).
 */
const CURVES = new Set([oid('1.2.840.10045.3.1.7'), oid('1.3.132.0.34'), oid('1.3.132.0.35')]);
/** Bits of an RSA modulus and of its exponent; a check of the largest takes about 2 ms. */
const RSA_MODULUS = { least: 1024, most: 8192 };
/** Of a check, or of reading a key. */
export const CHECK_STEPS = 16_384;
const RSA_EXPONENT_MOST = 33;

export function isWeak(digest: DigestAlgorithm): boolean {
  return digest === 'md5' || digest === 'sha1';
}

export function digestBytes(algorithm: DigestAlgorithm, bytes: Uint8Array): Buffer {
  return hash(algorithm, bytes, 'buffer');
}

/** Bytes digested at once. */
const DIGESTED_AT_ONCE = 256 * 1024;
/** Bytes of the slowest digest that are as much work as a step. */
const BYTES_A_STEP = 16;

/** The same in turns. @throws what `turns` throws */
export async function digestInTurns(algorithm: DigestAlgorithm, bytes: Uint8Array, turns: Turns): Promise<Buffer> {
  const digest = createHash(algorithm);
  for (let start = 0; start < bytes.length; start += DIGESTED_AT_ONCE) {
    const piece = bytes.subarray(start, start + DIGESTED_AT_ONCE);
    digest.update(piece);
    await turns.take(piece.length / BYTES_A_STEP);
  }
  return digest.digest();
}

/** Length of a digest in bytes. */
export const DIGEST_LENGTH: Readonly<Record<DigestAlgorithm, number>> = {
  md5: 16,
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
};

/** Reads an AlgorithmIdentifier that names a digest; undefined: none that is known here. */
export function readDigestAlgorithm(reader: DerReader): DigestAlgorithm | undefined {
  const inside = reader.sequence();
  return DIGESTS.get(inside.objectId());
}

/** A signature algorithm; `family` undefined: none that is known here. */
export interface SignatureAlgorithm {
  readonly family: Family | undefined;
  readonly digest: DigestAlgorithm | undefined;
  /** Of RSASSA-PSS, in bytes. */
  readonly saltLength: number | undefined;
}

const UNKNOWN: SignatureAlgorithm = { family: undefined, digest: undefined, saltLength: undefined };

export function readSignatureAlgorithm(reader: DerReader): SignatureAlgorithm {
  const inside = reader.sequence();
  const known = SIGNATURES.get(inside.objectId());
  if (known === undefined) return UNKNOWN;
  if (known.family === 'rsaPss') return readPssParameters(inside);
  return { family: known.family, digest: known.digest, saltLength: undefined };
}

/** RSASSA-PSS-params, RFC 4055 3.1. The mask must use the digest that signs, as all tools do. */
function readPssParameters(reader: DerReader): SignatureAlgorithm {
  const parameters = reader.optional(TAG.sequence)?.open();
  if (parameters === undefined) return UNKNOWN;
  const digestPart = parameters.optional(TAG.context(0));
  const digest = digestPart === undefined ? 'sha1' : readDigestAlgorithm(digestPart.open());
  const maskPart = parameters.optional(TAG.context(1));
  let maskDigest: DigestAlgorithm | undefined = 'sha1';
  if (maskPart !== undefined) {
    const mask = maskPart.open().sequence();
    maskDigest = mask.objectId() === MASK_GENERATION_1 ? readDigestAlgorithm(mask) : undefined;
  }
  const saltLength = parameters.optional(TAG.context(2))?.open().smallInteger() ?? 20;
  const trailer = parameters.optional(TAG.context(3))?.open().smallInteger() ?? 1;
  if (digest === undefined || maskDigest !== digest || trailer !== 1 || saltLength > 128) return UNKNOWN;
  return { family: 'rsaPss', digest, saltLength };
}

/** A public key that may check signatures; undefined for a kind or size that is not taken. */
export function readPublicKey(subjectPublicKeyInfo: DerElement): KeyObject | undefined {
  const inside = subjectPublicKeyInfo.open();
  const algorithm = inside.sequence();
  const kind = algorithm.objectId();
  const bits = inside.bits();
  if (kind === ELLIPTIC_KEY) {
    if (algorithm.tag !== TAG.objectId || !CURVES.has(algorithm.objectId())) return undefined;
  } else if (kind === RSA_KEY || kind === RSA_PSS_KEY) {
    if (!isUsualRsaKey(bits, 'public key')) return undefined;
  } else {
    return undefined;
  }
  try {
    return createPublicKey({ key: Buffer.from(subjectPublicKeyInfo.raw), format: 'der', type: 'spki' });
  } catch {
    // OpenSSL has its own idea of a point on the curve or a readable number; there is no key then.
    return undefined;
  }
}

/** RSAPublicKey, RFC 8017 A.1.1: modulus and exponent. */
function isUsualRsaKey(bits: Uint8Array, place: string): boolean {
  const numbers = new DerReader(bits, place).sequence();
  const modulus = bitLength(numbers.next(TAG.integer).content);
  const exponent = bitLength(numbers.next(TAG.integer).content);
  return modulus >= RSA_MODULUS.least && modulus <= RSA_MODULUS.most && exponent <= RSA_EXPONENT_MOST;
}

function bitLength(number: Uint8Array): number {
  const start = number.findIndex((byte) => byte !== 0);
  if (start === -1) return 0;
  return (number.length - start) * 8 - Math.clz32(number[start] ?? 0) + 24;
}

/**
 * Whether `key` made `signature` over `bytes`.
 * @param beside digest that the message names, for algorithms that name none themselves
 */
export function checkSignature(input: {
  readonly algorithm: SignatureAlgorithm;
  readonly beside?: DigestAlgorithm | undefined;
  readonly key: KeyObject | undefined;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array;
}): 'good' | 'bad' | 'unsupported' {
  const { algorithm, beside, key, bytes, signature } = input;
  const digest = algorithm.digest ?? beside;
  if (key === undefined || digest === undefined || algorithm.family === undefined) return 'unsupported';
  if (beside !== undefined && beside !== digest) return 'unsupported';
  const kind = key.asymmetricKeyType;
  const fits = { rsa: kind === 'rsa', rsaPss: kind === 'rsa' || kind === 'rsa-pss', ecdsa: kind === 'ec' };
  if (!fits[algorithm.family]) return 'bad';
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength ?? 0 };
  try {
    const good = verify(digest, bytes, algorithm.family === 'rsaPss' ? { key, ...pss } : key, signature);
    return good ? 'good' : 'bad';
  } catch {
    // A signature that OpenSSL cannot even read, or parameters of a key that forbid this digest.
    return 'bad';
  }
}
