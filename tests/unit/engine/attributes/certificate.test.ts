import { expect, it } from 'vitest';
import { ask, saidOf } from './condition.ts';

const [LEAF, ROOT, OTHER] = ['b', 'c', 'd'].map((digit) => digit.repeat(64)) as [string, string, string];
const good = {
  leaf: LEAF,
  issuers: [ROOT],
  trusted: true,
  validNow: true,
  validAtTimestamp: false,
  revocation: 'good',
} as const;
const wanted = (type: 'publisher' | 'issuingAuthority', sha256: string) => ({ certificate: { type, sha256 } });

it('rejects an unknown type and what is no digest', () => {
  expect(saidOf({ certificate: { type: 'other' as never, sha256: LEAF } })).toEqual(['certificateInvalid']);
  expect(saidOf(wanted('publisher', 'b'))).toEqual(['certificateInvalid']);
});

it('stands where the rule looks for it', () => {
  const file = { facts: { signatures: [good] } };
  expect(ask('certificate', wanted('publisher', LEAF.toUpperCase()), file)).toBe(true);
  expect(ask('certificate', wanted('issuingAuthority', ROOT), file)).toBe(true);
  expect(ask('certificate', wanted('publisher', ROOT), file)).toEqual({
    expected: `${ROOT} as the signer`,
    found: `signed by ${LEAF}`,
  });
});

it('counts on a Deny wherever a signature carries it, and elsewhere only when the signature is good', () => {
  const bad = { ...good, trusted: false, extraCertificates: [OTHER] };
  const file = { facts: { signatures: [bad] } };
  for (const sha256 of [LEAF, ROOT, OTHER]) {
    expect(ask('certificate', wanted('publisher', sha256), file, 'deny')).toBe(true);
  }
  expect(ask('certificate', wanted('publisher', LEAF), file)).toMatchObject({
    found: 'a signature that this machine does not trust',
  });
});

it('says that nobody signed', () => {
  expect(ask('certificate', wanted('publisher', LEAF), {})).toMatchObject({ found: 'no signature' });
});
