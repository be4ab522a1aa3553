/** Chains that somebody built to confuse or to exhaust the search. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Certificate } from '../../../../src/facts/certificate/certificate.ts';
import { malleatedCertificate } from '../../../../src/facts/certificate/malleated-ecdsa.ts';
import type { MachineChains } from '../../../../src/facts/trust.ts';
import { Turns } from '../../../../src/facts/turns.ts';
import { hash } from '../../../corpus/cms.ts';
import * as der from '../../../corpus/der.ts';
import {
  CERTIFICATE_SIGN,
  CORPUS_NOW,
  makeCertificate,
  OID,
  VALID_FROM,
  VALID_UNTIL,
  type CertificateWish,
  type Identity,
} from '../../../corpus/pki.ts';
import type { SignatureFacts } from '../../../../src/model/file-facts.ts';
import { CA, faultsOf, FILE, judged, LEAF, message, publisher, ROOT } from './people.ts';
import { effortOf, leastOf } from '../../../effort.ts';
import { readSignatures, verifySignature } from '../../../corpus/readers.ts';

const authority = (commonName: string, issuer: Identity, more: Partial<CertificateWish> = {}) =>
  makeCertificate({ commonName, issuer, authority: true, kind: 'ec', ...more });
const signedBy = (signer: Identity, ...certificates: readonly Identity[]) =>
  message({ signer, certificates: [signer, ...certificates] });

describe('a chain', () => {
  it('is found whatever else the file carries', async () => {
    const strangers = Array.from({ length: 20 }, (_, index) =>
      makeCertificate({ commonName: 'CA', authority: true, kind: 'ec', serial: index + 1 }),
    );
    const leaf = publisher();
    expect(await faultsOf(signedBy(leaf, ...strangers, CA))).toEqual([]);
  });

  it('takes the way that is valid now, where authorities were renewed', async () => {
    const old = authority('Renewed', ROOT, { until: Date.UTC(2021, 0, 1) });
    const renewed = authority('Renewed', ROOT, { keyOf: old, serial: 2 });
    const leaf = publisher({ issuer: old });
    expect(await faultsOf(signedBy(leaf, old))).toEqual(['expired']);
    const [facts] = await judged(signedBy(leaf, old, renewed));
    expect(facts?.faults).toEqual([]);
    expect(facts?.issuers.map(({ serialNumber }) => serialNumber)).toContain('02');
  });

  it('may end at a signer that is a root itself', async () => {
    const alone = makeCertificate({ commonName: 'Alone', usages: [OID.codeSigning], kind: 'ec' });
    expect(await faultsOf(signedBy(alone), [alone])).toEqual([]);
    expect(await faultsOf(signedBy(alone), [ROOT])).toEqual(['rootUntrusted']);
  });

  it('ends at the cross-signed root that is trusted', async () => {
    const oldRoot = makeCertificate({ commonName: 'Old Root', authority: true, kind: 'ec' });
    const crossed = authority('Root', oldRoot, { keyOf: ROOT });
    const leaf = publisher();
    expect(await faultsOf(signedBy(leaf, CA, crossed), [oldRoot])).toEqual([]);
    expect(await faultsOf(signedBy(leaf, CA, crossed), [ROOT])).toEqual([]);
    expect(await faultsOf(signedBy(leaf, CA, crossed), [])).toEqual(['chainIncomplete']);
  });

  it.each<[string, Partial<CertificateWish>]>([
    [
      'says of itself that it is none, though it may sign certificates',
      { authority: false, keyUsage: CERTIFICATE_SIGN },
    ],
    ['says of itself that it is none, and nothing about its key', { authority: false, keyUsage: false }],
    ['says nothing about itself', { basicConstraints: false, keyUsage: false }],
    ['may sign certificates and does not say that it is one', { basicConstraints: false }],
  ])('AC-40 has no authority in it that %s', async (_what, wish) => {
    const publisherAsAuthority = authority('Publisher', CA, { usages: [OID.codeSigning], ...wish });
    const leaf = publisher({ issuer: publisherAsAuthority });
    expect(await faultsOf(signedBy(leaf, publisherAsAuthority, CA))).toEqual(['chainInvalid']);
    const root = makeCertificate({ commonName: 'No authority', kind: 'ec', authority: true, ...wish });
    expect(await faultsOf(signedBy(publisher({ issuer: root })), [root])).toEqual(['chainInvalid']);
  });

  it('AC-43 is valid from the first to the last moment that its certificates name', async () => {
    const at = async (time: number) => {
      const [facts] = await judged(message(), [ROOT], time);
      return [facts?.trusted, facts?.validNow, facts?.faults];
    };
    expect(await at(VALID_FROM)).toEqual([true, true, []]);
    expect(await at(VALID_UNTIL)).toEqual([true, true, []]);
    expect(await at(VALID_FROM - 1)).toEqual([true, false, ['notYetValid']]);
    expect(await at(VALID_UNTIL + 1)).toEqual([true, false, ['expired']]);
  });

  it('counts only authorities that were not issued by themselves against a path length', async () => {
    const limited = authority('Limited', ROOT, { authority: 0 });
    const renewed = authority('Limited', limited);
    expect(await faultsOf(signedBy(publisher({ issuer: renewed }), renewed, limited))).toEqual([]);
    const other = authority('Other', limited);
    expect(await faultsOf(signedBy(publisher({ issuer: other }), other, limited))).toEqual(['chainInvalid']);
  });

  it('is at most ten certificates long', async () => {
    const chain = [ROOT];
    for (let level = 0; level < 12; level += 1) chain.unshift(authority(`Level ${level}`, chain[0]!));
    const leafAt = (index: number) => publisher({ issuer: chain[index]! });
    expect(await faultsOf(signedBy(leafAt(4), ...chain.slice(4)))).toEqual([]);
    expect(await faultsOf(signedBy(leafAt(0), ...chain))).toEqual(['chainInvalid']);
  });

  it('with a purpose for authorities must have code signing in it', async () => {
    const signing = authority('Signing', ROOT, { usages: [OID.codeSigning, OID.serverAuthentication] });
    const any = authority('Any', ROOT, { usages: ['2.5.29.37.0'] });
    expect(await faultsOf(signedBy(publisher({ issuer: signing }), signing))).toEqual([]);
    expect(await faultsOf(signedBy(publisher({ issuer: any }), any))).toEqual([]);
    // Any purpose is enough for an authority, not for a signer.
    expect(await faultsOf(signedBy(publisher({ usages: ['2.5.29.37.0'] }), CA))).toEqual(['usage']);
  });
});

describe('the chain that Windows built', () => {
  /** The same authority by the same key: renewed, or signed by another root. */
  const other = authority('CA', ROOT, { keyOf: CA, serial: 2 });
  const digestOf = ({ der }: Identity): string => hash('sha256', der).toString('hex');
  const judgedBy = async (
    chain: readonly Uint8Array[],
    {
      bytes = message(),
      endsAtRoot = true,
      ...more
    }: Partial<MachineChains> & { bytes?: Buffer; endsAtRoot?: boolean } = {},
  ): Promise<SignatureFacts> => {
    const [signature] = await readSignatures(bytes);
    const machine = { signer: { certificates: chain, endsAtRoot }, alternatives: [], timestamps: [], ...more };
    return await verifySignature(signature!, { digest: hash('sha256', FILE), roots: [], machine, now: CORPUS_NOW });
  };
  const told = ({ issuers, extraCertificates = [] }: SignatureFacts) => ({
    issuers: issuers.map(({ sha256 }) => sha256),
    besides: extraCertificates.map(({ sha256 }) => sha256),
  });

  it('is the one that rules compare with, and a Deny still sees what the file carries', async () => {
    const facts = await judgedBy([LEAF.der, other.der, ROOT.der]);
    expect(facts).toMatchObject({ trusted: true, faults: [] });
    expect(told(facts).issuers).toEqual([digestOf(other), digestOf(ROOT)]);
    expect(told(facts).besides).toContain(digestOf(CA));
    expect(told(facts).besides).not.toContain(digestOf(other));
  });

  it('AC-44 is not exchanged for a better one that the file carries', async () => {
    const expired = authority('CA', ROOT, { keyOf: CA, serial: 3, until: Date.UTC(2021, 0, 1) });
    expect(await judgedBy([LEAF.der, expired.der, ROOT.der])).toMatchObject({ trusted: true, faults: ['expired'] });
    expect(await judgedBy([LEAF.der, CA.der, ROOT.der], { endsAtRoot: false })).toMatchObject({
      faults: ['rootUntrusted'],
    });
    expect(await judgedBy([LEAF.der, CA.der], { endsAtRoot: false })).toMatchObject({ faults: ['chainIncomplete'] });
    expect(await judgedBy([])).toMatchObject({ faults: ['chainIncomplete'], issuers: [] });
  });

  it('AC-40 is checked again, certificate by certificate', async () => {
    const impostor = makeCertificate({ commonName: 'CA', authority: true, kind: 'ec', issuer: ROOT });
    const noAuthority = makeCertificate({ commonName: 'CA', kind: 'ec', issuer: ROOT, keyOf: CA });
    const odd = Buffer.from('no certificate');
    for (const chain of [
      [LEAF.der, impostor.der, ROOT.der],
      [LEAF.der, noAuthority.der, ROOT.der],
      [LEAF.der, ROOT.der],
      [LEAF.der, odd, ROOT.der],
    ]) {
      expect(await judgedBy(chain)).toMatchObject({ trusted: false, faults: ['chainInvalid'] });
    }
    const stranger = publisher({ serial: 77 });
    expect(await judgedBy([stranger.der, CA.der, ROOT.der])).toMatchObject({
      trusted: false,
      faults: ['chainIncomplete'],
    });
  });

  it('AC-40 is no way around a Deny for another certificate of the authority, in either form', async () => {
    const alternatives = [other.der, ROOT.der];
    const facts = await judgedBy([LEAF.der, CA.der, ROOT.der], { alternatives });
    expect(facts).toMatchObject({ trusted: true });
    const form = Buffer.from(malleatedCertificate(new Certificate(other.der))!);
    expect(told(facts).besides).toEqual(
      expect.arrayContaining([digestOf(other), hash('sha256', form).toString('hex')]),
    );
    // What the file carries and Windows did not use has another form too.
    const unused = await judgedBy([LEAF.der, other.der, ROOT.der]);
    const hidden = Buffer.from(malleatedCertificate(new Certificate(CA.der))!);
    expect(told(unused).besides).toContain(hash('sha256', hidden).toString('hex'));
  });
});

