/** Forms of signed messages that signing tools do not make on request, and those that nobody should make. */
import { describe, expect, it } from 'vitest';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import * as cms from '../../../corpus/cms.ts';
import * as der from '../../../corpus/der.ts';
import { CORPUS_NOW, makeCertificate } from '../../../corpus/pki.ts';
import { CA, faultsOf, FILE, judged, LEAF, message, publisher, ROOT } from './people.ts';
import { effortOf } from '../../../effort.ts';
import { readCatalog, readSignatures } from '../../../corpus/readers.ts';

const refusal = async (read: () => Promise<unknown>): Promise<string> => {
  try {
    await read();
  } catch (error) {
    if (error instanceof MalformedContent) return error.message;
    throw error;
  }
  return 'taken';
};
const signerChange = (change: (parts: readonly der.Node[]) => readonly der.Node[]): Buffer =>
  der.encode(
    der.change(der.parse(message()), [1, 0, 4, 0], (info) => ({ tag: 0x30, value: change(der.inside(info)) })),
  );
const rsa = publisher({ kind: 'rsa' });
const SHA512 = der.sequence(der.objectId('2.16.840.1.101.3.4.2.3'));

describe('a signed message', () => {
  it.each(['sha256', 'sha384', 'sha512'] as const)('holds with %s', async (digest) => {
    expect(await judged(message({ signer: rsa, certificates: [rsa, CA], digest }))).toMatchObject([
      { trusted: true, validNow: true, digestAlgorithm: digest, faults: [] },
    ]);
  });

  it('holds with RSASSA-PSS, and not when the signature is changed', async () => {
    const pss = message({ signer: rsa, certificates: [rsa, CA], pss: true });
    expect(await faultsOf(pss)).toEqual([]);
    const at = pss.indexOf(cms.signatureValue(pss));
    pss.writeUInt8(pss.readUInt8(at + 9) ^ 1, at + 9);
    expect(await faultsOf(pss)).toEqual(['signatureInvalid']);
  });

  it.each([
    ['another trailer', der.explicit(3, der.integer(2))],
    ['a mask by another digest', der.explicit(1, der.sequence(der.objectId('1.2.840.113549.1.1.8'), SHA512))],
    ['a salt that no tool makes', der.explicit(2, der.integer(129))],
  ])('is unsupported with RSASSA-PSS and %s', async (_, parameter) => {
    const tree = der.parse(message({ signer: rsa, certificates: [rsa, CA], pss: true }));
    const changed = der.change(tree, [1, 0, 4, 0, 4, 1], (parameters) => ({
      tag: parameters.tag,
      value: [...der.inside(parameters).filter(({ tag }) => tag !== parameter.tag), parameter].sort(
        (one, other) => one.tag - other.tag,
      ),
    }));
    expect(await faultsOf(der.encode(changed))).toEqual(['unsupported']);
  });

  it('carries sixty-four certificates at most', async () => {
    const strangers = (count: number) => Array.from({ length: count }, () => ROOT);
    expect(await faultsOf(message({ certificates: [LEAF, CA, ...strangers(62)] }))).toEqual([]);
    expect(await refusal(async () => await judged(message({ certificates: [LEAF, CA, ...strangers(63)] })))).toBe(
      'There are too many certificates.',
    );
  });

  it('has sixteen values of one attribute at most', async () => {
    const values = (count: number) => Array.from({ length: count }, (_, index) => der.integer(index));
    const marked = (count: number) => message({ unsignedAttributes: [cms.attribute('1.2.3', ...values(count))] });
    expect(await faultsOf(marked(16))).toEqual([]);
    expect(await refusal(async () => await judged(marked(17)))).toBe('An attribute has too many values.');
  });

  it('may name its signer by key', async () => {
    expect(await faultsOf(message({ byKey: true }))).toEqual([]);
  });

  it('may be written in BER with indefinite lengths', async () => {
    const indefinite = (node: der.Node, depth: number): Buffer =>
      node.value instanceof Uint8Array || depth === 0
        ? der.encode(node)
        : Buffer.concat([
            Buffer.from([node.tag, 0x80]),
            ...node.value.map((child) => indefinite(child, depth - 1)),
            Buffer.alloc(2),
          ]);
    // Deep enough to rewrite everything around the certificates and the signed attributes.
    const original = message();
    const rewritten = indefinite(der.parse(original), 4);
    expect(await judged(rewritten)).toEqual(await judged(original));
    expect(await judged(rewritten)).toMatchObject([{ trusted: true }]);
    expect(Buffer.compare((await readSignatures(rewritten))[0]!.message, original)).toBe(0);
  });

  it('AC-98 is one of eight at most, however they are told apart', async () => {
    const nested = (count: number): Buffer =>
      Array.from({ length: count }).reduce<Buffer>(
        (outer) => cms.withUnsigned(outer, cms.attribute(cms.CMS.nestedSignature, der.raw(message()))),
        message(),
      );
    expect(await readSignatures(nested(3), nested(3))).toHaveLength(8);
    expect(await refusal(async () => await readSignatures(nested(3), nested(4)))).toBe(
      'There are too many signatures.',
    );
    expect(await refusal(async () => await readSignatures(...Array.from({ length: 9 }, () => message())))).toBe(
      'There are too many signatures.',
    );
  });

  it('may be followed by zeros that align a table, and by nothing else', async () => {
    expect(await faultsOf(Buffer.concat([message(), Buffer.alloc(7)]))).toEqual([]);
    expect(await refusal(async () => await readSignatures(Buffer.concat([message(), Buffer.alloc(8)])))).toBe(
      'Something follows its end.',
    );
    expect(await refusal(async () => await readSignatures(Buffer.concat([message(), Buffer.from([1])])))).toBe(
      'Something follows its end.',
    );
  });

  it('is refused when nobody, or more than one, can have signed it', async () => {
    const stranger = makeCertificate({ commonName: 'Publisher', issuer: CA, kind: 'ec', serial: LEAF.serial });
    expect(await refusal(async () => await judged(message({ certificates: [CA] })))).toMatch(/signer is missing/);
    expect(await refusal(async () => await judged(message({ certificates: [LEAF, stranger, CA] })))).toMatch(
      /two certificates claim/,
    );
    const twice = der.change(der.parse(message()), [1, 0, 4], (set) => ({
      tag: set.tag,
      value: [...der.inside(set), ...der.inside(set)],
    }));
    expect(await refusal(async () => await readSignatures(der.encode(twice)))).toBe(
      'Something follows where nothing may.',
    );
    expect(
      await refusal(async () => await readSignatures(signerChange((parts) => parts.filter(({ tag }) => tag !== 0xa0)))),
    ).toBe('A signature has no signed attributes.');
  });

  it('must say in its signed part what it signs', async () => {
    const type = (id: string) => cms.attribute(cms.CMS.contentType, der.objectId(id));
    const content = cms.imageContent('sha256', cms.hash('sha256', FILE));
    const digest = cms.attribute(
      cms.CMS.messageDigest,
      der.octets(cms.hash('sha256', Buffer.concat(der.inside(content).map(der.encode)))),
    );
    expect(await faultsOf(message({ attributes: [type(cms.CMS.indirectData), digest] }))).toEqual([]);
    expect(await faultsOf(message({ attributes: [type(cms.CMS.data), digest] }))).toEqual(['signatureInvalid']);
    expect(await faultsOf(message({ attributes: [digest] }))).toEqual(['signatureInvalid']);
    expect(await faultsOf(message({ attributes: [type(cms.CMS.indirectData)] }))).toEqual(['signatureInvalid']);
    expect(await faultsOf(message({ attributes: [type(cms.CMS.indirectData), digest, digest] }))).toEqual([
      'signatureInvalid',
    ]);
  });

  it('is unsupported, not invalid, with algorithms that are not known', async () => {
    const unknown = der.sequence(der.objectId('1.2.3.4.5'));
    const withPart = (index: number) =>
      signerChange((parts) => parts.map((part, at) => (at === index ? unknown : part)));
    expect(await faultsOf(withPart(2))).toEqual(['unsupported']);
    expect(await faultsOf(withPart(4))).toEqual(['unsupported']);
    const content = der.change(cms.imageContent('sha256', FILE), [1, 0], () => unknown);
    expect(await faultsOf(message({ content }))).toEqual(['digestMismatch', 'unsupported']);
  });

  it('does not mix digests: the one of the signature must be the one of the message', async () => {
    const other = der.sequence(der.objectId('1.2.840.10045.4.3.3'));
    expect(await faultsOf(signerChange((parts) => parts.map((part, at) => (at === 4 ? other : part))))).toEqual([
      'unsupported',
    ]);
  });

  it('is refused with a digest of the wrong length, or content of another kind', async () => {
    expect(
      await refusal(async () => await judged(message({ content: cms.imageContent('sha256', Buffer.alloc(20)) }))),
    ).toBe('A digest has not the length of its algorithm.');
    expect(await refusal(async () => await judged(message({ contentType: cms.CMS.data })))).toBe(
      'The signed content is not that of a file.',
    );
  });
});

