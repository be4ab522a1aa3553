/** A publisher with its authorities, and messages signed by it, without files. */
import type { SignatureFacts } from '../../../../src/model/file-facts.ts';
import { CMS, hash, imageContent, makeMessage, type Digest, type MessageWish } from '../../../corpus/cms.ts';
import { CORPUS_NOW, makeCertificate, OID, type CertificateWish, type Identity } from '../../../corpus/pki.ts';
import { readSignatures, verifySignature } from '../../../corpus/readers.ts';

export const ROOT = makeCertificate({ commonName: 'Root', authority: true, kind: 'ec' });
export const CA = makeCertificate({ commonName: 'CA', authority: true, kind: 'ec', issuer: ROOT });
export const LEAF = publisher();
export const TIMESTAMPING = makeCertificate({
  commonName: 'TSA',
  issuer: ROOT,
  usages: [OID.timeStamping],
  kind: 'ec',
});
export const FILE = Buffer.from('what is signed');

export function publisher(wish: Partial<CertificateWish> = {}): Identity {
  return makeCertificate({ commonName: 'Publisher', issuer: CA, usages: [OID.codeSigning], kind: 'ec', ...wish });
}

/** A signature over {@link FILE}. */
export function message(wish: Partial<MessageWish> = {}): Buffer {
  const digest: Digest = wish.digest ?? 'sha256';
  const content = imageContent(digest, hash(digest, FILE));
  return makeMessage({ contentType: CMS.indirectData, content, signer: LEAF, certificates: [LEAF, CA], ...wish });
}

/** All signatures of a message, judged as if they were in {@link FILE}. */
export async function judged(
  bytes: Uint8Array,
  roots: readonly Identity[] = [ROOT],
  now = CORPUS_NOW,
): Promise<SignatureFacts[]> {
  const facts: SignatureFacts[] = [];
  for (const signature of await readSignatures(bytes)) {
    const digest = signature.digestAlgorithm && hash(signature.digestAlgorithm, FILE);
    facts.push(await verifySignature(signature, { digest, roots: roots.map((root) => root.der), now }));
  }
  return facts;
}

export const faultsOf = async (bytes: Uint8Array, roots?: readonly Identity[]): Promise<SignatureFacts['faults']> =>
  (await judged(bytes, roots))[0]?.faults;
