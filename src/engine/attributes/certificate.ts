/** Certificate of a good signature of the file (decision M7). */
import { sha256 as toSha256 } from '../../model/brands.ts';
import type { FileFacts, SignatureFacts } from '../../model/file-facts.ts';
import { CERTIFICATE_TYPES, type CertificateType } from '../../model/rule.ts';
import { hashDigest } from '../hash-table.ts';
import { bestSignature, faultOf, hasRole, matchCertificate } from '../signatures.ts';
import type { Attribute, Fit } from './attribute.ts';

interface CertificateCondition {
  readonly type: CertificateType;
  readonly sha256: string;
}

const PLACES = { publisher: 'the signer', issuingAuthority: 'an authority above the signer' } as const;

export const certificate: Attribute<'certificate', CertificateCondition> = {
  words: {
    title: 'Certificate',
    text: 'Certificate of a good signature of the file: its `type` and either `sha256`, the SHA-256 of the certificate (DER) in hexadecimal, or `name`, an entry of `certificates`.',
    defaultText: 'any or none',
    inSentence: 'the certificate',
  },
  limits: {},
  example: { type: 'publisher', sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08' },
  subject: 'file',
  isStrong: true,

  read({ type, sha256 }, reading) {
    if (!CERTIFICATE_TYPES.includes(type)) {
      const message = 'A certificate is that of the publisher or of an issuing authority.';
      reading.reject('certificateInvalid', message, '/type');
      return undefined;
    }
    try {
      return { type, sha256: toSha256(sha256.trim()) };
    } catch {
      const message = 'A certificate is named by the SHA-256 of its DER form: 64 hexadecimal digits.';
      reading.reject('certificateInvalid', message, '/sha256');
      return undefined;
    }
  },

  matches: (wanted, { facts, settings }, rule) => matchCertificate(rule, wanted, facts.signatures, settings) !== 'no',

  describeMiss(wanted, { facts, settings }, rule) {
    const expected = `${wanted.sha256} as ${PLACES[wanted.type]}`;
    if (facts.signatures.length === 0) return { expected, found: 'no signature' };
    // The best one, as that is what stands nearest to a match.
    const placed = bestSignature(facts.signatures.filter((signature) => hasRole(signature, wanted)));
    const fault = placed === undefined ? undefined : faultOf(rule, placed, settings);
    if (fault !== undefined) return { expected, found: fault };
    return { expected, found: `signed by ${facts.signatures.map(({ leaf }) => leaf.sha256).join(', ')}` };
  },

  fits(wanted, { facts, settings }, rule) {
    const { signatures } = facts;
    const good = (signature: SignatureFacts): FileFacts => ({
      ...facts,
      signatures: [...signatures, { ...signature, trusted: true, validNow: true, revocation: 'good' }],
    });
    const best = bestSignature(signatures.filter((signature) => hasRole(signature, wanted)));
    if (best !== undefined) {
      if (best.revocation === 'revoked') return [];
      const fault = faultOf(rule, best, settings) ?? '';
      const timestamped: Fit = {
        clause: (name) => `if ${name} had "acceptTimestamped"`,
        rule: { acceptTimestamped: true },
      };
      const repaired: Fit = {
        clause: (name) => `with a good signature by the certificate of ${name}, and not ${fault}`,
        facts: good(best),
      };
      return best.validAtTimestamp && !best.validNow ? [timestamped, repaired] : [repaired];
    }
    const type = wanted.type === 'publisher' ? 'issuingAuthority' : 'publisher';
    const other: Fit = {
      clause: (name) => `if ${name} took its certificate as ${PLACES[type]}, where it stands`,
      rule: { certificate: { type, sha256: wanted.sha256 } },
    };
    const certificate = { sha256: toSha256(wanted.sha256), subject: '' };
    const signature = { leaf: certificate, issuers: [certificate], validAtTimestamp: true } as const;
    const signed: Fit = {
      clause: (name) =>
        `with a good signature by the certificate that ${name} expects (${wanted.sha256} as ${PLACES[wanted.type]})`,
      facts: good({ ...signature, trusted: true, validNow: true, revocation: 'good' }),
    };
    return signatures.some((one) => hasRole(one, { ...wanted, type })) ? [other] : [signed];
  },

  covers(wide, narrow, rules) {
    if (wide.type !== narrow?.type || wide.sha256 !== narrow.sha256) return false;
    if (rules.wide.type === 'deny') return true;
    // What an expired or unchecked certificate means depends on type and setting, so only equal rules are compared.
    return (
      rules.wide.acceptTimestamped === rules.narrow.acceptTimestamped &&
      (rules.wide.type === 'automatic') === (rules.narrow.type === 'automatic')
    );
  },

  exact: [
    {
      isMany: true,
      ofRule: ({ sha256 }) => hashDigest(sha256),
      // A Deny asks for every certificate that a signature carries, so all are looked up.
      ofFile({ facts }, keys) {
        for (const { leaf, issuers, extraCertificates } of facts.signatures) {
          keys.add(hashDigest(leaf.sha256));
          for (const { sha256 } of issuers) keys.add(hashDigest(sha256));
          if (extraCertificates === undefined) continue;
          for (const { sha256 } of extraCertificates) keys.add(hashDigest(sha256));
        }
      },
    },
  ],
};
