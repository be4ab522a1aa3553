import { sign } from 'node:crypto';
import { decode } from 'cborg';
import { describe, expect, it } from 'vitest';
import type { StatedRequest, SupportRequest } from '../../../src/model/support-request.ts';
import { newSigningKey, publicKeyText } from '../../../src/requests/ed25519.ts';
import { readGrantText } from '../../../src/requests/grants/grant-text.ts';
import { deviceIdOf, readRequestText, REQUEST_PREFIX, writeRequestText } from '../../../src/requests/request-text.ts';
import { MAX_SIGNED_TEXT } from '../../../src/requests/signed-text.ts';
import { bytesOf, cbor, certificate, requestOf, textOf, wrap } from './statements.ts';

const key = newSigningKey();
const publicKey = publicKeyText(key);
const REQUEST = requestOf(publicKey);
const SMALL = requestOf(publicKey, {
  applicationDetail: { ...REQUEST.applicationDetail, certificateChain: [certificate('Example Ltd', 40)] },
});
const TEXT = writeRequestText(SMALL, key);

const refused = (reason: string, member?: string) =>
  expect.objectContaining({
    code: 'EPM_REQUEST_TEXT_INVALID',
    data: member === undefined ? { reason } : { reason, member },
  });

const payload = (): Map<number, unknown> =>
  decode((decode(bytesOf(TEXT), { useMaps: true }) as readonly Uint8Array[])[2]!, { useMaps: true }) as Map<
    number,
    unknown
  >;
const headersFor = (text: string): Buffer =>
  cbor(
    new Map<number, unknown>([
      [1, -19],
      [4, Buffer.from(text, 'base64')],
    ]),
  );
const withPayload = (change: (map: Map<number, unknown>) => void): string => {
  const map = payload();
  change(map);
  return textOf({ prefix: REQUEST_PREFIX, headers: headersFor(publicKey), content: cbor(map) }, key);
};

describe('a request as text', () => {
  it('says what the device stated, and with which key', () => {
    expect(readRequestText(TEXT)).toEqual({ request: SMALL, publicKey });
  });

  it('carries nothing of the answer', () => {
    const answered: SupportRequest = {
      ...SMALL,
      status: 'denied',
      reviewerJustification: 'no',
      applicationDetail: { ...SMALL.applicationDetail, publisherCert: ['AAAA'] },
    };
    expect(writeRequestText(answered, key)).toBe(TEXT);
  });

  it('needs little', () => {
    const { fileHash, fileName, filePath } = REQUEST.applicationDetail;
    const { requestedByUserPrincipalName: _n, fromInternet: _i, rule: _r, ...rest } = REQUEST;
    const least: StatedRequest = { ...rest, arguments: [], applicationDetail: { fileHash, fileName, filePath } };
    expect(readRequestText(writeRequestText(least, key)).request).toEqual(least);
  });

  it('leaves out the certificates that do not fit, and keeps their names and digests', () => {
    const { certificateChain = [] } = readRequestText(writeRequestText(REQUEST, key)).request.applicationDetail;
    const [leaf, ...issuers] = REQUEST.applicationDetail.certificateChain ?? [];
    expect(certificateChain).toEqual([leaf, ...issuers.map(({ der: _, ...certificate }) => certificate)]);
  });

  it('leaves out the certificate of the signer too, when it is as long', () => {
    const chain = [certificate('Example Ltd', 3000), certificate('Example Root', 3000)];
    const text = writeRequestText(
      { ...REQUEST, applicationDetail: { ...REQUEST.applicationDetail, certificateChain: chain } },
      key,
    );
    const { certificateChain = [] } = readRequestText(text).request.applicationDetail;
    expect(certificateChain).toEqual(chain.map(({ der: _, ...certificate }) => certificate));
  });

  it('leaves out what the file says of itself, before it fails', () => {
    const file = { ...REQUEST.applicationDetail, fileDescription: 'x'.repeat(3000) };
    const { applicationDetail, ...rest } = readRequestText(
      writeRequestText({ ...REQUEST, applicationDetail: file }, key),
    ).request;
    const { fileHash, fileName, filePath, publisherName, publisherTrusted } = REQUEST.applicationDetail;
    expect(applicationDetail).toEqual({ fileHash, fileName, filePath, publisherName, publisherTrusted });
    expect(rest).toEqual(expect.objectContaining({ arguments: REQUEST.arguments, rule: REQUEST.rule }));
  });

  it('fails when the arguments alone are too long', () => {
    expect(() => writeRequestText({ ...REQUEST, arguments: ['x'.repeat(3000)] }, key)).toThrow(refused('tooLong'));
    const long = writeRequestText({ ...REQUEST, arguments: ['x'.repeat(2000)] }, key);
    expect(long.length).toBeLessThanOrEqual(MAX_SIGNED_TEXT);
    expect(readRequestText(long).request.arguments).toEqual(['x'.repeat(2000)]);
  });

  it('takes odd texts of a file as they can be told', () => {
    const file = { ...SMALL.applicationDetail, productName: 'half \ud83d', productVersion: '' };
    const { applicationDetail } = readRequestText(writeRequestText({ ...SMALL, applicationDetail: file }, key)).request;
    expect(applicationDetail.productName).toBe('half \ufffd');
    expect(applicationDetail).not.toHaveProperty('productVersion');
  });

  it.each<[string, Partial<Record<keyof StatedRequest, unknown>>]>([
    ['id', { id: 'request' }],
    ['requestedByUserId', { requestedByUserId: 'CONTOSO\\ada' }],
    ['requestCreatedDateTime', { requestCreatedDateTime: 'yesterday' }],
    ['requestCreatedDateTime', { requestCreatedDateTime: '2030-01-01' }],
    ['timesAsked', { timesAsked: 0 }],
    ['requestJustification', { requestJustification: '' }],
    ['arguments', { arguments: ['a\0b'] }],
    ['rule', { rule: { policyId: 'p', scope: 'device', name: 'n', type: 'anything' } }],
  ])('cannot state a %s such as %j', (member, change) => {
    expect(() => writeRequestText({ ...SMALL, ...change } as StatedRequest, key)).toThrow(refused('member', member));
  });
});