describe('a certificate signed by ECDSA', () => {
  /** Order of P-256 (FIPS 186-4). */
  const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  /** The same with (r, n-s) in place of (r, s): a signature of the same key over the same bytes. */
  const turned = (identity: Identity): Identity => {
    const node = der.change(der.parse(identity.der), [2], ({ value }) => {
      const [r, s] = der.inside(der.parse(Buffer.from(value as Uint8Array).subarray(1)));
      const other = ORDER - BigInt(`0x${Buffer.from(s!.value as Uint8Array).toString('hex')}`);
      return der.bits(der.encode(der.sequence(r!, der.integer(other))));
    });
    return { ...identity, der: der.encode(node) };
  };
  const digest = (identity: Identity): string => hash('sha256', identity.der).toString('hex');

  it.each([
    ['publisher', LEAF, (one: Identity) => message({ signer: one, certificates: [one, CA] })],
    ['authority', CA, (one: Identity) => message({ certificates: [LEAF, one] })],
  ])('AC-40 is known to a Deny rule in both of its forms: the %s', async (_who, identity, made) => {
    const other = turned(identity);
    expect(digest(other)).not.toBe(digest(identity));
    for (const [shown, hidden] of [
      [identity, other],
      [other, identity],
    ] as const) {
      const [facts] = await judged(made(shown));
      expect(facts).toMatchObject({ trusted: true, faults: [] });
      expect([facts?.leaf, ...(facts?.issuers ?? [])].map((each) => each?.sha256)).toContain(digest(shown));
      expect(facts?.extraCertificates?.map(({ sha256 }) => sha256)).toContain(digest(hidden));
    }
  });

  it.each(['P-256', 'P-384', 'P-521'])('has a second form that proves the same: %s', async (namedCurve) => {
    const { privateKey: key, publicKey } = generateKeyPairSync('ec', { namedCurve });
    const issuer = authority(namedCurve, ROOT, { keyOf: { ...ROOT, key, publicKey } });
    const by = new Certificate(issuer.der);
    const one = new Certificate(publisher({ issuer }).der);
    const other = new Certificate(malleatedCertificate(one)!);
    expect(await other.isSignedBy(by, new Turns({}))).toBe('good');
    expect(other.equals(one)).toBe(false);
    expect(new Certificate(malleatedCertificate(other)!).equals(one)).toBe(true);
  });

  it('has no second form where RSA signed it', async () => {
    const root = makeCertificate({ commonName: 'RSA', authority: true, kind: 'rsa' });
    const leaf = publisher({ issuer: root });
    const [facts] = await judged(signedBy(leaf), [root]);
    expect(facts).toMatchObject({ trusted: true });
    expect(facts).not.toHaveProperty('extraCertificates');
  });
});

