import { createHash } from 'node:crypto';
import { decode } from 'cborg';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256, sid } from '../../../../src/model/brands.ts';
import { GRANT_FIELDS, type GrantStatement } from '../../../../src/model/grant.ts';
import { newSigningKey, publicKeyText } from '../../../../src/requests/ed25519.ts';
import { GRANT_PREFIX, readGrantText, writeGrantText } from '../../../../src/requests/grants/grant-text.ts';
import { keyIdOf } from '../../../../src/requests/grants/grant-values.ts';
import { MAX_SIGNED_TEXT } from '../../../../src/requests/signed-text.ts';
import { bytesOf, cbor, DAY, GRANT, textOf, wrap } from '../statements.ts';

const key = newSigningKey();
const TEXT = writeGrantText(GRANT, key);

const refused = (reason: string, member?: string) =>
  expect.objectContaining({ code: 'EPM_GRANT_INVALID', data: member === undefined ? { reason } : { reason, member } });

/** The payload of a text as the map that it is. */
const payload = (): Map<number, unknown> =>
  decode((decode(bytesOf(TEXT)) as readonly Uint8Array[])[2]!, { useMaps: true }) as Map<number, unknown>;
const headers = (kid: unknown = keyIdOf(publicKeyText(key)), alg: unknown = -19): Buffer =>
  cbor(
    new Map([
      [1, alg],
      [4, kid],
    ]),
  );
const withContent = (content: Uint8Array): string => textOf({ prefix: GRANT_PREFIX, headers: headers(), content }, key);
const withPayload = (change: (map: Map<number, unknown>) => void): string => {
  const map = payload();
  change(map);
  return withContent(cbor(map));
};

describe('a grant as text', () => {
  it('has at most 300 characters in the common case', () => {
    expect(GRANT.fileName).toHaveLength(14);
    expect(TEXT.length).toBeLessThanOrEqual(300);
  });

  it('says what was signed', () => expect(readGrantText(TEXT).statement).toEqual(GRANT));

  it('is the same whenever the same is signed', () => expect(writeGrantText({ ...GRANT }, key)).toBe(TEXT));

  it('may be broken anywhere by white space', () => {
    const pasted = ` ${TEXT.replace(/(.{40})/g, '$1\r\n\t')}\n`;
    expect(readGrantText(pasted).statement).toEqual(GRANT);
  });

  it('carries everything that it can carry', () => {
    const full: GrantStatement = {
      ...GRANT,
      device: { kind: 'group', name: 'Laptops of sales' },
      arguments: ['', '/quiet', 'TARGETDIR=C:\\Program Files\\Ä', '--name=\u{1f600}'],
      uses: 1,
      reason: 'Ticket 4711: needed for the audit.',
    };
    expect(readGrantText(writeGrantText(full, key)).statement).toEqual(full);
    const { requester: _, ...forAnyUser } = GRANT;
    expect(readGrantText(writeGrantText(forAnyUser, key)).statement).toEqual(forAnyUser);
  });

  it('survives whatever values its members take', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !text.includes('\0'));
    const statements = fc.record({
      id: fc.stringMatching(/^[0-9a-f]{16}$/),
      sha256: fc.stringMatching(/^[0-9a-f]{64}$/).map(sha256),
      arguments: fc.array(word, { maxLength: 8 }),
      from: fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000),
      uses: fc.integer({ min: 1, max: 65535 }),
      requester: fc
        .array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 15 })
        .map((parts) => sid(`S-1-5-${parts.join('-')}`)),
    });
    fc.assert(
      fc.property(statements, (values) => {
        const statement = { ...GRANT, ...values, until: values.from + DAY };
        expect(readGrantText(writeGrantText(statement, key)).statement).toEqual(statement);
      }),
      { numRuns: 300 },
    );
  });

  it.each<[keyof GrantStatement, Partial<Record<keyof GrantStatement, unknown>>]>([
    ['id', { id: '0123' }],
    ['id', { id: '0123456789ABCDEF' }],
    ['requestId', { requestId: 'AAECAwQFBgcICQoLDA0ODx' }],
    ['device', { device: { kind: 'device', id: 'laptop' } }],
    ['device', { device: { kind: 'device', id: '3F2504E0-4F89-11D3-9A0C-0305E82C3301' } }],
    ['device', { device: { kind: 'group', name: '' } }],
    ['requester', { requester: 'S-1-5-21-4294967296-1' }],
    ['requester', { requester: 'S-1-5-021-1' }],
    ['requester', { requester: 'DOMAIN\\user' }],
    ['sha256', { sha256: 'ab'.repeat(31) }],
    ['fileName', { fileName: '' }],
    ['fileName', { fileName: 'a/b.exe' }],
    ['fileName', { fileName: 'C:\\b.exe' }],
    ['fileName', { fileName: 'a*.exe' }],
    ['fileName', { fileName: 'a\u0007.exe' }],
    ['fileName', { fileName: `${'a'.repeat(252)}.exe` }],
    ['fileName', { fileName: 'a\ud800.exe' }],
    ['arguments', { arguments: ['a\0b'] }],
    ['arguments', { arguments: ['\udc00'] }],
    ['from', { from: GRANT.from + 1 }],
    ['from', { from: -1000 }],
    ['until', { until: GRANT.from }],
    ['until', { until: Infinity }],
    ['uses', { uses: 0 }],
    ['uses', { uses: 1.5 }],
    ['reason', { reason: '' }],
    ['reason', { reason: ' outer blank' }],
    ['reason', { reason: 'two\nlines' }],
    ['reason', { reason: 'a'.repeat(257) }],
  ])('cannot state a %s such as %j', (member, change) => {
    expect(() => writeGrantText({ ...GRANT, ...change } as GrantStatement, key)).toThrow(refused('member', member));
  });

  it('cannot be longer than people can paste', () => {
    const statement = { ...GRANT, arguments: ['x'.repeat(MAX_SIGNED_TEXT)] };
    expect(() => writeGrantText(statement, key)).toThrow(refused('tooLong'));
    const text = withPayload((map) => map.set(7, ['x'.repeat(MAX_SIGNED_TEXT)]));
    expect(() => readGrantText(text)).toThrow(refused('tooLong'));
    expect(() => readGrantText(`${TEXT}${' '.repeat(1_000_000)}`)).toThrow(refused('tooLong'));
  });
});

