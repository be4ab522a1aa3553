/** The signed files of the corpus as data: who signs, how, what is changed afterwards, and what must be said of it. */
import type { SignatureFault, SignatureOrigin, TimestampFacts } from '../../src/model/file-facts.ts';
import type { Identities } from './identities.ts';

export type Who = keyof Identities;

export interface ExpectedSignature {
  readonly origin: SignatureOrigin;
  /** Who signed; its certificate is the publisher. */
  readonly leaf: Who;
  /** In the order of the type; empty: nothing is wrong. */
  readonly faults: readonly SignatureFault[];
  readonly validAtTimestamp?: boolean;
  readonly timestamp?: { readonly kind: TimestampFacts['kind']; readonly trusted: boolean };
}

export type Expectation =
  | { readonly kind: 'unsigned' }
  /** Refused before signatures are looked at, or while they are read. */
  | { readonly kind: 'malformed' }
  | { readonly kind: 'signatures'; readonly signatures: readonly ExpectedSignature[] };

export interface Timestamping {
  readonly by: Who;
  readonly time: number;
  /** `tool`: by osslsigncode's own authority; the others by the corpus. */
  readonly kind: 'tool' | 'token' | 'countersignature';
  /** The token is over other bytes. */
  readonly wrongImprint?: boolean;
  readonly digest?: 'sha1' | 'sha256';
}

export interface Signing {
  readonly by: Who;
  /** Certificates of the message besides that of the signer. */
  readonly with: readonly Who[];
  readonly digest?: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';
  readonly pageHashes?: boolean;
  readonly installerExtension?: boolean;
  readonly timestamp?: Timestamping;
}

export type Change =
  'header' | 'section' | 'checksum' | 'signatureValue' | 'signedContent' | 'extraCertificate' | 'padding' | 'overlay';

export interface Recipe {
  readonly name: string;
  readonly type: 'exe' | 'msi' | 'ps1';
  /** The first signature, then those nested in it. */
  readonly signings: readonly Signing[];
  readonly change?: Change;
  readonly expectation: Expectation;
}

const T2020 = Date.UTC(2020, 5, 1);
const T2025 = Date.UTC(2025, 5, 1);
const BY_LEAF: Signing = { by: 'leaf', with: ['ca'] };

const signatures = (...expected: readonly ExpectedSignature[]): Expectation => ({
  kind: 'signatures',
  signatures: expected,
});
const embedded = (leaf: Who, faults: readonly SignatureFault[] = [], more: Partial<ExpectedSignature> = {}) =>
  signatures({ origin: 'embedded', leaf, faults, ...more });
const exe = (name: string, signing: Signing, expectation: Expectation, change?: Change): Recipe => ({
  name,
  type: 'exe',
  signings: [signing],
  expectation,
  ...(change === undefined ? {} : { change }),
});
const chained = (name: string, by: Who, faults: readonly SignatureFault[], ...others: readonly Who[]): Recipe =>
  exe(name, { by, with: others }, embedded(by, faults));
const stamped = (
  name: string,
  by: Who,
  faults: readonly SignatureFault[],
  validAtTimestamp: boolean,
  trusted: boolean,
  timestamp: Timestamping,
): Recipe => {
  const kind = timestamp.kind === 'countersignature' ? 'countersignature' : 'rfc3161';
  return exe(
    name,
    { by, with: ['ca'], timestamp },
    embedded(by, faults, { validAtTimestamp, timestamp: { kind, trusted } }),
  );
};

