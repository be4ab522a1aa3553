/** A publisher with its authorities, and messages signed by it, without files. */
import { readSignatures, verifySignature } from '../../../../src/facts/authenticode/index.ts';
import type { SignatureFacts } from '../../../../src/model/file-facts.ts';
import { CMS, hash, imageContent, makeMessage, type Digest, type MessageWish } from '../../../corpus/cms.ts';
import { CORPUS_NOW, makeCertificate, OID, type CertificateWish, type Identity } from '../../../corpus/pki.ts';

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
export function judged(bytes: Uint8Array, roots: readonly Identity[] = [ROOT], now = CORPUS_NOW): SignatureFacts[] {
  return readSignatures(bytes).map((signature) => {
    const digest = signature.digestAlgorithm && hash(signature.digestAlgorithm, FILE);
    return verifySignature(signature, { digest, roots: roots.map((root) => root.der), now });
  });
}

export const faultsOf = (bytes: Uint8Array, roots?: readonly Identity[]): SignatureFacts['faults'] =>
  judged(bytes, roots)[0]?.faults;