describe('the search', () => {
  it('ends soon where every authority has issued every other', async () => {
    const keys = Array.from({ length: 8 }, (_, index) =>
      makeCertificate({ commonName: `Mesh ${index}`, authority: true, kind: 'ec' }),
    );
    const mesh = keys.flatMap((issuer, from) =>
      keys.flatMap((subject, to) =>
        from === to ? [] : [authority(`Mesh ${to}`, issuer, { keyOf: subject, serial: from * 8 + to + 1 })],
      ),
    );
    const leaf = publisher({ issuer: keys[0]! });
    const spent = await leastOf(1000, () =>
      effortOf(async () => expect(await faultsOf(signedBy(leaf, ...mesh))).toEqual(['chainInvalid'])),
    );
    expect(spent).toBeLessThan(1000);
  });

  it('ends soon with many large keys of one name', async () => {
    const leaf = publisher();
    const large = Array.from({ length: 60 }, (_, index) => withLargeKey(authority('CA', ROOT, { keyOf: ROOT }), index));
    const spent = await effortOf(async () =>
      expect(await faultsOf(signedBy(leaf, ...large))).toEqual(['chainInvalid']),
    );
    expect(spent).toBeLessThan(2000);
  });
});

describe('a key', () => {
  it('on a curve of its own making is not taken', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', paramEncoding: 'explicit' });
    const key = { der: Buffer.alloc(0), key: privateKey, publicKey, name: ROOT.name, serial: 1 };
    expect(await faultsOf(signedBy(publisher({ keyOf: key }), CA))).toEqual(['unsupported']);
  });

  it.each([512, 768])('of %d bits is not taken', async (modulusLength) => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
    const key = { der: Buffer.alloc(0), key: privateKey, publicKey, name: ROOT.name, serial: 1 };
    expect(await faultsOf(signedBy(publisher({ keyOf: key }), CA))).toEqual(['unsupported']);
  });
});

/** The certificate with an RSA key of 8192 bits in place of its own. */
function withLargeKey(identity: Identity, index: number): Identity {
  const modulus = Buffer.alloc(1024, 0xb5 + index);
  modulus[0] = 0xf1;
  modulus[1023] = 0x01;
  const key = der.sequence(der.integer(modulus), der.integer(Buffer.from([0x01, 0xff, 0xff, 0xff, 0xff])));
  const algorithm = der.sequence(der.objectId('1.2.840.113549.1.1.1'), der.nothing());
  const info = der.sequence(algorithm, der.bits(der.encode(key)));
  return { ...identity, der: der.encode(der.change(der.parse(identity.der), [0, 6], () => info)) };
}
