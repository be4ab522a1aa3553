/** The judgement on one signature (decision M7): every check is made, so that a person sees all that is wrong. */
import { createHash } from 'node:crypto';
import { sha256, type Sha256 } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import {
  type CertificateFacts,
  SIGNATURE_FAULTS,
  type SignatureFacts,
  type SignatureFault,
} from '../../model/file-facts.ts';
import { isWeak } from '../certificate/algorithms.ts';
import { certificateOrNone } from '../certificate/known.ts';
import type { Certificate } from '../certificate/certificate.ts';
import { malleatedCertificate } from '../certificate/malleated-ecdsa.ts';
import { factsOf } from '../certificate/index.ts';
import { oid } from '../der/reader.ts';
import { MalformedContent } from '../malformed.ts';
import type { MachineChain, MachineChains } from '../trust.ts';
import type { Turns } from '../turns.ts';
import { buildChain, type Chain, checkChain, PURPOSE } from './chain.ts';
import { Roots } from './roots.ts';
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
 * @throws MalformedContent when a name in the chain cannot be read; what `turns` throws
 */
export async function verifySignature(
  signature: AuthenticodeSignature,
  input: VerifyInput,
  turns: Turns,
): Promise<SignatureFacts> {
  const { signedData, signer } = signature;
  const { machine, now } = input;
  const roots = new Roots(input.roots);
  const faults = await contentFaults(signature, input.digest, turns);
  const codeSigning = { purpose: PURPOSE.codeSigning, at: now };
  const chain = await (machine === undefined
    ? buildChain({ signer, carried: signedData.certificates, roots, ...codeSigning }, turns)
    : checkChain(signer, machine.signer, codeSigning, turns));
  for (const fault of chain.faults) faults.add(fault);
  const { isThere, timestamp } = await findTimestamp(
    {
      signature: signedData,
      chainOf: (authority, carried, at): Promise<Chain> => {
        const timeStamping = { purpose: PURPOSE.timeStamping, at };
        return machine === undefined
          ? buildChain({ signer: authority, carried, roots, ...timeStamping }, turns)
          : checkChain(authority, chainOf(authority, machine.timestamps), timeStamping, turns);
      },
      now,
    },
    turns,
  );
  if (isThere && timestamp?.trusted !== true) faults.add('timestampInvalid');

  const trusted = [...faults].every((fault) => SIGNATURE_FAULTS[fault] === 'validity');
  const isValidAt = (time: number): boolean =>
    chain.certificates.every(({ notBefore, notAfter }) => notBefore <= time && time <= notAfter);
  const prolongs = timestamp?.trusted === true && signer.usages?.has(LIFETIME_SIGNING) !== true;
  return {
    leaf: factsOf(signer, { withDer: true }),
    issuers: chain.certificates.slice(1).map((certificate) => factsOf(certificate, { withDer: true })),
    ...(await extraCertificatesOf(signature, chain.certificates, machine, turns)),
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
async function contentFaults(
  signature: AuthenticodeSignature,
  digest: Uint8Array | undefined,
  turns: Turns,
): Promise<Set<SignatureFault>> {
  const { signedData, signer, digestAlgorithm } = signature;
  const faults = new Set<SignatureFault>();
  if (digestAlgorithm === undefined) faults.add('unsupported');
  if (digest === undefined || !signature.covers(digest)) faults.add('digestMismatch');
  const { content, contentType } = signedData;
  const checked = await checkSigner(signedData.signer, signer, content.content, contentType, turns);
  if (checked === 'bad') faults.add('signatureInvalid');
  if (checked === 'unsupported') faults.add('unsupported');
  const digests = [digestAlgorithm, signedData.signer.digestAlgorithm, signedData.signer.algorithm.digest];
  if (digests.some((algorithm) => algorithm !== undefined && isWeak(algorithm))) faults.add('weakDigest');
  return faults;
}

/** Every certificate that the signature carries or that Windows knows a chain by, besides the chain that is told. */
async function extraCertificatesOf(
  { signedData }: AuthenticodeSignature,
  chain: readonly Certificate[],
  machine: MachineChains | undefined,
  turns: Turns,
): Promise<Pick<SignatureFacts, 'extraCertificates'>> {
  const known = new Map<string, CertificateFacts>();
  const add = async (certificate: Certificate | Uint8Array): Promise<void> => {
    const digest = certificate instanceof Uint8Array ? digestOf(certificate) : certificate.sha256;
    if (known.has(digest)) return;
    known.set(digest, factsOrDigest(certificate, digest));
    if (certificate instanceof Uint8Array) return;
    await turns.take(certificate.der.length);
    const malleated = malleatedCertificate(certificate);
    if (malleated !== undefined) await add(readOrBytes(malleated));
  };
  const ofMachine = [...(machine?.signer.certificates ?? []), ...(machine?.alternatives ?? [])];
  const others = [...signedData.certificates, ...ofMachine.map(readOrBytes), ...signedData.unread];
  for (const certificate of [...chain, ...others]) await add(certificate);
  for (const { sha256 } of chain) known.delete(sha256);
  return known.size === 0 ? {} : { extraCertificates: [...known.values()] };
}

function readOrBytes(der: Uint8Array): Certificate | Uint8Array {
  return certificateOrNone(der, 'certificate') ?? der;
}

function digestOf(der: Uint8Array): Sha256 {
  return sha256(createHash('sha256').update(der).digest('hex'));
}

/** Of what cannot be read the digest is known, which is all that a Deny rule asks for. */
function factsOrDigest(certificate: Certificate | Uint8Array, digest: Sha256): CertificateFacts {
  try {
    if (!(certificate instanceof Uint8Array)) return factsOf(certificate);
  } catch (error) {
    if (!(error instanceof MalformedContent)) throw error;
  }
  return { sha256: digest, subject: '', unreadable: true };
}
