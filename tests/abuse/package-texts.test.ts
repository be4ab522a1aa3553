/**
 * A signed package whose texts are changed without touching its signature: who has one cuts the publisher's bytes into
 * other streams. The digest of a package covers the bytes of its streams in the order of their names, and neither the
 * names nor where one stream ends.
 */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { compile, decide } from '../../src/engine/index.ts';
import { gatherFacts } from '../../src/facts/gather.ts';
import { CompoundFile } from '../../src/facts/msi/compound-file.ts';
import { SIGNATURE_EX_STREAM, SIGNATURE_STREAM } from '../../src/facts/msi/package-digest.ts';
import { tableStreamName } from '../../src/facts/msi/stream-name.ts';
import { Turns } from '../../src/facts/turns.ts';
import type { FileFacts } from '../../src/model/file-facts.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { caseOf } from '../compliance/row.ts';
import { MACHINE } from '../fuzz/engine-case.ts';
import { type StreamSpec, writeCompoundFile } from '../unit/facts/msi/compound-writer.ts';
import { CountingSource, digestOf } from '../unit/facts/msi/inspect.ts';
import { innerStream, INSTALLER_CLASS, PROPERTIES, writeInstaller } from '../unit/facts/msi/installer-writer.ts';
import { noTools, Workshop } from '../unit/facts/msi/tools.ts';

/** Streams of a package in the order in which they are digested, the signature's own left out. */
async function streamsOf(bytes: Uint8Array): Promise<{ streams: StreamSpec[]; signature: StreamSpec[] }> {
  const file = await CompoundFile.open(new CountingSource(bytes), new Turns({}));
  const all: StreamSpec[] = [];
  for (const entry of file.root.children) {
    if (entry.kind === 'stream') all.push({ name: entry.name, bytes: await file.read(entry, 2 ** 24, entry.name) });
  }
  const isSignature = ({ name }: StreamSpec): boolean => name === SIGNATURE_STREAM || name === SIGNATURE_EX_STREAM;
  const units = (name: string): Buffer => Buffer.from(`${name}\0`, 'utf16le');
  return {
    streams: all.filter((stream) => !isSignature(stream)).sort((a, b) => Buffer.compare(units(a.name), units(b.name))),
    signature: all.filter(isSignature),
  };
}

const packageOf = (...children: readonly StreamSpec[]): Buffer =>
  writeCompoundFile({ name: 'Root Entry', classId: INSTALLER_CLASS, children }).bytes;
/** Names that are digested before and behind those of all tables. */
const first = (index: number): string => String.fromCharCode(0x0100, 0x4e00 + index);
const last = (index: number): string => String.fromCharCode(0x01ff, 0x4e00 + index);

const OTHER = { ...PROPERTIES, ProductName: 'Other Tool', ProductVersion: '99.0' };
/** What a publisher ships inside of the package: another one, as bundles do, whose streams stand one after the other. */
const other = await streamsOf(writeInstaller({ properties: OTHER }).bytes);
const bundled = Buffer.concat(other.streams.map(({ bytes }) => bytes));
const genuine = writeInstaller({ more: [innerStream('~.cab', bundled)] });

/** The package with the streams of the other one under their names, and those it had under names that nobody reads. */
async function cutAnew(signed: Uint8Array): Promise<Buffer> {
  const { streams, signature } = await streamsOf(signed);
  const carrier = streams.findIndex(({ bytes }) => bundled.equals(bytes));
  return packageOf(
    ...streams.slice(0, carrier).map(({ bytes }, index) => ({ name: first(index + 1), bytes })),
    ...other.streams,
    ...streams.slice(carrier + 1).map(({ bytes }, index) => ({ name: last(index), bytes })),
    ...signature,
  );
}

/** The digest over names and sizes becomes an ordinary stream that is digested first, where its bytes were before. */
async function withoutNames(signed: Uint8Array): Promise<Buffer> {
  const { streams, signature } = await streamsOf(signed);
  return packageOf(
    ...streams,
    ...signature.map(({ name, bytes }) => ({ name: name === SIGNATURE_EX_STREAM ? first(0) : name, bytes })),
  );
}

