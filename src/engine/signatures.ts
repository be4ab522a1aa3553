/** Whether a certificate of a rule fits a file (decision M7). */
import type { CertificateFacts, SignatureFacts } from '../model/file-facts.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import type { RuleContext } from './attributes/attribute.ts';
import type { CertificateType } from '../model/rule.ts';

/** What of a rule says which signatures are good enough for it. */
type SignatureTerms = Pick<RuleContext, 'type' | 'acceptTimestamped'>;

interface Wanted {
  readonly type: CertificateType;
  readonly sha256: string;
}

/** `accepted`: fits although its revocation could not be checked. */
type CertificateMatch = 'fits' | 'accepted' | 'no';

/** Answers for the best of the file's signatures; a bad one neither helps nor harms. */
export function matchCertificate(
  rule: SignatureTerms,
  wanted: Wanted,
  signatures: readonly SignatureFacts[],
  settings: EffectiveSettings,
): CertificateMatch {
  let best: CertificateMatch = 'no';
  for (const signature of signatures) {
    if (rule.type === 'deny') {
      // A Deny asks who may have signed, not whether the signature holds; otherwise breaking it would lift the denial.
      if (carries(signature, wanted.sha256)) return 'fits';
      continue;
    }
    if (!hasRole(signature, wanted) || faultOf(rule, signature, settings) !== undefined) continue;
    if (signature.revocation === 'good') return 'fits';
    best = 'accepted';
  }
  return best;
}

/** The signature that tells most about who made the file: the one with the least against it; of equals the first. */
export function bestSignature(signatures: readonly SignatureFacts[]): SignatureFacts | undefined {
  let best: SignatureFacts | undefined;
  for (const signature of signatures)
    if (best === undefined || weaknessOf(signature) < weaknessOf(best)) best = signature;
  return best;
}

/**
 * Who signed the file, by the first signature that holds. A name in one that does not is the author's own claim.
 * @returns distinguished name of the signer's certificate
 */
export function verifiedPublisher(signatures: readonly SignatureFacts[]): string | undefined {
  const good = signatures.find(
    ({ trusted, revocation, validNow, validAtTimestamp }) =>
      trusted && revocation !== 'revoked' && (validNow || validAtTimestamp),
  );
  return good?.leaf.subject;
}

/** How much stands against a signature, in the order of {@link faultOf}; 0 when nothing does. */
function weaknessOf({ trusted, revocation, validNow, validAtTimestamp }: SignatureFacts): number {
  return (
    (trusted ? 0 : 16) +
    (revocation === 'revoked' ? 8 : 0) +
    (validNow ? 0 : validAtTimestamp ? 2 : 4) +
    (revocation === 'unknown' ? 1 : 0)
  );
}

/** Whether the certificate stands where the rule looks for it: the signer, or above it. */
export function hasRole(signature: SignatureFacts, wanted: Wanted): boolean {
  if (wanted.type === 'publisher') return signature.leaf.sha256 === wanted.sha256;
  return signature.issuers.some((certificate) => certificate.sha256 === wanted.sha256);
}

export function carries({ leaf, issuers, extraCertificates }: SignatureFacts, sha256: string): boolean {
  const is = (certificate: CertificateFacts): boolean => certificate.sha256 === sha256;
  return is(leaf) || issuers.some(is) || extraCertificates?.some(is) === true;
}

/** What makes a signature one that elevates nothing, or undefined when it is good enough for the rule. */
export function faultOf(
  rule: SignatureTerms,
  signature: SignatureFacts,
  settings: EffectiveSettings,
): string | undefined {
  if (!signature.trusted) {
    return signature.faults?.includes('weakDigest') === true
      ? 'a signature by MD5 or SHA-1, which can be forged and never counts'
      : 'a signature that this machine does not trust';
  }
  if (signature.revocation === 'revoked') return 'a revoked certificate';
  const timestamped = rule.acceptTimestamped ?? settings.acceptTimestamped;
  if (!signature.validNow) {
    if (!signature.validAtTimestamp) return 'a certificate outside its validity';
    if (!timestamped) {
      return 'a certificate outside its validity, which was valid at the timestamp; "acceptTimestamped" is off';
    }
  }
  if (signature.revocation === 'unknown' && !acceptsUnknown(rule, settings)) {
    return 'a certificate whose revocation could not be checked';
  }
  return undefined;
}

function acceptsUnknown(rule: SignatureTerms, settings: EffectiveSettings): boolean {
  if (settings.revocationUnknown !== undefined) return settings.revocationUnknown === 'accept';
  return rule.type !== 'automatic';
}