describe('a device', () => {
  it('is named by its key', () => {
    expect(deviceIdOf(publicKey)).toMatch(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(deviceIdOf(publicKeyText(newSigningKey()))).not.toBe(deviceIdOf(publicKey));
  });

  it('makes no request in the name of another', () => {
    const foreign = newSigningKey();
    expect(() => writeRequestText(SMALL, foreign)).toThrow(refused('device'));
    // Signed by somebody else's key, and that key told.
    const content = cbor(payload());
    const own = textOf({ prefix: REQUEST_PREFIX, headers: headersFor(publicKeyText(foreign)), content }, foreign);
    expect(() => readRequestText(own)).toThrow(refused('device'));
    // Signed by somebody else's key, and the device's told.
    const claimed = textOf({ prefix: REQUEST_PREFIX, headers: headersFor(publicKey), content }, foreign);
    expect(() => readRequestText(claimed)).toThrow(refused('signature'));
  });

  it('is none whose key anybody has', () => {
    const weak = Buffer.concat([Buffer.of(1), Buffer.alloc(31)]);
    const headers = headersFor(weak.toString('base64'));
    const content = cbor(payload());
    const signature = Buffer.concat([weak, Buffer.alloc(32)]);
    const text = textOf({ prefix: REQUEST_PREFIX, headers, content, signature }, key);
    expect(() => readRequestText(text)).toThrow(refused('signature'));
  });

  it('signs requests, and its signature is none for a grant', () => {
    const content = cbor(payload());
    const headers = headersFor(publicKey);
    const forGrant = sign(null, cbor(['Signature1', headers, Buffer.from('EPM1.'), content]), key);
    const text = textOf({ prefix: REQUEST_PREFIX, headers, content, signature: forGrant }, key);
    expect(() => readRequestText(text)).toThrow(refused('signature'));
    expect(() => readGrantText(TEXT)).toThrow(expect.objectContaining({ code: 'EPM_GRANT_INVALID' }));
  });
});

describe('a text that is no request is refused', () => {
  it('after any change of a bit', () => {
    const bytes = bytesOf(TEXT);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => readRequestText(wrap(REQUEST_PREFIX, changed)), `bit ${bit}`).toThrow(
        expect.objectContaining({ code: 'EPM_REQUEST_TEXT_INVALID' }),
      );
    }
  });

  const file = (map: Map<number, unknown>) => map.get(10) as Map<number, unknown>;
  it.each<[string, (map: Map<number, unknown>) => void, string?]>([
    ['an unknown member', (map) => map.set(99, 1)],
    ['an unknown member of the file', (map) => file(map).set(99, 1)],
    ['a file that is none', (map) => map.set(10, 'setup.exe'), 'applicationDetail'],
    ['a file without a digest', (map) => file(map).delete(1), 'fileHash'],
    ['a name that is a number', (map) => file(map).set(2, 7), 'fileName'],
    ['an empty chain', (map) => file(map).set(7, []), 'certificateChain'],
    ['a chain of texts', (map) => file(map).set(7, ['CN=x']), 'certificateChain'],
    [
      'a chain without end',
      (map) =>
        file(map).set(
          7,
          Array.from({ length: 17 }, () => new Map()),
        ),
      'certificateChain',
    ],
    [
      'a certificate that is another one',
      (map) => (file(map).get(7) as Map<number, unknown>[])[0]?.set(5, Buffer.of(1)),
      'certificateChain',
    ],
    ['a flag that is a number', (map) => map.set(12, 1), 'fromInternet'],
    ['a rule that is a text', (map) => map.set(14, 'rule'), 'rule'],
    ['a rule of another scope', (map) => map.set(14, ['p', 2, 'n', 'deny']), 'rule'],
    ['a rule of a type that there is not', (map) => map.set(14, ['p', 0, 'n', '__proto__']), 'rule'],
    ['a time that no clock has', (map) => map.set(6, Number.MAX_SAFE_INTEGER), 'requestCreatedDateTime'],
  ])('with %s, although it is signed', (_, change, member) => {
    expect(() => readRequestText(withPayload(change))).toThrow(refused('member', member));
  });
});