describe('nested signatures', () => {
  const nest = (inner: Uint8Array, outer = message()) =>
    cms.withUnsigned(outer, cms.attribute(cms.CMS.nestedSignature, der.raw(inner)));

  it('are read in order, each with what it is worth', async () => {
    const found = await judged(
      nest(message({ signer: rsa, certificates: [rsa, CA], digest: 'sha384' }), message({ certificates: [LEAF] })),
    );
    expect(found.map(({ origin, faults, digestAlgorithm }) => [origin, faults, digestAlgorithm])).toEqual([
      ['embedded', ['chainIncomplete'], 'sha256'],
      ['nested', [], 'sha384'],
    ]);
  });

  it('are refused when they are too deep or too many', async () => {
    let deep = message();
    for (let level = 0; level < 4; level += 1) deep = nest(deep);
    expect(await judged(deep)).toHaveLength(5);
    expect(await refusal(async () => await judged(nest(deep)))).toBe('Signatures are nested too deep.');
    let wide = message();
    for (let count = 0; count < 7; count += 1) wide = nest(message({ unsignedAttributes: [marker(count)] }), wide);
    expect(await judged(wide)).toHaveLength(8);
    expect(await refusal(async () => await judged(nest(message(), wide)))).toBe('There are too many signatures.');
  });

  const marker = (count: number) => cms.attribute(`1.2.3.${count}`, der.integer(count));
});

