/** Installer packages that pretend to be another thing, or carry more than was signed. */
import { afterAll, describe, expect, it } from 'vitest';
import { fileTypeOf } from '../../src/facts/file-type.ts';
import { encodeStreamName, tableStreamName } from '../../src/facts/msi/stream-name.ts';
import { SIGNATURE_EX_STREAM, SIGNATURE_STREAM } from '../../src/facts/msi/package-digest.ts';
import { CountingSource, digestOf, inspect } from '../unit/facts/msi/inspect.ts';
import { innerStream, type InstallerSpec, writeInstaller } from '../unit/facts/msi/installer-writer.ts';
import { noTools, Workshop } from '../unit/facts/msi/tools.ts';

/** The smallest archive that Java accepts: one empty entry and the directory that Java looks for from the end. */
const archive = Buffer.concat([
  Buffer.from('504b03040a00000000000000000000000000000000000000000001000000', 'hex'),
  Buffer.from('A'),
  Buffer.from('504b01020a000a000000000000000000000000000000000000000000010000000000000000000000000000000000', 'hex'),
  Buffer.from('A'),
  Buffer.from('504b050600000000010001002f0000001f0000000000', 'hex'),
]);
const program = (): Buffer => {
  const bytes = Buffer.alloc(1024);
  bytes.write('MZ');
  bytes.writeUInt32LE(0x80, 0x3c);
  bytes.write('PE\0\0', 0x80);
  bytes.writeUInt16LE(0x0002, 0x80 + 22);
  return bytes;
};
const refused = (bytes: Uint8Array, place: RegExp) =>
  expect(inspect(bytes)).rejects.toMatchObject({ name: 'MalformedContent', place: expect.stringMatching(place) });
const sectors = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);

describe.skipIf(noTools !== undefined)(`a signed package${noTools === undefined ? '' : ` (${noTools})`}`, () => {
  const shop = new Workshop();
  afterAll(() => shop.close());
  const signed = (extended: boolean): Buffer =>
    shop.sign(writeInstaller({ more: [innerStream('inside.cab', Buffer.alloc(9000, 'c'))] }).bytes, { extended });

  it.each<[string, Buffer]>([
    ['an archive', archive],
    ['an archive in whole sectors', sectors(archive)],
    ['a program', program()],
    ['another package', writeInstaller().bytes],
    ['one zero', Buffer.alloc(1)],
  ])('AC-42 with %s appended is refused, though the digest over its streams is still right', async (_title, more) => {
    for (const extended of [false, true]) {
      const whole = signed(extended);
      expect(await digestOf(whole)).toBe(shop.digests(whole).signed);
      const bytes = Buffer.concat([whole, more]);
      expect(shop.digests(bytes).computed).toBe(shop.digests(whole).signed);
      await refused(bytes, new RegExp(`^appended data, offset 0x${whole.length.toString(16)}$`));
    }
  });

  it('AC-42 with appended sectors written into the allocation table is refused', async () => {
    const whole = signed(false);
    const sector = whole.length / 512 - 1;
    const more = sectors(archive);
    for (const mark of [0xfffffffe, 0xfffffffd, 0xfffffffc]) {
      const bytes = Buffer.concat([whole, more]);
      const fat = (bytes.readUInt32LE(76) + 1) * 512;
      bytes.writeUInt32LE(mark, fat + sector * 4);
      await refused(bytes, /^appended data/);
    }
    // Listed as one more sector of the allocation table itself.
    const bytes = Buffer.concat([whole, more]);
    bytes.writeUInt32LE(2, 44);
    bytes.writeUInt32LE(sector, 80);
    await refused(bytes, /^appended data/);
  });

  it('AC-42 with one byte of a stream changed has another digest', async () => {
    const whole = signed(false);
    const expected = await digestOf(whole);
    const at = whole.indexOf(Buffer.alloc(100, 'c'));
    whole.writeUInt8(0x64, at + 50);
    expect(await digestOf(whole)).not.toBe(expected);
    expect(await digestOf(whole)).toBe(shop.digests(whole).computed);
  });

  it('AC-42 with bytes behind the message in its signature stream is refused', async () => {
    const whole = signed(false);
    const entry = whole.indexOf(Buffer.from('\u0005DigitalSignature', 'utf16le'));
    const size = whole.readUInt32LE(entry + 120);
    expect(size % 64).not.toBe(63);
    whole.writeUInt32LE(size + 1, entry + 120);
    const { content } = await inspect(whole);
    expect(content.signatures[0]).toHaveLength(size);
    // The byte that became part of the stream is filled.
    const end = whole.indexOf(Buffer.from(content.signatures[0]!.subarray(-16))) + 16;
    whole.writeUInt8(0x41, end);
    await refused(whole, /^signature stream$/);
  });

  it('AC-42 with a stream renamed is refused where the signature covers names', async () => {
    const rename = (bytes: Buffer): Buffer => {
      const at = bytes.indexOf(Buffer.from(encodeStreamName('inside.cab'), 'utf16le'));
      Buffer.from(encodeStreamName('inside.cac'), 'utf16le').copy(bytes, at);
      return bytes;
    };
    await refused(rename(signed(true)), /^extended signature stream$/);
    // Without it nobody notices: the plain signature covers the content of the streams only, as on Windows.
    const plain = signed(false);
    const expected = await digestOf(plain);
    expect(await digestOf(rename(plain))).toBe(expected);
  });

  it('AC-42 covers names only as long as nobody renames their digest: a limit of the format', async () => {
    const whole = signed(true);
    const expected = shop.digests(whole).signed;
    const entry = whole.indexOf(Buffer.from(SIGNATURE_EX_STREAM, 'utf16le'));
    const rename = (letter: string): void => void whole.writeUInt16LE(letter.charCodeAt(0), entry + 40);
    // The digest of names goes before the streams. As an ordinary stream that sorts first its bytes are digested at the
    // same place, so that this package cannot be told from one that was signed without it.
    rename('y');
    expect(await digestOf(whole)).toBe(expected);
    expect(shop.digests(whole).computed).toBe(expected);
    // Anywhere else it changes the digest.
    whole.writeUInt16LE(0x7a, entry);
    expect(await digestOf(whole)).not.toBe(expected);
  });
});

