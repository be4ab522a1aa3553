/** The reader of DER and BER, beside another one. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DerReader, type DerElement, dottedOid, oid, openHostile, readTime } from '../../../src/facts/der/reader.ts';
import { MAX_DEPTH, Walk } from '../../../src/facts/der/walk.ts';
import { MalformedContent } from '../../../src/facts/malformed.ts';
import * as der from '../../corpus/der.ts';
import { signedCorpus, whyNoCorpus } from '../../corpus/index.ts';
import { messageOf } from '../../corpus/programs.ts';
import { effort } from '../../effort.ts';

const options = { place: 'test', limit: 1_000_000 };
const tree: fc.Arbitrary<der.Node> = fc.letrec<{ node: der.Node }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 6 },
    fc.record({ tag: fc.constantFrom(0x04, 0x0c, 0x80, 0x9e), value: fc.uint8Array({ maxLength: 300 }) }),
    fc.record({ tag: fc.constantFrom(0x30, 0x31, 0xa0, 0xbe), value: fc.array(tie('node'), { maxLength: 5 }) }),
  ),
})).node;

const indefinite = (node: der.Node): Buffer =>
  node.value instanceof Uint8Array
    ? der.encode(node)
    : Buffer.concat([Buffer.from([node.tag, 0x80]), ...node.value.map(indefinite), Buffer.alloc(2)]);
const refusal = (read: () => unknown): MalformedContent => {
  try {
    read();
  } catch (error) {
    if (error instanceof MalformedContent) return error;
    throw error;
  }
  throw new Error('It was taken.');
};

describe('reading', () => {
  it.each([
    ['a long form for a short length', '3081020400'],
    ['a byte of zeros before the length', '308200020400'],
    ['more bytes than needed inside', '300404810101'],
  ])('AC-40 takes no second way to write the same, which would have a second digest: %s', (_what, hex) => {
    const read = () => openHostile(Buffer.from(hex, 'hex'), { ...options, ber: true });
    expect(refusal(read).message).toBe('The length of an element is written longer than needed.');
  });

  it('takes no length from behind the parent of an element', () => {
    const read = () => openHostile(Buffer.from('30033001308000000000', 'hex'), { ...options, ber: true });
    expect(refusal(read)).toMatchObject({ message: 'An element is cut off.', place: 'test, offset 0x4' });
  });

  it.each(['0100', '01020000', '010200ff'])('takes no truth value but one of one byte: %s', (hex) => {
    const read = () => new DerReader(Buffer.from(hex, 'hex'), 'test').boolean();
    expect(refusal(read).message).toBe('A truth value has not one byte.');
  });

  it('gives back what was written, in definite and in indefinite lengths', () => {
    fc.assert(
      fc.property(tree, (node) => {
        const bytes = der.encode(node);
        expect(Buffer.compare(openHostile(bytes, options).raw, bytes)).toBe(0);
        expect(Buffer.compare(openHostile(indefinite(node), { ...options, ber: true }).raw, bytes)).toBe(0);
      }),
    );
  });

  it('puts octet strings in pieces together', () => {
    const pieces = { tag: 0x24, value: [der.octets(Buffer.from('ab')), der.octets(Buffer.from('c'))] };
    const whole = openHostile(der.encode(der.sequence(pieces)), { ...options, ber: true });
    expect(Buffer.compare(whole.raw, der.encode(der.sequence(der.octets(Buffer.from('abc')))))).toBe(0);
    expect(refusal(() => openHostile(der.encode(der.sequence(pieces)), options)).message).toBe('It is not in DER.');
  });

  it('sees the same elements in signed messages as openssl', async ({ skip }) => {
    const reason = whyNoCorpus();
    if (reason !== undefined) skip(reason);
    const { error } = spawnSync('openssl', ['version']);
    if (error !== undefined) skip('openssl is not installed');
    const catalogs = (await signedCorpus()).filter(({ type }) => type === 'cat');
    const programs = (await signedCorpus()).filter(({ name }) => ['timestamped', 'nested', 'weak-md5'].includes(name));
    const messages = [
      ...catalogs.map(({ path }) => readFileSync(path)),
      ...programs.map(({ path }) => messageOf(readFileSync(path))),
    ];
    for (const message of messages) {
      const whole = openHostile(message, { ...options, padding: 7 });
      expect(elements(whole, 0, 0)).toEqual(opensslElements(Buffer.from(whole.raw)));
    }
    expect(messages.length).toBeGreaterThan(3);
  });

  it('stops at every length and depth that is too much, and says where', () => {
    expect(refusal(() => openHostile(Buffer.alloc(11), { place: 'test', limit: 10 })).message).toMatch(/at most 10/);
    expect(refusal(() => openHostile(Buffer.from('308412345678', 'hex'), options))).toMatchObject({
      message: 'An element ends outside of its parent.',
      place: 'test, offset 0x0',
    });
    expect(refusal(() => openHostile(Buffer.from('300430058000', 'hex'), options)).place).toBe('test, offset 0x2');
    expect(refusal(() => openHostile(Buffer.from('1f8100', 'hex'), options)).message).toMatch(/tag/);
    expect(refusal(() => openHostile(Buffer.from('0480000000', 'hex'), options)).message).toMatch(/no length/);
    expect(refusal(() => openHostile(Buffer.from('30020000', 'hex'), options)).message).toMatch(/end mark/);
    const nested = (levels: number) => {
      let node = der.sequence();
      for (let level = 1; level < levels; level += 1) node = der.sequence(node);
      return der.encode(node);
    };
    expect(() => openHostile(nested(MAX_DEPTH), options)).not.toThrow();
    expect(refusal(() => openHostile(nested(MAX_DEPTH + 1), options)).message).toMatch(/too deep/);
    expect(refusal(() => openHostile(Buffer.alloc(500_000, Buffer.from('3080', 'hex')), options)).message).toMatch(
      /deep/,
    );
  });

  it('is linear in what it is given', () => {
    const many = der.encode({ tag: 0x30, value: Array.from({ length: 400_000 }, () => der.nothing()) });
    expect(effort(() => new Walk(many, 'test').go(Infinity))).toBeLessThan(1000);
  });
});

describe('object identifiers', () => {
  it.each(['1.2.840.113549.1.7.2', '2.5.29.37.0', '1.3.6.1.4.1.311.2.4.1', '2.999.1', '0.9.2342.19200300.100.1.25'])(
    '%s is the same in both forms',
    (dotted) => {
      expect(dottedOid(oid(dotted))).toBe(dotted);
      const plain = dotted.startsWith('2.999') ? undefined : Buffer.from(der.objectId(dotted).value as Uint8Array);
      if (plain !== undefined) expect(oid(dotted)).toBe(plain.toString('hex'));
    },
  );
});

describe('times', () => {
  const read = (tag: number, text: string) =>
    readTime(new DerReader(der.encode({ tag, value: Buffer.from(text) }), 'test'));
  it('are those of the calendar', () => {
    expect(read(0x17, '491231235959Z')).toBe(Date.UTC(2049, 11, 31, 23, 59, 59));
    expect(read(0x17, '500101000000Z')).toBe(Date.UTC(1950, 0, 1));
    expect(read(0x17, '9912312359Z')).toBe(Date.UTC(1999, 11, 31, 23, 59));
    expect(read(0x18, '99991231235959Z')).toBe(Date.UTC(9999, 11, 31, 23, 59, 59));
    expect(read(0x18, '20260601000000.123Z')).toBe(Date.UTC(2026, 5, 1));
  });
  it.each([
    [0x17, '260230000000Z'],
    [0x17, '261301000000Z'],
    [0x17, '260101240000Z'],
    [0x17, '260101000000'],
    [0x17, '260101000000+0100'],
    [0x18, '00500101000000Z'],
    [0x18, '260101000000Z'],
    [0x04, '260101000000Z'],
  ])('0x%s %s is none', (tag, text) => {
    expect(refusal(() => read(tag, text)).message).toMatch(/^A time is not/);
  });
});

/** Offset, depth, header length, content length and whether it is constructed, of an element and all inside of it. */
function elements(element: DerElement, start: number, depth: number): string[] {
  const header = element.raw.length - element.content.length;
  const isConstructed = (element.tag & 0x20) !== 0;
  const lines = [`${start} ${depth} ${header} ${element.content.length} ${isConstructed ? 'cons' : 'prim'}`];
  const reader = element.open();
  for (let at = start + header; isConstructed && reader.more;) {
    const child = reader.any();
    lines.push(...elements(child, at, depth + 1));
    at += child.raw.length;
  }
  return lines;
}

function opensslElements(bytes: Buffer): string[] {
  const { stdout } = spawnSync('openssl', ['asn1parse', '-inform', 'DER'], { input: bytes, encoding: 'utf8' });
  return [...stdout.matchAll(/^\s*(\d+):d=\s*(\d+)\s+hl=\s*(\d+)\s+l=\s*(\d+)\s+(cons|prim)/gm)].map((match) =>
    match.slice(1).join(' '),
  );
}
