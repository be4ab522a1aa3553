import { describe, expect, it } from 'vitest';
import { certificateOrNone, knownCertificate } from '../../../../src/facts/certificate/known.ts';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import { Turns } from '../../../../src/facts/turns.ts';
import { makeCertificate } from '../../../corpus/pki.ts';
import { CA, LEAF, ROOT } from '../authenticode/people.ts';

const known = (der: Uint8Array) => knownCertificate(der, 'test');

describe('a certificate that was read before', () => {
  it('is the same one, whoever carries its bytes, and is kept apart from them', () => {
    const message = Buffer.concat([Buffer.alloc(5), LEAF.der, Buffer.alloc(5)]);
    const bytes = message.subarray(5, 5 + LEAF.der.length);
    const one = known(bytes);
    message.fill(0);
    expect(Buffer.from(one.der)).toEqual(LEAF.der);
    expect(known(Buffer.from(LEAF.der))).toBe(one);
  });

  it('is another one with one bit that differs', () => {
    const other = Buffer.from(LEAF.der);
    other.writeUInt8(other.readUInt8(other.length - 1) ^ 1, other.length - 1);
    expect(known(other)).not.toBe(known(LEAF.der));
    expect(known(other).equals(known(LEAF.der))).toBe(false);
  });

  it('AC-40 answers for each authority by itself', async () => {
    const impostor = makeCertificate({ commonName: 'CA', authority: true, kind: 'ec', issuer: ROOT });
    for (let round = 0; round < 2; round += 1) {
      expect(await known(LEAF.der).isSignedBy(known(CA.der), new Turns({}))).toBe('good');
      expect(await known(LEAF.der).isSignedBy(known(impostor.der), new Turns({}))).toBe('bad');
    }
  });

  it('is forgotten when many others came after it', () => {
    const one = known(LEAF.der);
    const changed = (index: number): Buffer => {
      const der = Buffer.from(LEAF.der);
      der.writeUInt16BE(index, der.length - 2);
      return der;
    };
    for (let index = 0; index < 300; index += 1) known(changed(index));
    expect(known(LEAF.der)).not.toBe(one);
  });

  it('is none where it cannot be read', () => {
    expect(certificateOrNone(Buffer.from('3000', 'hex'), 'test')).toBeUndefined();
    expect(() => known(Buffer.from('3000', 'hex'))).toThrow(MalformedContent);
  });
});