describe('AC-42 content that no stream owns', () => {
  const message = {
    name: SIGNATURE_STREAM,
    bytes: Buffer.concat([Buffer.from([0x30, 0x81, 0xc8]), Buffer.alloc(200)]),
  };
  const inFree = (content: Uint8Array, more: InstallerSpec['more'] = [message]): Buffer => {
    const free = Buffer.alloc(2048);
    Buffer.from(content).copy(free, 512);
    return writeInstaller({ more, free }).bytes;
  };

  it('in free sectors of a signed package is refused', async () => {
    await refused(inFree(archive), /^free sector, offset 0x/);
    await refused(inFree(Buffer.from('x')), /^free sector, offset 0x/);
  });

  it('may be what a writer fills free sectors with', async () => {
    for (const fill of [0, 0xff]) await inspect(inFree(Buffer.alloc(512, fill)));
  });

  it('is nobody’s matter in a package that is not signed, of which only the hash counts', async () => {
    await inspect(inFree(archive, []));
  });

  it('behind the header of a signed package is refused', async () => {
    const bytes = writeInstaller({ more: [message], version: 4 }).bytes;
    await inspect(bytes);
    archive.copy(bytes, 1024);
    await refused(bytes, /^compound file header, offset 0x200$/);
  });

  it('in free places of the mini stream or the directory is told', async () => {
    const whole = await inspect(writeInstaller({ more: [message] }).bytes);
    expect(whole.facts.installer).not.toHaveProperty('unownedBytes');
    const short = await inspect(writeInstaller({ more: [message], freeShort: Buffer.alloc(128, 'PK') }).bytes);
    expect(short.facts.installer).toMatchObject({ unownedBytes: 128 });
    const { bytes, layout } = writeInstaller({ more: [message, { name: 'storage', children: [] }] });
    const unused = layout.directory + layout.entryCount * 128;
    expect(layout.entryCount % 4).not.toBe(0);
    archive.subarray(0, 60).copy(bytes, unused);
    expect((await inspect(bytes)).facts.installer).toMatchObject({ unownedBytes: 128 });
  });
});

describe('AC-26 a file that is not what its extension says', () => {
  const installer = writeInstaller().bytes;
  const typeOf = (name: string, bytes: Uint8Array) => fileTypeOf(name, new CountingSource(bytes));

  it.each<[string, string, Uint8Array]>([
    ['a program', 'setup.msi', program()],
    ['a package', 'setup.exe', installer],
    ['a package', 'setup.ps1', installer],
    ['an archive', 'setup.msi', archive],
    ['a transform', 'setup.msi', writeInstaller({ classId: '82100c0000000000c000000000000046' }).bytes],
    ['a patch', 'setup.msi', writeInstaller({ classId: '86100c0000000000c000000000000046' }).bytes],
    ['a document', 'setup.msi', writeInstaller({ classId: '0609020000000000c000000000000046' }).bytes],
  ])('%s named %s is refused', async (_title, name, bytes) => {
    expect(await typeOf(name, bytes)).toMatchObject({ type: undefined, refusal: { reason: 'typeMismatch' } });
  });

  it.each<[string, InstallerSpec['classId']]>([
    ['transform', '82100c0000000000c000000000000046'],
    ['patch', '86100c0000000000c000000000000046'],
  ])('a %s is no package to the reader either', async (_title, classId) => {
    await refused(writeInstaller(classId === undefined ? {} : { classId }).bytes, /^directory entry 0$/);
  });

  it('a compound file with the class of a package and nothing of one is refused', async () => {
    const change = (streams: Map<string, Uint8Array>): void => {
      for (const table of ['_StringPool', '_StringData']) streams.delete(tableStreamName(table));
    };
    const { bytes } = writeInstaller({ change });
    expect(await typeOf('setup.msi', bytes)).toMatchObject({ type: 'msi' });
    await refused(bytes, /^installer database$/);
  });

  it('a package that is an archive at its end is refused', async () => {
    const bytes = Buffer.concat([installer, archive]);
    expect(await typeOf('setup.msi', bytes)).toMatchObject({ type: 'msi' });
    await refused(bytes, /^appended data/);
  });
});

describe('AC-49 content beside a package', () => {
  it('is named, in the order of the media, and no more than once', async () => {
    const { facts } = await inspect(writeInstaller({ cabinets: ['Data1.cab', '#inside.cab', 'Data2.cab'] }).bytes);
    expect(facts.installer?.externalFiles?.cabinets).toEqual(['Data1.cab', 'Data2.cab']);
  });

  it('is named also where a stream of the same name is inside', async () => {
    const more = [innerStream('Data1.cab', Buffer.from('inside'))];
    const { facts } = await inspect(writeInstaller({ cabinets: ['Data1.cab'], more }).bytes);
    expect(facts.installer?.externalFiles?.cabinets).toEqual(['Data1.cab']);
  });
});