describe('a text that is no grant is refused', () => {
  it.each<[string, string, string]>([
    ['nothing', '', 'prefix'],
    ['another prefix', TEXT.replace('EPM1.', 'EPM2.'), 'prefix'],
    ['the prefix in another case', TEXT.replace('EPM1.', 'epm1.'), 'prefix'],
    ['a request', TEXT.replace('EPM1.', 'EPMR1.'), 'prefix'],
    ['no content', 'EPM1.', 'form'],
    ['a character that is no digit', TEXT.replace(/.$/, '='), 'encoding'],
    ['padding', `${TEXT}=`, 'encoding'],
    ['digits of base64', wrap(GRANT_PREFIX, bytesOf(TEXT)).replace(/.{4}$/, '+/+/'), 'encoding'],
    ['something behind it', wrap(GRANT_PREFIX, Buffer.concat([bytesOf(TEXT), Buffer.of(0)])), 'form'],
    ['its last byte cut off', wrap(GRANT_PREFIX, bytesOf(TEXT).subarray(0, -1)), 'form'],
    ['the tag of COSE_Sign1', wrap(GRANT_PREFIX, Buffer.concat([Buffer.of(0xd2), bytesOf(TEXT)])), 'form'],
    [
      'an indefinite array',
      wrap(GRANT_PREFIX, Buffer.concat([Buffer.of(0x9f), bytesOf(TEXT).subarray(1), Buffer.of(0xff)])),
      'form',
    ],
    ['five parts', wrap(GRANT_PREFIX, cbor([...(decode(bytesOf(TEXT), { useMaps: true }) as unknown[]), 0])), 'form'],
    ['deep nesting', wrap(GRANT_PREFIX, Buffer.alloc(3000, 0x81)), 'form'],
    ['a claim of very many members', wrap(GRANT_PREFIX, Buffer.from('9b001fffffffffffff', 'hex')), 'form'],
    ['a claim of very many bytes', wrap(GRANT_PREFIX, Buffer.from('5b001fffffffffffff', 'hex')), 'form'],
  ])('%s', (_, text, reason) => expect(() => readGrantText(text)).toThrow(refused(reason)));

  it('spare bits behind the last byte', () => {
    // 221 bytes leave two bits to the last digit, which nobody reads.
    const other = String.fromCharCode(TEXT.charCodeAt(TEXT.length - 1) + 1);
    const text = TEXT.slice(0, -1) + other;
    expect(bytesOf(text)).toEqual(bytesOf(TEXT));
    expect(() => readGrantText(text)).toThrow(refused('encoding'));
  });

  it('an unprotected header', () => {
    const [protectedPart, , content, signature] = decode(bytesOf(TEXT), { useMaps: true }) as readonly unknown[];
    const text = wrap(GRANT_PREFIX, cbor([protectedPart, new Map([[4, Buffer.alloc(4)]]), content, signature]));
    expect(() => readGrantText(text)).toThrow(refused('form'));
  });

  it.each<[string, Uint8Array, string]>([
    ['EdDSA by its old number', headers(undefined, -8), 'algorithm'],
    ['ES256', headers(undefined, -7), 'algorithm'],
    ['an HMAC with the public key', headers(undefined, 5), 'algorithm'],
    ['no algorithm', cbor(new Map([[4, Buffer.alloc(4)]])), 'algorithm'],
    ['the algorithm as a text', headers(undefined, 'Ed25519'), 'algorithm'],
    ['a longer key id', headers(Buffer.alloc(8)), 'form'],
    ['a key id that is a text', headers('abcd'), 'form'],
    [
      'another header',
      cbor(
        new Map<number, unknown>([
          [1, -19],
          [2, [99]],
          [4, Buffer.alloc(4)],
        ]),
      ),
      'form',
    ],
    ['headers that are no map', cbor([1, -19]), 'form'],
    ['nothing for headers', Buffer.alloc(0), 'form'],
  ])('headers: %s', (_, changed, reason) => {
    const content = cbor(payload());
    expect(() => readGrantText(textOf({ prefix: GRANT_PREFIX, headers: changed, content }, key))).toThrow(
      refused(reason),
    );
  });

  it.each(Object.entries(GRANT_FIELDS))('without the member %s, unless it is optional', (name, row) => {
    const text = withPayload((map) => map.delete(row.label));
    const { [name as keyof GrantStatement]: _, ...rest } = GRANT;
    if (name === 'arguments') expect(readGrantText(text).statement).toEqual(GRANT);
    else if ('optional' in row) expect(readGrantText(text).statement).toEqual(rest);
    else expect(() => readGrantText(text)).toThrow(refused('member', name));
  });

  it.each(Object.entries(GRANT_FIELDS))('with a member %s of another type', (name, { label }) => {
    for (const value of [null, true, -1, 1.5, new Map(), [1], Buffer.alloc(3), [null], '']) {
      const text = withPayload((map) => map.set(label, value));
      expect(() => readGrantText(text), JSON.stringify(value)).toThrow(refused('member', name));
    }
  });

  it.each<[string, (map: Map<number, unknown>) => void, string?]>([
    ['an unknown member', (map) => map.set(12, 1)],
    ['an unknown member with a negative label', (map) => map.set(-1, 1)],
    ['a label that is a text', (map) => map.set('1' as unknown as number, 'x')],
    ['an empty list of arguments, which is written as none', (map) => map.set(7, []), 'arguments'],
    ['two groups of arguments', (map) => map.set(7, [['a'], ['b']]), 'arguments'],
    ['an end before its beginning', (map) => map.set(9, 1), 'until'],
    ['a time that no clock has', (map) => map.set(9, Number.MAX_SAFE_INTEGER), 'until'],
    [
      'a SID with more behind it',
      (map) => map.set(4, Buffer.concat([map.get(4) as Buffer, Buffer.alloc(4)])),
      'requester',
    ],
    [
      'a SID of another revision',
      (map) => map.set(4, Buffer.from('0201000000000005' + '20000000', 'hex')),
      'requester',
    ],
    ['a SID without parts', (map) => map.set(4, Buffer.from('0100000000000005', 'hex')), 'requester'],
  ])('%s', (_, change, member) => {
    expect(() => readGrantText(withPayload(change))).toThrow(refused('member', member));
  });

  /** The content with more members behind its last one, in hexadecimal. */
  const more = (count: number, hex: string): Buffer => {
    const plain = cbor(payload());
    return Buffer.concat([Buffer.of((plain[0] ?? 0) + count), plain.subarray(1), Buffer.from(hex, 'hex')]);
  };
  it.each<[string, () => Buffer]>([
    ['a member twice', () => more(2, '0a010a01')],
    ['a member twice, with two values', () => more(2, '0a010a02')],
    ['members in another order', () => more(2, '0b61780a01')],
    ['an indefinite map', () => Buffer.concat([Buffer.of(0xbf), cbor(payload()).subarray(1), Buffer.of(0xff)])],
    ['a longer number than needed', () => more(1, '0a1801')],
    ['a number as a float', () => more(1, '0af93c00')],
    ['a big number', () => more(1, '0ac24101')],
    ['a number beyond what can be counted', () => more(1, '0a1bffffffffffffffff')],
    ['a tagged value', () => more(1, '0ac101')],
    ['undefined', () => more(1, '0af7')],
    ['a text in pieces', () => more(1, '0b7f6178ff')],
    ['a text that is no UTF-8', () => more(1, '0b61ff')],
    ['half of a surrogate pair', () => more(1, '0b63eda080')],
  ])('content with %s, although it is signed', (_, content) => {
    expect(() => readGrantText(withContent(content()))).toThrow(refused('form'));
  });

  it('takes the content that the cases above change', () => {
    const { statement } = readGrantText(withContent(more(2, '0a010b6178')));
    expect(statement).toEqual({ ...GRANT, uses: 1, reason: 'x' });
  });
});

it('names its key by the beginning of a digest', () => {
  const publicKey = publicKeyText(key);
  const expected = createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest().subarray(0, 4);
  expect(Buffer.from(readGrantText(TEXT).signed.keyId)).toEqual(expected);
});
