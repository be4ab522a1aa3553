/** The judgement on one signature (decision M7): every check is made, so that a person sees all that is wrong. */
import { defined } from '../../model/defined.ts';
import {
  type CertificateFacts,
  SIGNATURE_FAULTS,
  type SignatureFacts,
  type SignatureFault,
} from '../../model/file-facts.ts';
import { isWeak } from '../certificate/algorithms.ts';
import { Certificate } from '../certificate/certificate.ts';
import { malleatedCertificate } from '../certificate/malleated-ecdsa.ts';
import { factsOf } from '../certificate/index.ts';
import { oid } from '../der/reader.ts';
import type { MachineChain, MachineChains } from '../trust.ts';
import { buildChain, type Chain, checkChain, PURPOSE } from './chain.ts';
import { machineCertificate, Roots } from './roots.ts';
import type { AuthenticodeSignature } from './signature.ts';
import { checkSigner } from './signed-data.ts';
import { findTimestamp } from './timestamp.ts';

const FAULT_NAMES = Object.keys(SIGNATURE_FAULTS) as readonly SignatureFault[];

/** szOID_KP_LIFETIME_SIGNING of wincrypt.h: the signature ends with the certificate, timestamp or not. */
const LIFETIME_SIGNING = oid('1.3.6.1.4.1.311.10.3.13');

interface VerifyInput {
  /** Digest of the content by the algorithm of the signature; undefined: it could not be made, so it does not fit. */
  readonly digest: Uint8Array | undefined;
  /** DER of the roots that a chain may end at where Windows built none. */
  readonly roots: readonly Uint8Array[];
  /** The chains that Windows built: these are checked, and no others are looked for. */
  readonly machine?: MachineChains | undefined;
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
}

/**
 * Judges a signature by its bytes alone. Revocation is unknown afterwards: only a machine can ask for it.
 *
 * `issuers` is the chain, as far as it could be followed; `extraCertificates` is every other certificate that is known of
 * the signature, for a Deny rule asks who may have signed, and the other form of each that was signed by ECDSA.
 * @throws MalformedContent when the name of a certificate cannot be read
 */
export function verifySignature(signature: AuthenticodeSignature, input: VerifyInput): SignatureFacts {
  const { signedData, signer } = signature;
  const { machine, now } = input;
  const roots = new Roots(input.roots);
  const faults = contentFaults(signature, input.digest);
  const codeSigning = { purpose: PURPOSE.codeSigning, at: now };
  const chain =
    machine === undefined
      ? buildChain({ signer, carried: signedData.certificates, roots, ...codeSigning })
      : checkChain(signer, machine.signer, codeSigning);
  for (const fault of chain.faults) faults.add(fault);
  const { isThere, timestamp } = findTimestamp({
    signature: signedData,
    chainOf: (authority, carried, at): Chain => {
      const timeStamping = { purpose: PURPOSE.timeStamping, at };
      return machine === undefined
        ? buildChain({ signer: authority, carried, roots, ...timeStamping })
        : checkChain(authority, chainOf(authority, machine.timestamps), timeStamping);
    },
    now,
  });
  if (isThere && timestamp?.trusted !== true) faults.add('timestampInvalid');

  const trusted = [...faults].every((fault) => SIGNATURE_FAULTS[fault] === 'validity');
  const isValidAt = (time: number): boolean =>
    chain.certificates.every(({ notBefore, notAfter }) => notBefore <= time && time <= notAfter);
  const prolongs = timestamp?.trusted === true && signer.usages?.has(LIFETIME_SIGNING) !== true;
  return {
    leaf: factsOf(signer, { withDer: true }),
    issuers: chain.certificates.slice(1).map((certificate) => factsOf(certificate, { withDer: true })),
    ...extraCertificatesOf(signature, chain.certificates, machine),
    trusted,
    validNow: isValidAt(now),
    validAtTimestamp: prolongs && isValidAt(timestamp.time),
    revocation: 'unknown',
    origin: signature.origin,
    ...defined({ digestAlgorithm: signature.digestAlgorithm }),
    faults: FAULT_NAMES.filter((fault) => faults.has(fault)),
    ...defined({ timestamp }),
  };
}

function chainOf(authority: Certificate, chains: readonly MachineChain[]): MachineChain {
  const own = chains.find(({ certificates: [first] }) => first && Buffer.compare(first, authority.der) === 0);
  return own ?? { certificates: [], endsAtRoot: false };
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

/** Every certificate that the signature carries or that Windows knows a chain by, besides the chain that is told. */
function extraCertificatesOf(
  { signedData }: AuthenticodeSignature,
  chain: readonly Certificate[],
  machine: MachineChains | undefined,
): Pick<SignatureFacts, 'extraCertificates'> {
  const ofMachine = [...(machine?.signer.certificates ?? []), ...(machine?.alternatives ?? [])];
  const known = new Map<string, CertificateFacts>();
  const others = [...signedData.certificates, ...ofMachine.flatMap((der) => machineCertificate(der) ?? [])];
  const all = [...chain, ...others];
  for (const certificate of [...all, ...all.flatMap(malleatedOf)]) {
    if (!known.has(certificate.sha256)) known.set(certificate.sha256, factsOf(certificate));
  }
  for (const { sha256 } of chain) known.delete(sha256);
  return known.size === 0 ? {} : { extraCertificates: [...known.values()] };
}

/** The form that somebody may have turned this certificate from, to get by a Deny rule. */
function malleatedOf(certificate: Certificate): readonly Certificate[] {
  const malleated = malleatedCertificate(certificate);
  return malleated === undefined ? [] : [new Certificate(malleated)];
}
