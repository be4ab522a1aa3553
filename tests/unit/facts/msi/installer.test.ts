import { describe, expect, it } from 'vitest';
import { decodeCodePage } from '../../../../src/facts/msi/code-page.ts';
import { encodeStreamName, tableStreamName } from '../../../../src/facts/msi/stream-name.ts';
import { inspect } from './inspect.ts';
import { COLUMN, type InstallerSpec, PROPERTIES, writeInstaller, writeSummary } from './installer-writer.ts';

const facts = async (spec: InstallerSpec) => (await inspect(writeInstaller(spec).bytes)).facts;
const refused = (spec: InstallerSpec, place: string | RegExp, problem: RegExp) =>
  expect(inspect(writeInstaller(spec).bytes)).rejects.toMatchObject({
    name: 'MalformedContent',
    place: typeof place === 'string' ? place : expect.stringMatching(place),
    message: expect.stringMatching(problem),
  });
/** Changes bytes of one table. */
const inTable =
  (table: string, change: (bytes: Buffer) => Buffer | undefined): NonNullable<InstallerSpec['change']> =>
  (streams) => {
    const name = tableStreamName(table);
    const bytes = Buffer.from(streams.get(name)!);
    streams.set(name, change(bytes) ?? bytes);
  };

const wordCount = (value: number): Uint8Array => writeSummary({ 15: { long: value } });

