/** Everybody who signs in the corpus: an honest publisher with its authorities, and those that are wrong in one thing. */
import * as der from './der.ts';
import { makeCertificate, OID, VALID_FROM, VALID_UNTIL, type CertificateWish, type Identity } from './pki.ts';

export type Identities = ReturnType<typeof makeIdentities>;

const EXPIRED = { from: Date.UTC(2018, 0, 1), until: Date.UTC(2021, 0, 1) };
const PUBLISHER = 'EPM Test Publisher';

const dnsName = (name: string): der.Node => ({ tag: 0x82, value: Buffer.from(name) });

export function makeIdentities() {
  const root = makeCertificate({ commonName: 'EPM Test Root', authority: true, from: Date.UTC(2010, 0, 1) });
  const authority = (commonName: string, issuer: Identity, more: Partial<CertificateWish> = {}) =>
    makeCertificate({ commonName, issuer, authority: true, kind: 'ec', from: Date.UTC(2015, 0, 1), ...more });
  const ca = authority('EPM Test CA', root, { authority: 0, kind: 'rsa' });
  const publisher = (issuer: Identity | undefined, more: Partial<CertificateWish> = {}) =>
    makeCertificate({
      commonName: PUBLISHER,
      usages: [OID.codeSigning],
      kind: 'ec',
      ...(issuer === undefined ? {} : { issuer }),
      ...more,
    });
  const leaf = publisher(ca, { kind: 'rsa' });
  const otherRoot = makeCertificate({ commonName: 'EPM Test Root', authority: true, kind: 'ec' });
  const otherCa = authority('EPM Test CA', otherRoot);
  const notCa = authority('EPM Test Plain', root, { authority: false });
  const belowCa = authority('EPM Test Below', ca);
  const noCertificateSign = authority('EPM Test No Signing', root, { keyUsage: 0x80 });
  const serverCa = authority('EPM Test Server CA', root, { usages: [OID.serverAuthentication] });
  const constrainedCa = authority('EPM Test Constrained CA', root, {
    // Permitted subtree: the DNS names of example.test.
    extensions: [
      ['2.5.29.30', true, der.sequence(der.implicit(0, der.sequence(der.sequence(dnsName('example.test')))))],
    ],
  });
  const weakCa = authority('EPM Test Weak CA', root, { digest: 'sha1' });
  const expiredCa = authority('EPM Test Old CA', root, { until: Date.UTC(2022, 0, 1) });
  const timestamping = (issuer: Identity, more: Partial<CertificateWish> = {}) =>
    makeCertificate({ commonName: 'EPM Test Timestamping', issuer, usages: [OID.timeStamping], kind: 'rsa', ...more });
  // Two authorities that issued each other, and no way to a root.
  const loopOne = makeCertificate({ commonName: 'EPM Test Loop One', authority: true, kind: 'ec' });
  const loopTwo = authority('EPM Test Loop Two', loopOne);
  const loopBack = authority('EPM Test Loop One', loopTwo, { keyOf: loopOne });
  return {
    root,
    ca,
    leaf,
    leafEc: publisher(ca),
    expired: publisher(ca, EXPIRED),
    future: publisher(ca, { from: Date.UTC(2045, 0, 1), until: VALID_UNTIL }),
    lifetime: publisher(ca, { ...EXPIRED, usages: [OID.codeSigning, OID.lifetimeSigning] }),
    serverLeaf: publisher(ca, { usages: [OID.serverAuthentication] }),
    anyLeaf: publisher(ca, { usages: undefined }),
    noDigitalSignature: publisher(ca, { keyUsage: 0x20 }),
    strangeLeaf: publisher(ca, { extensions: [['1.2.3.4.5', true, der.nothing()]] }),
    weakLeaf: publisher(ca, { digest: 'sha1' }),
    selfSigned: publisher(undefined),
    otherRoot,
    otherCa,
    otherLeaf: publisher(otherCa),
    notCa,
    underNotCa: publisher(notCa),
    belowCa,
    underBelow: publisher(belowCa),
    noCertificateSign,
    underNoSigning: publisher(noCertificateSign),
    serverCa,
    underServerCa: publisher(serverCa),
    constrainedCa,
    underConstrained: publisher(constrainedCa),
    weakCa,
    underWeak: publisher(weakCa),
    expiredCa,
    underExpired: publisher(expiredCa),
    loopTwo,
    loopBack,
    underLoop: publisher(loopBack),
    timestamping: timestamping(root, { from: Date.UTC(2015, 0, 1) }),
    timestampingOther: timestamping(otherRoot, { from: VALID_FROM }),
    timestampingUsage: timestamping(root, { usages: [OID.codeSigning], from: Date.UTC(2015, 0, 1) }),
    timestampingExpired: timestamping(root, { from: Date.UTC(2015, 0, 1), until: Date.UTC(2019, 0, 1) }),
  } satisfies Record<string, Identity>;
}
