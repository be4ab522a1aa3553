import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  parsePolicyFile,
  toPolicyDocuments,
  writePolicyFile,
} from '../../../../src/policy/formats/json/policy-file.ts';
import { certificateText, readCertificateText } from '../../../../src/policy/declaration/certificate-text.ts';
import { readPolicy, writePolicy } from '../../../../src/policy/registry/registry-policy.ts';

/** The frame of a certificate: three elements in one, the signature long enough for a length of several bytes. */
const DER = Buffer.concat([
  Buffer.from([0x30, 0x82, 0x01, 0x08, 0x30, 0x00, 0x30, 0x00, 0x03, 0x82, 0x01, 0x00]),
  Buffer.alloc(0x100, 7),
]);
const BASE64 = DER.toString('base64');
const SHA256 = createHash('sha256').update(DER).digest('hex');
const PEM = `-----BEGIN CERTIFICATE-----\n${BASE64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;

describe('a certificate as text', () => {
  it.each([
    ['base64', BASE64],
    ['base64 with line breaks', BASE64.replace(/.{76}/g, '$&\r\n')],
    ['PEM', PEM],
    ['PEM with CRLF and a note before it', `subject=CN = x\r\n${PEM.replaceAll('\n', '\r\n')}`],
    ['PEM in base64', Buffer.from(PEM).toString('base64')],
  ])('is read from %s', (_, text) => {
    expect(readCertificateText(text)).toEqual({ sha256: SHA256, der: BASE64 });
  });

  it('may be its digest alone', () => {
    expect(readCertificateText(` ${SHA256.toUpperCase()}\n`)).toEqual({ sha256: SHA256 });
    expect(certificateText({ name: 'a', sha256: SHA256 as never })).toBe(SHA256);
  });

  it.each([
    ['nothing', '', 'unreadable'],
    ['a word', 'contoso', 'unreadable'],
    ['63 digits', SHA256.slice(1), 'unreadable'],
    ['bytes that are no certificate', Buffer.alloc(40).toString('base64'), 'unreadable'],
    ['a certificate with a byte behind it', Buffer.concat([DER, Buffer.alloc(1)]).toString('base64'), 'unreadable'],
    ['a certificate that is cut off', DER.subarray(0, 200).toString('base64'), 'unreadable'],
    ['PEM without an end', PEM.slice(0, 200), 'unreadable'],
    ['two certificates', PEM + PEM, 'several'],
    ['two in base64', Buffer.from(PEM + PEM).toString('base64'), 'several'],
    ['a text without end', 'A'.repeat(1_000_000), 'tooLong'],
  ])('is refused for %s', (_, text, problem) => {
    expect(readCertificateText(text)).toEqual({ problem });
  });
});

describe('certificates of a policy', () => {
  const text = JSON.stringify({
    version: 1,
    certificates: { b: PEM, a: SHA256, '10': SHA256, '9': SHA256, __proto__x: BASE64 },
    rules: [{ name: 'r', type: 'deny', certificate: { type: 'publisher', name: 'b' } }],
  });

  it('keep name and content, in one order, through the file and the registry', () => {
    const [document] = toPolicyDocuments(parsePolicyFile(text), { kind: 'device' });
    expect(document?.certificates?.map(({ name, der }) => [name, der])).toEqual([
      ['10', undefined],
      ['9', undefined],
      ['__proto__x', BASE64],
      ['a', undefined],
      ['b', BASE64],
    ]);
    expect(document?.rules[0]?.certificate).toEqual({ type: 'publisher', sha256: SHA256 });
    const written = writePolicyFile(document!);
    const [again] = toPolicyDocuments(parsePolicyFile(written), { kind: 'device' });
    expect(writePolicyFile(again!)).toBe(written);
    expect(again).toEqual(document);
    expect(readPolicy(writePolicy(document!), { kind: 'device' })).toEqual(document);
  });

  it('a name that is given twice but for case refuses the file, since no registry can hold both', () => {
    const twice = JSON.stringify({ version: 1, certificates: { a: SHA256, A: SHA256 } });
    expect(() => parsePolicyFile(twice)).toThrow(expect.objectContaining({ code: 'EPM_POLICY_INVALID' }));
  });

  it('an entry that cannot be read is reported, and a Deny that refers to it denies by its other attributes', () => {
    const rule = { name: 'r', type: 'deny', fileName: 'a.exe', certificate: { type: 'publisher', name: 'c' } };
    for (const certificates of [{ c: 'zz' }, { c: PEM + PEM }]) {
      const file = parsePolicyFile(JSON.stringify({ version: 1, certificates, rules: [rule] }));
      expect(file.problems).toMatchObject([
        { code: 'certificateUnreadable', place: { pointer: '/certificates/c', line: 1 } },
      ]);
      expect(file.report).toMatchObject([{ outcome: 'rejected', stillDenies: true }]);
    }
    const other = { ...rule, type: 'automatic' };
    const file = parsePolicyFile(JSON.stringify({ version: 1, rules: [other] }));
    expect(file.report).toMatchObject([{ outcome: 'rejected' }]);
    expect(file.report[0]).not.toHaveProperty('stillDenies');
  });

  it('a name no format can hold is reported', () => {
    const file = parsePolicyFile(JSON.stringify({ version: 1, certificates: { 'a\u0001': SHA256 } }));
    expect(file.problems).toMatchObject([{ code: 'certificateUnreadable' }]);
    expect(file.certificates).toBeUndefined();
  });
});
