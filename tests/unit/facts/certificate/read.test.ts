/** Certificates as administrators paste and upload them. */
import { describe, expect, it } from 'vitest';
import { certificateFacts, readCertificate } from '../../../../src/facts/certificate/index.ts';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import * as der from '../../../corpus/der.ts';
import { keyPem, makeCertificate, pem, VALID_FROM, VALID_UNTIL } from '../../../corpus/pki.ts';

const ROOT = makeCertificate({ commonName: 'Root', authority: true, kind: 'ec' });
const LEAF = makeCertificate({ commonName: 'Publisher', issuer: ROOT, kind: 'ec', serial: 0x1234 });
const base64 = LEAF.der.toString('base64');
const lines = (text: string, width: number, end: string) => text.match(new RegExp(`.{1,${width}}`, 'g'))!.join(end);

const refusal = (input: Uint8Array | string): string => {
  try {
    readCertificate(input);
  } catch (error) {
    if (error instanceof MalformedContent) return error.message;
    throw error;
  }
  return 'taken';
};

describe('readCertificate', () => {
  it.each<[string, Uint8Array | string]>([
    ['DER', LEAF.der],
    ['base64', base64],
    ['base64 with line breaks', lines(base64, 64, '\r\n')],
    ['base64 with odd line breaks', `\n ${lines(base64, 7, '\n\t')} \n`],
    ['PEM', pem(LEAF)],
    ['PEM with Windows line ends and text around it', `subject=Publisher\r\n${pem(LEAF).replaceAll('\n', '\r\n')}\r\n`],
    ['PEM as bytes with a byte order mark', Buffer.from(`\ufeff${pem(LEAF)}`)],
    ['PEM in UTF-16', Buffer.from(`\ufeff${pem(LEAF)}`, 'utf16le')],
    ['PEM in base64', Buffer.from(pem(LEAF)).toString('base64')],
    [
      'PEM in base64 with line breaks, as a file',
      Buffer.from(lines(Buffer.from(pem(LEAF)).toString('base64'), 76, '\n')),
    ],
  ])('reads %s', (_, input) => {
    expect(Buffer.compare(readCertificate(input), LEAF.der)).toBe(0);
  });

  it('refuses what is not one certificate, and says why', () => {
    expect(refusal('')).toBe('It is neither DER, PEM nor base64.');
    expect(refusal('Hello!')).toBe('It is neither DER, PEM nor base64.');
    expect(refusal(Buffer.alloc(0))).toBe('It is neither DER, PEM nor base64.');
    expect(refusal(`${pem(LEAF)}${pem(ROOT)}`)).toBe('It holds several certificates; give one.');
    expect(refusal(`${pem(LEAF)}${keyPem(LEAF)}`)).toBe('It holds several certificates; give one.');
    expect(refusal(keyPem(LEAF))).toBe('The PEM block is not a certificate.');
    expect(refusal(pem(LEAF).slice(0, -20))).toBe('A PEM block is not complete.');
    expect(refusal(Buffer.concat([LEAF.der, ROOT.der]))).toBe('Something follows its end.');
    expect(refusal(Buffer.concat([LEAF.der, Buffer.alloc(1)]))).toBe('Something follows its end.');
    expect(refusal(LEAF.der.subarray(0, -1))).toBe('An element ends outside of its parent.');
    expect(refusal('A'.repeat(200_000))).toMatch(/^It is longer than/);
    // PEM in base64 in base64.
    expect(refusal(Buffer.from(Buffer.from(pem(LEAF)).toString('base64')).toString('base64'))).not.toBe('taken');
  });

  it('refuses a second way to write the same certificate, which would have another digest', () => {
    const long = Buffer.concat([Buffer.from([0x30, 0x83, 0]), LEAF.der.subarray(2)]);
    expect(refusal(long)).toBe('The length of an element is written longer than needed.');
    const indefinite = Buffer.concat([Buffer.from([0x30, 0x80]), LEAF.der.subarray(4), Buffer.alloc(2)]);
    expect(refusal(indefinite)).toBe('It is not in DER.');
    const unused = der.change(der.parse(LEAF.der), [2], ({ value }) =>
      der.bits(Buffer.from(value as Uint8Array).subarray(1), 1),
    );
    expect(refusal(der.encode(unused))).toBe('A bit string does not end on a whole byte.');
    const other = der.change(der.parse(LEAF.der), [1, 0], () => der.objectId('1.2.840.10045.4.3.3'));
    expect(refusal(der.encode(other))).toBe('It names two signature algorithms.');
  });

  it('refuses more purposes than any certificate has', () => {
    const usages = Array.from({ length: 65 }, (_, index) => `1.2.3.${index}`);
    const withUsages = (count: number) =>
      refusal(makeCertificate({ commonName: 'X', kind: 'ec', usages: usages.slice(0, count) }).der);
    expect(withUsages(64)).toBe('taken');
    expect(withUsages(65)).toBe('There are too many usages.');
  });

  it('refuses an extension that is there twice', () => {
    const twice = makeCertificate({ commonName: 'X', kind: 'ec', extensions: [['2.5.29.15', false, der.nothing()]] });
    expect(refusal(twice.der)).toBe('An extension is there twice.');
  });
});

describe('certificateFacts', () => {
  it('tells what a person and a rule need', () => {
    const facts = certificateFacts(LEAF.der);
    expect(facts).toEqual({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      subject: 'CN=Publisher,O=EPM Tests,C=DE',
      issuer: 'CN=Root,O=EPM Tests,C=DE',
      serialNumber: '1234',
      notBefore: VALID_FROM,
      notAfter: VALID_UNTIL,
    });
    expect(certificateFacts(LEAF.der, { withDer: true })).toEqual({ ...facts, der: base64 });
  });

  it('escapes names by RFC 4514, and what a person would not see', () => {
    const subject = (name: string) => certificateFacts(makeCertificate({ commonName: name, kind: 'ec' }).der).subject;
    expect(subject('A, "B" + <C>; \\')).toBe('CN=A\\, \\"B\\" \\+ \\<C\\>\\; \\\\,O=EPM Tests,C=DE');
    expect(subject(' # ')).toBe('CN=\\ #\\ ,O=EPM Tests,C=DE');
    expect(subject('#1')).toBe('CN=\\#1,O=EPM Tests,C=DE');
    expect(subject('Micro\u202esoft\u0007')).toBe('CN=Micro<U+202E>soft<U+0007>,O=EPM Tests,C=DE');
    expect(subject('A\u0000B')).toBe('CN=A\\00B,O=EPM Tests,C=DE');
    expect(subject('x'.repeat(5000)).length).toBeLessThanOrEqual(1024);
  });

  it('writes a name whose text cannot be read as its encoding', () => {
    const broken = der.change(der.parse(LEAF.der), [0, 5, 2, 0, 1], () => ({ tag: 0x0c, value: Buffer.from([0xff]) }));
    expect(certificateFacts(der.encode(broken)).subject).toBe('CN=#0c01ff,O=EPM Tests,C=DE');
    const unknown = der.change(der.parse(LEAF.der), [0, 5, 2, 0, 0], () => der.objectId('2.25.329800735698586629'));
    expect(certificateFacts(der.encode(unknown)).subject).toMatch(/^2\.25\.\d+=#0c095075626c6973686572,/);
    const wide = { tag: 0x1e, value: Buffer.from('Ä', 'utf16le').swap16() };
    expect(certificateFacts(der.encode(der.change(der.parse(LEAF.der), [0, 5, 2, 0, 1], () => wide))).subject).toBe(
      'CN=Ä,O=EPM Tests,C=DE',
    );
  });
});
