/** Certificates among those of a message that are no certificates, or not in the form that one has. */
import { describe, expect, it } from 'vitest';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import type { SignatureFacts } from '../../../../src/model/file-facts.ts';
import { effortOf, leastOf } from '../../../effort.ts';
import * as cms from '../../../corpus/cms.ts';
import * as der from '../../../corpus/der.ts';
import { makeCertificate } from '../../../corpus/pki.ts';
import { CA, judged, LEAF, message, ROOT } from './people.ts';

const other = makeCertificate({ commonName: 'Other', authority: true, kind: 'ec' });
const changed = (path: readonly number[], to: der.Node): der.Node => der.change(der.parse(other.der), path, () => to);
/** A SEQUENCE with these octets, whatever they are. */
const octets = (hex: string): der.Node => ({ tag: 0x30, value: Buffer.from(hex, 'hex') });
const nameOf = (type: der.Node): der.Node => der.sequence(der.setOf(der.sequence(type, der.utf8('x'))));
const longId = (length: number): der.Node => ({ tag: 0x06, value: Buffer.alloc(length, 0x81).fill(0x01, length - 1) });

const ODD: Readonly<Record<string, der.Node>> = {
  'nothing in it': octets(''),
  'a time that is no date': changed([0, 4, 0], { tag: 0x17, value: Buffer.from('991399000000Z') }),
  'two signature algorithms': changed([1], der.sequence(der.objectId('1.2.3'))),
  'a tag that no certificate has': octets('3f0100'),
  'an element that is cut off': octets('3082'),
  'a length written longer than needed': octets('0281020102'),
  'an indefinite length inside': octets('30800000'),
  'more than 64 KiB': { tag: 0x30, value: Buffer.alloc(70_000) },
  'a purpose of 65 bytes': changed(
    [0, 7],
    der.explicit(3, der.sequence(der.sequence(longId(65), der.octets(Buffer.alloc(0))))),
  ),
  'a name with a type of 60,000 bytes': changed([0, 3], nameOf(longId(60_000))),
};

const withOdd = (...odd: readonly der.Node[]): Buffer =>
  der.encode(
    der.change(der.parse(message()), [1, 0, 3], (bag) => ({ tag: bag.tag, value: [...der.inside(bag), ...odd] })),
  );
const digestOf = (node: der.Node): string => cms.hash('sha256', der.encode(node)).toString('hex');
const told = (facts: SignatureFacts | undefined) =>
  facts?.extraCertificates?.map(({ sha256, subject, unreadable }) => ({ sha256, subject, unreadable })) ?? [];

describe('a certificate that cannot be read and that nobody needs', () => {
  it.each(Object.entries(ODD))('AC-42 refuses no genuine file, and a Deny knows its digest: %s', async (_what, odd) => {
    const [facts] = await judged(withOdd(odd));
    expect(facts).toMatchObject({ trusted: true, faults: [] });
    expect(told(facts)).toContainEqual({ sha256: digestOf(odd), subject: '', unreadable: true });
  });

  it('keeps its bytes where the message around it is written in BER', async () => {
    const odd = ODD['a length written longer than needed']!;
    const tree = der.parse(withOdd(der.sequence(der.utf8('place'))));
    const bag = der.inside(der.inside(der.inside(der.inside(tree)[1]!)[0]!)[3]!);
    const [facts] = await judged(indefinite(tree, [0x30, 0xa0, 0x30, 0xa0], bag.at(-1)!, odd));
    expect(facts).toMatchObject({ trusted: true, faults: [] });
    expect(told(facts)).toContainEqual({ sha256: digestOf(odd), subject: '', unreadable: true });
  });

  it('refuses the file where it is that of the signer', async () => {
    const signer = {
      ...LEAF,
      der: der.encode(der.change(der.parse(LEAF.der), [1], () => der.sequence(der.objectId('1.2.3')))),
    };
    const bytes = message({ certificates: [signer, CA] });
    await expect(judged(bytes)).rejects.toThrow(MalformedContent);
  });

  it('leaves the chain open where it is that of an authority', async () => {
    const authority = der.change(der.parse(CA.der), [1], () => der.sequence(der.objectId('1.2.3')));
    const bytes = message({ certificates: [LEAF, { ...CA, der: der.encode(authority) }] });
    expect(await judged(bytes)).toMatchObject([{ trusted: false, faults: ['chainIncomplete'] }]);
  });

  it('counts among those that a message may have, whatever it is', async () => {
    await expect(judged(withOdd(...Array.from({ length: 63 }, () => octets('02'))))).rejects.toThrow(
      'There are too many certificates.',
    );
    const others = Array.from({ length: 63 }, (): der.Node => ({ tag: 0xa1, value: [] }));
    await expect(judged(withOdd(...others))).rejects.toThrow('There are too many certificates.');
  });
});

describe('a message that is made to take long', () => {
  it('AC-98 has no identifier of more than 64 bytes read, wherever in a certificate it is', async () => {
    const bomb = makeCertificate({
      commonName: 'Bomb',
      kind: 'ec',
      issuer: ROOT,
      extensions: [['2.5.29.37', false, der.sequence(longId(50_000))]],
    });
    const bombs = [...Array.from({ length: 30 }, () => ODD['a name with a type of 60,000 bytes']!), der.raw(bomb.der)];
    const spent = await leastOf(500, () =>
      effortOf(async () => expect(await judged(withOdd(...bombs))).toMatchObject([{ trusted: true }])),
    );
    expect(spent).toBeLessThan(500);
  });

  it('AC-98 has no more attributes than signers have, though they say nothing', async () => {
    const empty = cms.attribute('1.2.3');
    const bytes = message({ unsignedAttributes: Array.from({ length: 65 }, () => empty) });
    await expect(judged(bytes)).rejects.toThrow('There are too many attributes.');
  });
});

/** BER of the path, with another element in place of one. */
function indefinite(node: der.Node, path: readonly number[], from: der.Node, to: der.Node): Buffer {
  const [tag, ...rest] = path;
  if (tag !== node.tag || node.value instanceof Uint8Array) return der.encode(node === from ? to : node);
  const inside = node.value.map((child) => indefinite(child, rest, from, to));
  return Buffer.concat([Buffer.from([node.tag, 0x80]), ...inside, Buffer.alloc(2)]);
}
