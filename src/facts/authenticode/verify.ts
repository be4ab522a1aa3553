/** The judgement on one signature (decision M7): every check is made, so that a person sees all that is wrong. */
import { defined } from '../../model/defined.ts';
import { SIGNATURE_FAULTS, type SignatureFacts, type SignatureFault } from '../../model/file-facts.ts';
import { isWeak } from '../certificate/algorithms.ts';
import { Certificate } from '../certificate/certificate.ts';
import { malleatedCertificate } from '../certificate/malleated-ecdsa.ts';
import { factsOf } from '../certificate/index.ts';
import { oid } from '../der/reader.ts';
import { buildChain, PURPOSE } from './chain.ts';
import { machineCertificate, Roots } from './roots.ts';
import type { TimestampRoots } from '../trust.ts';
import type { AuthenticodeSignature } from './signature.ts';
import { checkSigner } from './signed-data.ts';
import { findTimestamp } from './timestamp.ts';

const FAULT_NAMES = Object.keys(SIGNATURE_FAULTS) as readonly SignatureFault[];

/** szOID_KP_LIFETIME_SIGNING of wincrypt.h: the signature ends with the certificate, timestamp or not. */
const LIFETIME_SIGNING = oid('1.3.6.1.4.1.311.10.3.13');

interface VerifyInput {
  /** Digest of the content by the algorithm of the signature; undefined: it could not be made, so it does not fit. */
  readonly digest: Uint8Array | undefined;
  /** DER of the roots that the chain of the signer may end at. */
  readonly roots: readonly Uint8Array[];
  /** Where the chains of timestamp authorities may end, those not named nowhere; absent: at `roots`. */
  readonly timestampRoots?: readonly TimestampRoots[] | undefined;
  /** DER of authorities that are not in the message, of whom a chain may be made. */
  readonly issuers?: readonly Uint8Array[] | undefined;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

/**
 * Judges a signature by its bytes alone. Revocation is unknown afterwards: only a machine can ask for it.
 *
 * `others` is the chain, as far as it could be followed; `carried` is every other certificate of the message, for a Deny
 * rule asks who may have signed, and the other form of each certificate that was signed by ECDSA.
 * @throws MalformedContent when the name of a certificate cannot be read
 */
export function verifySignature(signature: AuthenticodeSignature, input: VerifyInput): SignatureFacts {
  const { signedData, signer } = signature;
  const roots = new Roots(input.roots);
  const faults = contentFaults(signature, input.digest);
  const chain = buildChain({
    signer,
    carried: [...signedData.certificates, ...(input.issuers ?? []).flatMap((der) => machineCertificate(der) ?? [])],
    roots,
    purpose: PURPOSE.codeSigning,
    at: input.now,
  });
  for (const fault of chain.faults) faults.add(fault);
  const { isThere, timestamp } = findTimestamp({
    signature: signedData,
    rootsOf: (authority) => rootsOf(authority, input.timestampRoots) ?? roots,
    now: input.now,
  });
  if (isThere && timestamp?.trusted !== true) faults.add('timestampInvalid');

  const trusted = [...faults].every((fault) => SIGNATURE_FAULTS[fault] === 'validity');
  const isValidAt = (time: number): boolean =>
    chain.certificates.every(({ notBefore, notAfter }) => notBefore <= time && time <= notAfter);
  const prolongs = timestamp?.trusted === true && signer.usages?.has(LIFETIME_SIGNING) !== true;
  return {
    leaf: factsOf(signer, { withDer: true }),
    issuers: chain.certificates.slice(1).map((certificate) => factsOf(certificate, { withDer: true })),
    ...extraCertificatesOf(signature, chain.certificates),
    trusted,
    validNow: isValidAt(input.now),
    validAtTimestamp: prolongs && isValidAt(timestamp.time),
    revocation: 'unknown',
    origin: signature.origin,
    ...defined({ digestAlgorithm: signature.digestAlgorithm }),
    faults: FAULT_NAMES.filter((fault) => faults.has(fault)),
    ...defined({ timestamp }),
  };
}

/** Undefined: nobody said anything about timestamps. */
function rootsOf(authority: Certificate, known: VerifyInput['timestampRoots']): Roots | undefined {
  if (known === undefined) return undefined;
  const own = known.filter((each) => Buffer.compare(each.authority, authority.der) === 0);
  return new Roots(own.flatMap((each) => each.roots));
}

/** What is wrong with the message itself: digest of the file, signature over it, algorithms. */
function contentFaults(signature: AuthenticodeSignature, digest: Uint8Array | undefined): Set<SignatureFault> {
  const { signedData, signer, digestAlgorithm } = signature;
  const faults = new Set<SignatureFault>();
  if (digestAlgorithm === undefined) faults.add('unsupported');
  if (digest === undefined || !signature.covers(digest)) faults.add('digestMismatch');
  const checked = checkSigner(signedData.signer, signer, signedData.content.content, signedData.contentType);
  if (checked === 'bad') faults.add('signatureInvalid');
  if (checked === 'unsupported') faults.add('unsupported');
  const digests = [digestAlgorithm, signedData.signer.digestAlgorithm, signedData.signer.algorithm.digest];
  if (digests.some((algorithm) => algorithm !== undefined && isWeak(algorithm))) faults.add('weakDigest');
  return faults;
}

function extraCertificatesOf(
  { signedData, signer }: AuthenticodeSignature,
  chain: readonly Certificate[],
): Pick<SignatureFacts, 'extraCertificates'> {
  const known = [signer, ...chain];
  const carried = [...signedData.certificates, ...malleatedOf(chain)].filter(
    (certificate, index, all) =>
      !known.some((other) => other.equals(certificate)) &&
      all.findIndex((other) => other.equals(certificate)) === index,
  );
  return carried.length === 0 ? {} : { extraCertificates: carried.map((certificate) => factsOf(certificate)) };
}

/** The forms that somebody may have turned these certificates from, to get by a Deny rule. */
function malleatedOf(chain: readonly Certificate[]): readonly Certificate[] {
  return chain.flatMap((certificate, index) => {
    const issuer = chain[index + 1];
    const malleated = issuer === undefined ? undefined : malleatedCertificate(certificate, issuer);
    return malleated === undefined ? [] : new Certificate(malleated);
  });
}