describe('an installer package', () => {
  it.each<[string, InstallerSpec]>([
    ['version 3', {}],
    ['version 4', { version: 4 }],
    ['references of three bytes', { longReferences: true }],
  ])('says what it installs: %s', async (_title, spec) => {
    expect(await facts(spec)).toEqual({
      installer: {
        productName: 'Example Tool',
        manufacturer: 'Example Ltd.',
        productVersion: '1.2.3',
        productCode: '{ABCDDCBA-86C7-4D14-AEC0-86416A69ABDE}',
        upgradeCode: '{ABCDDCBA-7349-453F-94F6-BCB5110BA4FD}',
        summary: {
          codePage: '1252',
          title: 'Installation Database',
          subject: 'Example Tool Setup',
          author: 'Example Ltd.',
          template: 'x64;1033',
          created: '2025-11-21T16:00:47.239Z',
          pageCount: '200',
        },
        textsSigned: false,
      },
      fileVersionText: '1.2.3',
      productName: 'Example Tool',
      companyName: 'Example Ltd.',
      fileDescription: 'Example Tool Setup',
    });
  });

  it('may have no properties, no media and no summary', async () => {
    const change = (streams: Map<string, Uint8Array>): void => void streams.delete('\u0005SummaryInformation');
    expect(await facts({ properties: {}, cabinets: [], change })).toEqual({
      installer: { summary: {}, textsSigned: false },
    });
  });

  it('AC-49 names the cabinets that lie beside it, once each', async () => {
    const { installer } = await facts({ cabinets: ['#in.cab', 'beside.cab', null, 'Data1.cab', 'beside.cab'] });
    expect(installer?.externalFiles).toEqual({
      cabinets: ['beside.cab', 'Data1.cab'],
      cabinetCount: 2,
      uncompressed: false,
    });
  });

  it.each<[string, InstallerSpec, boolean]>([
    ['no file at all', { cabinets: ['#a'] }, false],
    ['compressed by the summary', { files: [{ sequence: 1 }], summary: wordCount(2) }, false],
    ['compressed by itself', { files: [{ sequence: 1, attributes: 0x4000 }], summary: wordCount(0) }, false],
    ['uncompressed by the summary', { files: [{ sequence: 1 }], summary: wordCount(0) }, true],
    ['a word count that is a text', { files: [{ sequence: 1 }], summary: writeSummary({ 15: { text: '2' } }) }, true],
    ['no word count', { files: [{ sequence: 1 }] }, true],
    ['an administrative image', { files: [{ sequence: 1 }], summary: wordCount(6) }, true],
    [
      'uncompressed by itself',
      { files: [{ sequence: 1 }, { sequence: 1, attributes: 0x2000 }], summary: wordCount(2) },
      true,
    ],
    [
      'on a medium without a cabinet',
      { cabinets: ['#a', null], files: [{ sequence: 2 }], summary: wordCount(2) },
      true,
    ],
    [
      'before a medium without a cabinet',
      { cabinets: ['#a', null], files: [{ sequence: 1 }], summary: wordCount(2) },
      false,
    ],
    ['on no medium', { cabinets: ['#a'], files: [{ sequence: 2 }], summary: wordCount(2) }, true],
    ['on no medium of none', { cabinets: [], files: [{ sequence: 1 }], summary: wordCount(2) }, true],
  ])('AC-49 tells whether a file lies beside it: %s', async (_title, spec, beside) => {
    const expected = beside ? { cabinets: [], cabinetCount: 0, uncompressed: true } : undefined;
    expect((await facts(spec)).installer?.externalFiles).toEqual(expected);
  });

  it('AC-49 names some of very many cabinets, shortened', async () => {
    const cabinets = Array.from({ length: 100 }, (_, index) => `${String(index)}${'x'.repeat(300)}`);
    const { externalFiles } = (await facts({ cabinets })).installer!;
    expect(externalFiles).toMatchObject({ cabinetCount: 100 });
    expect(externalFiles?.cabinets).toHaveLength(64);
    expect(externalFiles?.cabinets[0]).toBe(`0${'x'.repeat(254)}…`);
  });

  it.each<[number, Buffer, string]>([
    [1252, Buffer.from([0x80, 0x20, 0xfc]), '€ ü'],
    [1251, Buffer.from([0xcf, 0xf0]), 'Пр'],
    [932, Buffer.from([0x83, 0x5c, 0x83, 0x74]), 'ソフ'],
    [936, Buffer.from([0xb0, 0xb2]), '安'],
    [950, Buffer.from([0xa6, 0x77]), '安'],
    [949, Buffer.from([0xb0, 0xa1]), '가'],
    [65001, Buffer.from('Ü安', 'utf8'), 'Ü安'],
    [65001, Buffer.from([0x41, 0xff, 0x42]), 'A\ufffdB'],
    [437, Buffer.from([0x41, 0x81]), 'A\ufffd'],
    [0, Buffer.from([0x41, 0xfc]), 'A\ufffd'],
  ])('reads text of code page %i', async (codePage, bytes, text) => {
    expect((await facts({ codePage, properties: { ...PROPERTIES, ProductName: bytes } })).productName).toBe(text);
    expect(decodeCodePage(bytes, codePage)).toBe(text);
  });

  it('has strings of more than 64 KiB between the others', async () => {
    const properties = { License: 'x'.repeat(70_000), ...PROPERTIES, Other: 'y'.repeat(200_000) };
    expect(await facts({ properties })).toMatchObject({ productName: 'Example Tool', fileVersionText: '1.2.3' });
    await refused(
      { properties: { ...PROPERTIES, ProductName: 'x'.repeat(70_000) } },
      /^string pool, string \d+$/,
      /more than 32768 bytes/,
    );
  });

  it('leaves a product code out that is none', async () => {
    const { installer } = await facts({ properties: { ...PROPERTIES, ProductCode: 'latest' } });
    expect(installer).not.toHaveProperty('productCode');
    expect(installer).toHaveProperty('upgradeCode');
  });

  it('compares names of properties with case', async () => {
    expect(await facts({ properties: { PRODUCTNAME: 'Other', ProductName: 'One' } })).toMatchObject({
      productName: 'One',
    });
  });

  it('may have tables that are filled up to four bytes', async () => {
    const change = inTable('Property', (bytes) => Buffer.concat([bytes, Buffer.alloc(3)]));
    expect(await facts({ change })).toMatchObject({ productName: 'Example Tool' });
  });

  it('is not any other compound file', async () => {
    await refused({ classId: '82100c0000000000c000000000000046' }, 'directory entry 0', /not an installer database/);
    const change = (streams: Map<string, Uint8Array>): void => void streams.delete(tableStreamName('_StringPool'));
    await refused({ change }, 'installer database', /no strings/);
  });

  it.each<[string, string | RegExp, RegExp, NonNullable<InstallerSpec['change']>]>([
    [
      'a string outside of the data',
      /^string pool, string \d+$/,
      /outside of the string data/,
      inTable('_StringPool', (bytes) => void bytes.writeUInt16LE(0xffff, 8)),
    ],
    [
      'data that no string of the pool has',
      'string data',
      /more than the strings/,
      inTable('_StringData', (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
    ],
    [
      'a pool without its last string',
      'string data',
      /more than the strings/,
      inTable('_StringPool', (bytes) => bytes.subarray(0, bytes.length - 4)),
    ],
    [
      'a text column that is a number',
      'table Property',
      /another type/,
      inTable('_Columns', (bytes) => void bytes.writeUInt16LE(0x8502, 6 * 6)),
    ],
    [
      'a pool that is cut',
      'string pool',
      /length is wrong/,
      inTable('_StringPool', (bytes) => bytes.subarray(0, bytes.length - 1)),
    ],
    [
      'a pool that ends inside of a long string',
      'string pool',
      /length of its last string/,
      inTable('_StringPool', (bytes) => Buffer.concat([bytes, Buffer.from([0, 0, 1, 0])])),
    ],
    [
      'a reference to no string',
      /^string pool, string 65535$/,
      /does not exist/,
      inTable('Property', (bytes) => void bytes.writeUInt16LE(0xffff, 0)),
    ],
    [
      'a property that is there twice',
      'table Property',
      /twice/,
      inTable('Property', (bytes) => void bytes.writeUInt16LE(bytes.readUInt16LE(0), 2)),
    ],
    [
      'a row that is not whole',
      'table _Columns',
      /last row/,
      inTable('_Columns', (bytes) => bytes.subarray(0, bytes.length - 4)),
    ],
    [
      'a column with a type that nobody knows',
      'columns of table Property',
      /type of a column/,
      inTable('_Columns', (bytes) => void bytes.writeUInt16LE(0x8003, 6 * 6)),
    ],
    [
      'two columns with one number',
      'columns of table Property',
      /number of a column/,
      inTable('_Columns', (bytes) => void bytes.writeUInt16LE(0x8001, 6 * 2 + 2)),
    ],
    [
      'a column without its neighbour before',
      'columns of table Property',
      /column is missing/,
      inTable('_Columns', (bytes) => void bytes.writeUInt16LE(0x8005, 6 * 2 + 2)),
    ],
    [
      'two columns with one name',
      'columns of table Property',
      /there twice/,
      inTable('_Columns', (bytes) => void bytes.writeUInt16LE(bytes.readUInt16LE(6 * 4), 6 * 4 + 2)),
    ],
    [
      'a table without columns',
      'table Property',
      /no columns/,
      (streams) => void streams.delete(tableStreamName('_Columns')),
    ],
  ])('is refused for %s', async (_title, place, problem, change) => {
    await refused({ change }, place, problem);
  });

  it('ignores a table that the database does not know', async () => {
    const change = (streams: Map<string, Uint8Array>): void => void streams.delete(tableStreamName('_Tables'));
    expect(await facts({ change })).not.toHaveProperty('productName');
    expect(COLUMN.key & 0x2000).not.toBe(0);
  });
});

describe('the summary information', () => {
  it('has every kind of value', async () => {
    const summary = writeSummary({
      1: { short: 65001 },
      5: { text: 'a' },
      9: { text: '{X}' },
      11: 0n,
      13: 0x7fffffffffffffffn,
      14: { long: -1 },
      15: { long: 2 },
      17: { text: 'ignored' },
      19: { long: 4 },
      99: { long: 1 },
    });
    expect((await facts({ summary })).installer?.summary).toEqual({
      codePage: '65001',
      keywords: 'a',
      revisionNumber: '{X}',
      pageCount: '-1',
      wordCount: '2',
      security: '4',
    });
  });

  it.each<[string, RegExp, RegExp, (bytes: Buffer) => void]>([
    ['another mark', /^summary information$/, /not a property set/, (bytes) => bytes.writeUInt16LE(0, 0)],
    ['no section', /^summary information$/, /not a property set/, (bytes) => bytes.writeUInt32LE(0, 24)],
    ['another format', /offset 0x1c$/, /another kind/, (bytes) => bytes.writeUInt32LE(0, 28)],
    ['a section outside', /offset 0x7fffffff$/, /too early/, (bytes) => bytes.writeUInt32LE(0x7fffffff, 44)],
    ['too many properties', /^summary information$/, /more than 128/, (bytes) => bytes.writeUInt32LE(129, 52)],
    ['more properties than bytes', /offset 0x38$/, /too early/, (bytes) => bytes.writeUInt32LE(128, 52)],
    ['a property outside', /offset 0x/, /too early/, (bytes) => bytes.writeUInt32LE(0xfffffff0, 60)],
    ['a property twice', /^summary information$/, /twice/, (bytes) => bytes.writeUInt32LE(1, 64)],
    [
      'a text outside',
      /offset 0x/,
      /too early/,
      (bytes) => bytes.writeUInt32LE(30_000, 48 + bytes.readUInt32LE(48 + 8 + 12) + 4),
    ],
    [
      'a text that is too long',
      /^summary information$/,
      /more than 32768/,
      (bytes) => bytes.writeUInt32LE(0xffffffff, 48 + bytes.readUInt32LE(48 + 8 + 12) + 4),
    ],
  ])('is refused with %s', async (_title, place, problem, change) => {
    const summary = writeSummary();
    change(summary);
    await refused({ summary }, place, problem);
  });
});

describe('names of streams', () => {
  it.each([
    ['_Tables', '\u4840\u3f7f\u4164\u422f\u4836'],
    ['_StringPool', '\u4840\u3f3f\u4577\u446c\u3e6a\u44b2\u482f'],
    ['Property', '\u4840\u4559\u44f2\u4568\u4737'],
  ])('of table %s', (name, encoded) => {
    expect(tableStreamName(name)).toBe(encoded);
  });

  it('keep what cannot be packed', () => {
    expect(encodeStreamName('a b-cd')).toBe('\u4824 \u4825-\u41e6');
  });
});
