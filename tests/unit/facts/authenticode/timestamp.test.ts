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

const stamped = (token: Uint8Array, type: string = cms.CMS.timestampToken) =>
  judged(cms.withUnsigned(plain, cms.attribute(type, der.raw(token))))[0]!;
const token = (wish: Partial<cms.TokenWish> = {}) =>
  cms.timestampToken({ authority: TIMESTAMPING, time: THEN, over, ...wish });

describe('a timestamp', () => {
  it('prolongs the signature it covers', () => {
    expect(stamped(token())).toMatchObject({
      validNow: false,
      validAtTimestamp: true,
      faults: ['expired'],
      timestamp: { kind: 'rfc3161', time: THEN, trusted: true, authority: 'CN=TSA,O=EPM Tests,C=DE' },
    });
    expect(stamped(token(), '1.2.840.113549.1.9.16.2.14').validAtTimestamp).toBe(true);
  });

  it('may leave the certificate of its authority to the signature', () => {
    expect(stamped(token({ certificates: [] })).validAtTimestamp).toBe(true);
  });

  const untrusted = { validAtTimestamp: false, faults: ['expired', 'timestampInvalid'], timestamp: { trusted: false } };

  it('must say whose it is', () => {
    expect(stamped(token({ named: null }))).toMatchObject(untrusted);
    expect(stamped(token({ named: ROOT }))).toMatchObject(untrusted);
  });

  it('may not lie in the future, but for clocks that differ', () => {
    expect(stamped(token({ time: CORPUS_NOW + 2 * DAY }))).toMatchObject(untrusted);
    expect(stamped(token({ time: CORPUS_NOW + DAY / 2 })).timestamp?.trusted).toBe(true);
  });

  it('must be made within the validity of its authority', () => {
    const young = makeCertificate({
      commonName: 'TSA',
      issuer: ROOT,
      usages: [OID.timeStamping],
      kind: 'ec',
      from: Date.UTC(2020, 6, 1),
    });
    expect(stamped(token({ authority: young }))).toMatchObject(untrusted);
    expect(stamped(token({ authority: young, time: Date.UTC(2020, 7, 1) })).validAtTimestamp).toBe(true);
  });

  it('AC-43 is not made by whoever signs files, though its certificate names both purposes', () => {
    const both = publisher({ usages: [OID.codeSigning, OID.timeStamping], until: Date.UTC(2021, 0, 1) });
    expect(stamped(token({ authority: both }))).toMatchObject(untrusted);
    const own = message({ signer: both, certificates: [both, CA] });
    const dated = token({ authority: both, over: cms.signatureValue(own) });
    expect(judged(cms.withUnsigned(own, cms.attribute(cms.CMS.timestampToken, der.raw(dated))))).toMatchObject([
      untrusted,
    ]);
  });

  it('does not hold with a weak digest', () => {
    expect(stamped(token({ digest: 'sha1' }))).toMatchObject(untrusted);
  });

  it('of another signature does not hold', () => {
    expect(stamped(token({ over: Buffer.from('another signature') }))).toMatchObject(untrusted);
  });

  it.each([
    ['no message at all', der.encode(der.integer(1))],
    ['a signature of a file', message()],
    ['a list without end', der.encode(der.sequence(der.sequence(), der.sequence()))],
  ])('that is %s counts as one that does not hold', (_, bytes) => {
    const facts = stamped(bytes);
    expect(facts).toMatchObject({ validAtTimestamp: false, faults: ['expired', 'timestampInvalid'], trusted: true });
    expect(facts.timestamp).toBeUndefined();
  });

  it('that holds is found behind one that does not', () => {
    const bad = cms.attribute(cms.CMS.timestampToken, der.raw(token({ named: null })));
    const good = cms.countersignature(over, TIMESTAMPING, THEN, 'sha256');
    const [facts] = judged(cms.withUnsigned(cms.withUnsigned(plain, bad), good));
    expect(facts).toMatchObject({
      validAtTimestamp: true,
      faults: ['expired'],
      timestamp: { kind: 'countersignature', trusted: true },
    });
  });

  it('is looked for three times at most', () => {
    const bad = Array.from({ length: 3 }, () => der.raw(token({ named: null })));
    const good = cms.countersignature(over, TIMESTAMPING, THEN, 'sha256');
    const [facts] = judged(
      cms.withUnsigned(cms.withUnsigned(plain, cms.attribute(cms.CMS.timestampToken, ...bad)), good),
    );
    expect(facts).toMatchObject(untrusted);
  });

  it('holds with roots alone: its authority must be trusted too', () => {
    const stranger = makeCertificate({ commonName: 'TSA', usages: [OID.timeStamping], kind: 'ec' });
    expect(stamped(token({ authority: stranger }))).toMatchObject(untrusted);
  });
});