describe.skipIf(noTools !== undefined)(`a signed package${noTools === undefined ? '' : ` (${noTools})`}`, () => {
  const shop = new Workshop();
  afterAll(() => shop.close());

  const factsOf = (bytes: Uint8Array): Promise<FileFacts> =>
    gatherFacts({ path: 'C:\\Tools\\setup.msi', source: new CountingSource(bytes), roots: [shop.certificate()] });
  /** What the rules make of a package, and why those that miss do. */
  const decided = async (bytes: Uint8Array, ...rules: readonly RuleInput[]) => {
    const facts = await factsOf(bytes);
    const policy = {
      id: 'p',
      scope: { kind: 'device' },
      settings: { revocationUnknown: 'accept' },
      rules,
      rejected: [],
    } as const;
    const { request } = caseOf();
    const decision = decide(compile([policy], { machine: MACHINE }), request, facts, { trace: true });
    const misses = decision.trace?.nearMisses.flatMap(({ failed }) => failed) ?? [];
    const { outcome, trace } = decision;
    return { outcome, sha256: facts.sha256, misses, wouldChange: trace?.wouldChange.join(' ') ?? '' };
  };
  const publisher = (): NonNullable<RuleInput['certificate']> => ({
    type: 'publisher',
    sha256: createHash('sha256').update(shop.certificate()).digest('hex'),
  });
  const isGood = ({ signatures }: FileFacts): boolean => signatures.some(({ trusted }) => trusted);

  it('AC-42 whose publisher’s bytes are cut into other streams says so: its texts are not signed', async () => {
    const signed = shop.sign(genuine.bytes);
    const attack = await cutAnew(signed);
    expect(await digestOf(attack)).toBe(await digestOf(signed));
    const facts = await factsOf(attack);
    expect(isGood(facts)).toBe(true);
    expect(facts).toMatchObject({ productName: 'Other Tool', fileVersionText: '99.0' });
    expect(facts.installer).toMatchObject({ textsSigned: false });
  });

  it('AC-42 cut into other streams escapes no Deny and passes no minimum version of the publisher', async () => {
    const signed = shop.sign(genuine.bytes);
    const attack = await cutAnew(signed);
    const allow: RuleInput = { name: 'allow', type: 'userConfirmed', fileName: 'setup.msi', certificate: publisher() };
    const newest: RuleInput = { ...allow, minimumVersion: '9' };
    const refused = await decided(attack, newest);
    expect(refused).toMatchObject({
      outcome: 'denied',
      misses: [{ attribute: 'minimumVersion', reason: 'packageTextsUnsigned' }],
    });
    expect(refused.wouldChange).toMatch(/If the rule "allow".*had the hash of the package, .* a version counts/);
    // With the hash its version would count, and be too low all the same.
    const low = await decided(attack, { ...allow, minimumVersion: '60000' });
    expect(low.wouldChange).not.toContain('had the hash of the package');
    const product = await decided(attack, { ...allow, productName: 'Other Tool' });
    expect(product).toMatchObject({ outcome: 'denied', misses: [{ reason: 'packageTextsUnsigned' }] });
    // The product that is denied has another name now.
    const deny: RuleInput = { name: 'no', type: 'deny', productName: 'Example Tool', certificate: publisher() };
    const denied = await decided(attack, { ...allow, fileHash: refused.sha256 }, deny);
    expect(denied.outcome).toBe('denied');
    expect(denied.wouldChange).toMatch(/does not cover its texts, so the rule "no".*takes them for what it asks/);
    // By its hash an administrator may allow even this one.
    expect(await decided(attack, { ...newest, fileHash: refused.sha256 })).toMatchObject({ outcome: 'needs' });
  });

  it('AC-42 with the digest of names is compared by its texts', async () => {
    const signed = shop.sign(genuine.bytes, { extended: true });
    const allow: RuleInput = { name: 'allow', type: 'userConfirmed', fileName: 'setup.msi', certificate: publisher() };
    const fits = { productName: 'Example Tool', minimumVersion: '1.2' };
    expect(await decided(signed, { ...allow, ...fits })).toMatchObject({ outcome: 'needs' });
    const newer = await decided(signed, { ...allow, minimumVersion: '2' });
    expect(newer.misses).toEqual([{ attribute: 'minimumVersion', expected: '2.0.0.0 or later', found: '1.2.3.0' }]);
    expect(await decided(await withoutNames(signed), { ...allow, ...fits })).toMatchObject({ outcome: 'denied' });
    const deny: RuleInput = { name: 'no', type: 'deny', productName: 'Another' };
    expect(await decided(signed, { ...allow, ...fits }, deny)).toMatchObject({ outcome: 'needs' });
    expect(await decided(await withoutNames(signed), allow, deny)).toMatchObject({ outcome: 'denied' });
  });

  it('AC-49 with a cabinet beside it is taken by no rule that asks nobody', async () => {
    const signed = shop.sign(writeInstaller({ cabinets: ['Data1.cab'] }).bytes, { extended: true });
    const rule: RuleInput = { name: 'r', type: 'automatic', fileName: 'setup.msi', certificate: publisher() };
    const automatic = await decided(signed, rule);
    expect(automatic).toMatchObject({
      outcome: 'denied',
      misses: [{ attribute: 'externalFiles', reason: 'externalFiles' }],
    });
    expect(automatic.wouldChange).toMatch(/With a package that has everything inside, the rule "r".*would win/);
    expect(await decided(signed, { ...rule, type: 'userConfirmed' })).toMatchObject({ outcome: 'needs' });
  });

  it('AC-42 with the digest of names, cut into other streams, is refused', async () => {
    const signed = shop.sign(genuine.bytes, { extended: true });
    expect((await factsOf(signed)).installer).toMatchObject({ textsSigned: true, productName: 'Example Tool' });
    const facts = await factsOf(await cutAnew(signed));
    expect(facts).toMatchObject({
      type: undefined,
      refusal: { reason: 'malformed', place: 'extended signature stream' },
    });
  });

  it('AC-42 whose digest of names became an ordinary stream is one with texts that are not signed', async () => {
    const signed = shop.sign(genuine.bytes, { extended: true });
    for (const attack of [await withoutNames(signed), await withoutNames(await cutAnew(signed))]) {
      expect(await digestOf(attack)).toBe(await digestOf(signed));
      const facts = await factsOf(attack);
      expect(isGood(facts)).toBe(true);
      expect(facts.installer).toMatchObject({ textsSigned: false });
    }
  });

  it('AC-42 without a digest of names, given one of its own, has a bad signature', async () => {
    const signed = shop.sign(genuine.bytes);
    const attack = await cutAnew(signed);
    const { streams, signature } = await streamsOf(attack);
    // The digest is right for the names here; nobody signed it.
    const own = await streamsOf(shop.sign(packageOf(...streams), { extended: true }));
    const digest = own.signature.filter(({ name }) => name === SIGNATURE_EX_STREAM);
    const facts = await factsOf(packageOf(...streams, ...signature, ...digest));
    expect(facts.refusal).toBeUndefined();
    expect(facts.installer).toMatchObject({ textsSigned: true });
    expect(isGood(facts)).toBe(false);
  });

  it('AC-42 whose digest of names is of an algorithm that no signature may use has texts that are not signed', async () => {
    const signed = shop.sign(genuine.bytes, { extended: true, digest: 'sha1' });
    expect((await factsOf(signed)).installer).toMatchObject({ textsSigned: false });
  });

  it.each<[string, (bytes: Buffer) => void]>([
    ['a stream renamed', (bytes) => bytes.writeUInt16LE(0x4801, nameAt(bytes, tableStreamName('Media')) + 2)],
    [
      'the digest’s name in another case',
      (bytes) => bytes.write('m', nameAt(bytes, SIGNATURE_EX_STREAM) + 2, 'utf16le'),
    ],
    ['a stream made shorter', (bytes) => shorten(bytes, nameAt(bytes, tableStreamName('_StringData')))],
    ['a stream’s time set', (bytes) => bytes.writeUInt32LE(1, nameAt(bytes, tableStreamName('Property')) + 100)],
    ['a stream’s state set', (bytes) => bytes.writeUInt32LE(1, nameAt(bytes, tableStreamName('Property')) + 96)],
    ['the digest changed', (bytes) => shorten(bytes, nameAt(bytes, SIGNATURE_EX_STREAM))],
  ])('AC-42 with the digest of names, and %s, is refused', async (_title, change) => {
    const signed = shop.sign(genuine.bytes, { extended: true });
    change(signed);
    const facts = await factsOf(signed);
    expect(facts).toMatchObject({ type: undefined, refusal: { reason: 'malformed' } });
  });
});

function nameAt(bytes: Buffer, name: string): number {
  return bytes.indexOf(Buffer.from(`${name}\0`, 'utf16le'));
}

function shorten(bytes: Buffer, entry: number): void {
  bytes.writeUInt32LE(bytes.readUInt32LE(entry + 120) - 1, entry + 120);
}
