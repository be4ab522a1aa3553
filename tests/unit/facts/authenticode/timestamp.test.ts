/** Timestamps that look right at first sight. The plain right and wrong ones are in the corpus. */
import { describe, expect, it } from 'vitest';
import * as cms from '../../../corpus/cms.ts';
import * as der from '../../../corpus/der.ts';
import { CORPUS_NOW, makeCertificate, OID } from '../../../corpus/pki.ts';
import { CA, judged, message, publisher, ROOT, TIMESTAMPING } from './people.ts';

const THEN = Date.UTC(2020, 5, 1);
const DAY = 24 * 60 * 60 * 1000;
const expired = publisher({ until: Date.UTC(2021, 0, 1) });
const plain = message({ signer: expired, certificates: [expired, CA, TIMESTAMPING] });
const over = cms.signatureValue(plain);

const stamped = async (token: Uint8Array, type: string = cms.CMS.timestampToken) =>
  (await judged(cms.withUnsigned(plain, cms.attribute(type, der.raw(token)))))[0]!;
const token = (wish: Partial<cms.TokenWish> = {}) =>
  cms.timestampToken({ authority: TIMESTAMPING, time: THEN, over, ...wish });

describe('a timestamp', () => {
  it('prolongs the signature it covers', async () => {
    expect(await stamped(token())).toMatchObject({
      validNow: false,
      validAtTimestamp: true,
      faults: ['expired'],
      timestamp: { kind: 'rfc3161', time: THEN, trusted: true, authority: 'CN=TSA,O=EPM Tests,C=DE' },
    });
    expect((await stamped(token(), '1.2.840.113549.1.9.16.2.14')).validAtTimestamp).toBe(true);
  });

  it('may leave the certificate of its authority to the signature', async () => {
    expect((await stamped(token({ certificates: [] }))).validAtTimestamp).toBe(true);
  });

  const untrusted = { validAtTimestamp: false, faults: ['expired', 'timestampInvalid'], timestamp: { trusted: false } };

  it('must say whose it is', async () => {
    expect(await stamped(token({ named: null }))).toMatchObject(untrusted);
    expect(await stamped(token({ named: ROOT }))).toMatchObject(untrusted);
  });

  it('may not lie in the future, but for clocks that differ', async () => {
    expect(await stamped(token({ time: CORPUS_NOW + 2 * DAY }))).toMatchObject(untrusted);
    expect((await stamped(token({ time: CORPUS_NOW + DAY / 2 }))).timestamp?.trusted).toBe(true);
  });

  it('must be made within the validity of its authority', async () => {
    const young = makeCertificate({
      commonName: 'TSA',
      issuer: ROOT,
      usages: [OID.timeStamping],
      kind: 'ec',
      from: Date.UTC(2020, 6, 1),
    });
    expect(await stamped(token({ authority: young }))).toMatchObject(untrusted);
    expect((await stamped(token({ authority: young, time: Date.UTC(2020, 7, 1) }))).validAtTimestamp).toBe(true);
  });

  it('AC-43 is not made by whoever signs files, though its certificate names both purposes', async () => {
    const both = publisher({ usages: [OID.codeSigning, OID.timeStamping], until: Date.UTC(2021, 0, 1) });
    expect(await stamped(token({ authority: both }))).toMatchObject(untrusted);
    const own = message({ signer: both, certificates: [both, CA] });
    const dated = token({ authority: both, over: cms.signatureValue(own) });
    expect(await judged(cms.withUnsigned(own, cms.attribute(cms.CMS.timestampToken, der.raw(dated))))).toMatchObject([
      untrusted,
    ]);
  });

  it('does not hold with a weak digest', async () => {
    expect(await stamped(token({ digest: 'sha1' }))).toMatchObject(untrusted);
  });

  it('of another signature does not hold', async () => {
    expect(await stamped(token({ over: Buffer.from('another signature') }))).toMatchObject(untrusted);
  });

  it.each([
    ['no message at all', der.encode(der.integer(1))],
    ['a signature of a file', message()],
    ['a list without end', der.encode(der.sequence(der.sequence(), der.sequence()))],
  ])('that is %s counts as one that does not hold', async (_, bytes) => {
    const facts = await stamped(bytes);
    expect(facts).toMatchObject({ validAtTimestamp: false, faults: ['expired', 'timestampInvalid'], trusted: true });
    expect(facts.timestamp).toBeUndefined();
  });

  it('that holds is found behind one that does not', async () => {
    const bad = cms.attribute(cms.CMS.timestampToken, der.raw(token({ named: null })));
    const good = cms.countersignature(over, TIMESTAMPING, THEN, 'sha256');
    const [facts] = await judged(cms.withUnsigned(cms.withUnsigned(plain, bad), good));
    expect(facts).toMatchObject({
      validAtTimestamp: true,
      faults: ['expired'],
      timestamp: { kind: 'countersignature', trusted: true },
    });
  });

  it('is looked for three times at most', async () => {
    const bad = Array.from({ length: 3 }, () => der.raw(token({ named: null })));
    const good = cms.countersignature(over, TIMESTAMPING, THEN, 'sha256');
    const [facts] = await judged(
      cms.withUnsigned(cms.withUnsigned(plain, cms.attribute(cms.CMS.timestampToken, ...bad)), good),
    );
    expect(facts).toMatchObject(untrusted);
  });

  it('holds with roots alone: its authority must be trusted too', async () => {
    const stranger = makeCertificate({ commonName: 'TSA', usages: [OID.timeStamping], kind: 'ec' });
    expect(await stamped(token({ authority: stranger }))).toMatchObject(untrusted);
  });
});