describe('a catalog', () => {
  const catalog = (content: der.Node) =>
    cms.makeMessage({ contentType: cms.CMS.trustList, content, signer: LEAF, certificates: [LEAF, CA] });
  const digest = cms.hash('sha256', FILE);

  it('lists what its members say', async () => {
    const read = await readCatalog(
      catalog(cms.catalogContent([digest, cms.hash('sha256', Buffer.alloc(1))], 'sha256', CORPUS_NOW)),
    );
    expect(read.lists(digest)).toBe(true);
    expect(read.lists(cms.hash('sha256', Buffer.alloc(2)))).toBe(false);
    expect(read.signature).toMatchObject({ origin: 'catalog', digestAlgorithm: 'sha256' });
    expect(read.lists(Buffer.alloc(0))).toBe(false);
  });

  it('is not a trust list for another use, nor a signature of a file', async () => {
    const content = der.change(cms.catalogContent([digest], 'sha256', CORPUS_NOW), [0, 0], () =>
      der.objectId('1.3.6.1.4.1.311.10.3.30'),
    );
    expect(await refusal(async () => await readCatalog(catalog(content)))).toBe(
      'It is a trust list, but not a catalog.',
    );
    expect(await refusal(async () => await readCatalog(message()))).toBe('It is not a catalog.');
    expect(await refusal(async () => await readSignatures(catalog(cms.catalogContent([], 'sha256', CORPUS_NOW))))).toBe(
      'The signed content is not that of a file.',
    );
  });

  it('may list as many files as an update of Windows has, and is read in a moment', async () => {
    const digests = Array.from({ length: 75_000 }, (_, index) => cms.hash('sha256', Buffer.from(String(index))));
    const bytes = catalog(cms.catalogContent(digests, 'sha256', CORPUS_NOW));
    const spent = await effortOf(async () => expect((await readCatalog(bytes)).lists(digests[74_999]!)).toBe(true));
    expect(spent).toBeLessThan(2000);
  });
});

it('takes no root but those it is given', async () => {
  expect(await faultsOf(message({ certificates: [LEAF, CA, ROOT] }), [])).toEqual(['rootUntrusted']);
});