export const RECIPES: readonly Recipe[] = [
  { name: 'unsigned', type: 'exe', signings: [], expectation: { kind: 'unsigned' } },
  exe('signed', BY_LEAF, embedded('leaf')),
  exe('signed-sha384', { ...BY_LEAF, digest: 'sha384' }, embedded('leaf')),
  exe('signed-sha512', { ...BY_LEAF, digest: 'sha512' }, embedded('leaf')),
  exe('signed-page-hashes', { ...BY_LEAF, pageHashes: true }, embedded('leaf')),
  chained('signed-elliptic', 'leafEc', [], 'ca'),
  chained('signed-with-root', 'leaf', [], 'ca', 'root'),
  exe('weak-md5', { ...BY_LEAF, digest: 'md5' }, embedded('leaf', ['weakDigest'])),
  exe('weak-sha1', { ...BY_LEAF, digest: 'sha1' }, embedded('leaf', ['weakDigest'])),

  chained('expired', 'expired', ['expired'], 'ca'),
  chained('not-yet-valid', 'future', ['notYetValid'], 'ca'),
  chained('expired-authority', 'underExpired', ['expired'], 'expiredCa'),
  stamped('timestamped', 'leaf', [], true, true, { by: 'timestamping', time: T2025, kind: 'tool' }),
  stamped('expired-timestamped', 'expired', ['expired'], true, true, {
    by: 'timestamping',
    time: T2020,
    kind: 'tool',
  }),
  stamped('expired-token', 'expired', ['expired'], true, true, { by: 'timestamping', time: T2020, kind: 'token' }),
  stamped('expired-countersigned', 'expired', ['expired'], true, true, {
    by: 'timestamping',
    time: T2020,
    kind: 'countersignature',
  }),
  stamped('expired-timestamped-late', 'expired', ['expired'], false, true, {
    by: 'timestamping',
    time: T2025,
    kind: 'tool',
  }),
  stamped('lifetime-timestamped', 'lifetime', ['expired'], false, true, {
    by: 'timestamping',
    time: T2020,
    kind: 'tool',
  }),
  stamped('timestamp-of-other-bytes', 'expired', ['expired', 'timestampInvalid'], false, false, {
    by: 'timestamping',
    time: T2020,
    kind: 'token',
    wrongImprint: true,
  }),
  stamped('timestamp-untrusted', 'expired', ['expired', 'timestampInvalid'], false, false, {
    by: 'timestampingOther',
    time: T2020,
    kind: 'token',
  }),
  stamped('timestamp-by-publisher', 'expired', ['expired', 'timestampInvalid'], false, false, {
    by: 'timestampingUsage',
    time: T2020,
    kind: 'token',
  }),
  stamped('timestamp-by-expired', 'expired', ['expired', 'timestampInvalid'], false, false, {
    by: 'timestampingExpired',
    time: T2020,
    kind: 'token',
  }),
  stamped('timestamp-weak', 'expired', ['expired', 'timestampInvalid'], false, false, {
    by: 'timestamping',
    time: T2020,
    kind: 'countersignature',
    digest: 'sha1',
  }),
  stamped('countersigned-other-bytes', 'expired', ['expired', 'timestampInvalid'], false, false, {
    by: 'timestamping',
    time: T2020,
    kind: 'countersignature',
    wrongImprint: true,
  }),

  {
    name: 'nested',
    type: 'exe',
    signings: [{ ...BY_LEAF, digest: 'sha1' }, BY_LEAF],
    expectation: signatures(
      { origin: 'embedded', leaf: 'leaf', faults: ['weakDigest'] },
      { origin: 'nested', leaf: 'leaf', faults: [] },
    ),
  },
  {
    name: 'nested-by-stranger',
    type: 'exe',
    signings: [BY_LEAF, { by: 'otherLeaf', with: ['otherCa'] }],
    expectation: signatures(
      { origin: 'embedded', leaf: 'leaf', faults: [] },
      { origin: 'nested', leaf: 'otherLeaf', faults: ['chainInvalid'] },
    ),
  },
  {
    name: 'nested-in-stranger',
    type: 'exe',
    signings: [{ by: 'selfSigned', with: [] }, BY_LEAF],
    expectation: signatures(
      { origin: 'embedded', leaf: 'selfSigned', faults: ['rootUntrusted'] },
      { origin: 'nested', leaf: 'leaf', faults: [] },
    ),
  },

  chained('same-name-self-signed', 'selfSigned', ['rootUntrusted']),
  chained('same-name-other-root', 'otherLeaf', ['rootUntrusted'], 'otherCa', 'otherRoot'),
  chained('same-name-no-chain', 'otherLeaf', ['chainIncomplete']),
  chained('same-name-real-authority', 'otherLeaf', ['chainInvalid'], 'ca'),
  chained('chain-missing', 'leaf', ['chainIncomplete']),
  chained('chain-loop', 'underLoop', ['chainIncomplete'], 'loopTwo', 'loopBack'),
  chained('authority-without-right', 'underNotCa', ['chainInvalid'], 'notCa'),
  chained('authority-too-deep', 'underBelow', ['chainInvalid'], 'belowCa', 'ca'),
  chained('authority-not-signing', 'underNoSigning', ['chainInvalid'], 'noCertificateSign'),
  chained('authority-other-usage', 'underServerCa', ['usage'], 'serverCa'),
  chained('authority-constrained', 'underConstrained', ['unsupported'], 'constrainedCa'),
  chained('authority-weak', 'underWeak', ['weakDigest'], 'weakCa'),
  chained('usage-server', 'serverLeaf', ['usage'], 'ca'),
  chained('usage-none', 'anyLeaf', ['usage'], 'ca'),
  chained('usage-no-signature', 'noDigitalSignature', ['usage'], 'ca'),
  chained('critical-unknown', 'strangeLeaf', ['chainInvalid'], 'ca'),
  chained('weak-certificate', 'weakLeaf', ['weakDigest'], 'ca'),

  exe('tampered-header', BY_LEAF, embedded('leaf', ['digestMismatch']), 'header'),
  exe('tampered-section', BY_LEAF, embedded('leaf', ['digestMismatch']), 'section'),
  exe('tampered-checksum', BY_LEAF, embedded('leaf'), 'checksum'),
  exe('tampered-signature', BY_LEAF, embedded('leaf', ['signatureInvalid']), 'signatureValue'),
  exe('tampered-content', BY_LEAF, embedded('leaf', ['digestMismatch', 'signatureInvalid']), 'signedContent'),
  exe('extra-certificate', BY_LEAF, embedded('leaf'), 'extraCertificate'),
  exe('padded', BY_LEAF, { kind: 'malformed' }, 'padding'),
  exe('overlaid', BY_LEAF, { kind: 'malformed' }, 'overlay'),

  { name: 'installer', type: 'msi', signings: [BY_LEAF], expectation: embedded('leaf') },
  {
    name: 'installer-extended',
    type: 'msi',
    signings: [{ ...BY_LEAF, installerExtension: true }],
    expectation: embedded('leaf'),
  },
  { name: 'script', type: 'ps1', signings: [BY_LEAF], expectation: embedded('leaf') },
];
