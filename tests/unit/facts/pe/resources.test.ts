import { describe, expect, it } from 'vitest';
import { buildProgram, directoryOffset, sectionOffset, versionBlock, versionResource } from '../pe-builder.ts';
import { changed, factsOf, refusalOf } from './inspect.ts';

const VERSION = 16;
const ENGLISH = { '040904b0': { ProductName: 'Tool', FileVersion: '1.2.3.4' } };
const version = (name: string, language: number) => ({
  type: VERSION,
  language,
  data: versionResource({ version: [1, 2, 3, 4], tables: { '040904b0': { ProductName: name } } }),
});

/** Offset of the resource directory in a built program of one code section. */
const RESOURCES = 1024;

describe('the version resource', () => {
  it('gives the fixed version and the texts', async () => {
    const data = versionResource({
      version: [1, 2, 65535, 4],
      tables: {
        '040904b0': {
          CompanyName: 'Contoso, Größe & Söhne',
          FileDescription: 'Tool 🔧',
          FileVersion: '1.2 beta',
          InternalName: 'tool',
          OriginalFilename: 'tool.exe',
          ProductName: 'Contoso Tools',
          Comments: '',
        },
      },
    });
    const facts = await factsOf(
      buildProgram({
        resources: [
          { type: 3, data },
          { type: VERSION, data },
        ],
      }),
    );
    expect(facts).toMatchObject({
      fixedVersion: [1, 2, 65535, 4],
      fileVersionText: '1.2 beta',
      companyName: 'Contoso, Größe & Söhne',
      fileDescription: 'Tool 🔧',
      internalName: 'tool',
      originalName: 'tool.exe',
      productName: 'Contoso Tools',
    });
    expect(facts.executable?.versionTexts).toEqual([
      { language: '040904b0', texts: expect.objectContaining({ Comments: '', CompanyName: 'Contoso, Größe & Söhne' }) },
    ]);
  });

  it('need not be there, nor any directory', async () => {
    expect(await factsOf(buildProgram({ resources: [{ type: 3, data: Buffer.alloc(4) }] }))).toEqual({
      executable: { machine: 'x64', subsystem: 'console' },
    });
    expect(await factsOf(buildProgram({ resources: [{ type: VERSION, name: 2, data: Buffer.alloc(4) }] }))).toEqual({
      executable: { machine: 'x64', subsystem: 'console' },
    });
  });

  it('without a fixed block or texts says nothing of them', async () => {
    const facts = await factsOf(buildProgram({ resources: [{ type: VERSION, data: versionResource({}) }] }));
    expect(facts).toEqual({ executable: { machine: 'x64', subsystem: 'console', versionTexts: [] } });
  });

  it('does not mistake names of the language for members of objects', async () => {
    const data = versionResource({ tables: { '040904b0': JSON.parse('{"__proto__":"x","constructor":"y"}') } });
    const facts = await factsOf(buildProgram({ resources: [{ type: VERSION, data }] }));
    expect(Object.entries(facts.executable?.versionTexts?.[0]?.texts ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it('replaces half surrogates', async () => {
    const data = versionResource({ tables: { '040904b0': { ProductName: 'a\ud800b' } } });
    expect((await factsOf(buildProgram({ resources: [{ type: VERSION, data }] }))).productName).toBe('a\ufffdb');
  });
});

describe('the language that is shown', () => {
  it.each([
    ['neutral before US English', [0x407, 0x409, 0], 'of 0'],
    ['US English before the first', [0x407, 0x409, 0xc07], 'of 1033'],
    ['else the first', [0x407, 0xc07], 'of 1031'],
  ])('of the resources: %s', async (_, languages, shown) => {
    const resources = languages.map((language) => version(`of ${language}`, language));
    resources.sort((left, right) => left.language - right.language);
    const facts = await factsOf(buildProgram({ resources }));
    expect(facts.productName).toBe(shown);
    expect(facts.executable?.versionTexts).toHaveLength(languages.length);
  });

  const table = (name: string, more: object = { FileVersion: '1' }) => ({ ProductName: name, ...more });
  it.each([
    ['the first translation', { '040704b0': table('de'), '040904b0': table('en') }, ['040704b0', '040904b0'], 'de'],
    ['a translation in capitals', { '040704B0': table('de'), '040904b0': table('en') }, ['040704b0'], 'de'],
    ['US English when it has no table', { '040704b0': table('de'), '040904E4': table('en') }, ['041104b0'], 'en'],
    ['the table with a file version', { '040704b0': table('de', {}), '040904b0': table('en') }, ['040704b0'], 'en'],
    ['the translation without a file version', { '040704b0': table('de', {}) }, ['040704b0'], 'de'],
    ['the default without translations', { '040704b0': table('de'), '040904e4': table('en') }, [], 'en'],
    ['the first table in the end', { '040704b0': table('de'), '041104b0': table('ja') }, [], 'de'],
  ])('of the tables: %s', async (_, tables, translations, shown) => {
    const data = versionResource({ tables, translations });
    expect((await factsOf(buildProgram({ resources: [{ type: VERSION, data }] }))).productName).toBe(shown);
  });

  it('finds names of blocks and texts without case', async () => {
    const strings = versionBlock('040904B0', '', [
      versionBlock('PRODUCTNAME', 'Tool\0'),
      versionBlock('productname', 'B\0'),
    ]);
    const data = versionBlock('VS_VERSION_INFO', Buffer.alloc(0), [versionBlock('STRINGFILEINFO', '', [strings])]);
    expect((await factsOf(buildProgram({ resources: [{ type: VERSION, data }] }))).productName).toBe('Tool');
  });
});

describe('a resource tree', () => {
  const bytes = buildProgram({ resources: [{ type: VERSION, data: versionResource({ tables: ENGLISH }) }] });
  // Root at 0, names at 24, languages at 48, data entry at 72, data at 88.
  it.each<[string, RegExp, (copy: Buffer) => unknown]>([
    ['outside of all sections', /No section/, (copy) => copy.writeUInt32LE(0x9_0000, directoryOffset(2))],
    ['at the end of a section', /No section/, (copy) => copy.writeUInt32LE(0x2ff8, directoryOffset(2))],
    ['with too many entries', /more than 1024/, (copy) => copy.writeUInt16LE(1025, RESOURCES + 12)],
    ['with entries outside', /No section/, (copy) => copy.writeUInt16LE(1000, RESOURCES + 14)],
    ['with data for a type', /does not lead/, (copy) => copy.writeUInt32LE(24, RESOURCES + 20)],
    ['with data for a name', /does not lead/, (copy) => copy.writeUInt32LE(48, RESOURCES + 24 + 20)],
    ['with a fourth level', /another directory/, (copy) => copy.writeUInt32LE(0x8000_0048, RESOURCES + 48 + 20)],
    ['that leads to itself', /another directory/, (copy) => copy.writeUInt32LE(0x8000_0018, RESOURCES + 24 + 20)],
    ['with data outside', /No section/, (copy) => copy.writeUInt32LE(0xffff_ffff, RESOURCES + 72)],
    ['with data past its section', /No section/, (copy) => copy.writeUInt32LE(5000, RESOURCES + 76)],
    ['with an empty version', /shorter than/, (copy) => copy.writeUInt32LE(0, RESOURCES + 76)],
    ['in a section without bytes', /No section/, (copy) => copy.writeUInt32LE(0, sectionOffset(1) + 16)],
  ])('%s is refused', async (_, message, change) => {
    expect(await refusalOf(changed(bytes, change))).toMatch(message);
  });

  it('out of order is refused, since Windows would not find what is there', async () => {
    const two = buildProgram({ resources: [version('a', 0x407), version('b', 0x409)] });
    expect(await refusalOf(changed(two, (copy) => copy.writeUInt32LE(0x40a, RESOURCES + 48 + 16)))).toMatch(/in order/);
  });

  it('may hold one language twice, of which the first counts', async () => {
    const two = buildProgram({ resources: [version('a', 0x407), version('b', 0x409)] });
    const doubled = changed(two, (copy) => copy.writeUInt32LE(0x409, RESOURCES + 48 + 16));
    expect((await factsOf(doubled)).productName).toBe('a');
  });

  it('of 257 languages is refused', async () => {
    const resources = Array.from({ length: 257 }, (_, index) => version('x', index));
    expect(await refusalOf(buildProgram({ resources }))).toMatch(/more than 256 languages/);
  });

  it('of more than 256 KiB of version texts is refused', async () => {
    const data = versionResource({ tables: { '040904b0': { Comments: 'x'.repeat(32_000) } } });
    const resources = Array.from({ length: 5 }, (_, language) => ({ type: VERSION, language, data }));
    expect(await refusalOf(buildProgram({ resources }))).toMatch(/more than 262144 bytes/);
    expect(await refusalOf(buildProgram({ resources: resources.slice(1) }))).toBeUndefined();
  });
});

describe('a version resource with', () => {
  const data = versionResource({ version: [1, 2, 3, 4], tables: ENGLISH });
  const strings = data.indexOf(Buffer.from('StringFileInfo', 'utf16le')) - 6;
  const tableAt = data.indexOf(Buffer.from('040904b0', 'utf16le')) - 6;
  const translation = data.indexOf(Buffer.from('Translation', 'utf16le')) - 6;
  it.each<[string, RegExp, (copy: Buffer) => unknown]>([
    ['another name', /another name/, (copy) => copy.write('X', 6, 'utf16le')],
    ['a length beyond the resource', /outside of the one around/, (copy) => copy.writeUInt16LE(0xffff, 0)],
    ['a length below its header', /outside of the one around/, (copy) => copy.writeUInt16LE(4, 0)],
    ['a short fixed block', /another signature or size/, (copy) => copy.writeUInt16LE(48, 2)],
    ['a fixed block beyond its end', /value.*outside/, (copy) => copy.writeUInt16LE(0xfff0, 2)],
    ['another signature', /another signature or size/, (copy) => copy.writeUInt32LE(1, 40)],
    ['texts beyond the block', /outside of the one around/, (copy) => copy.writeUInt16LE(0xfff0, strings)],
    ['a table of another name', /not named after a language/, (copy) => copy.write('x', tableAt + 6, 'utf16le')],
    ['translations beyond the block', /value.*outside/, (copy) => copy.writeUInt16LE(0xfff0, translation + 2)],
  ])('%s is refused', async (_, message, change) => {
    const program = buildProgram({ resources: [{ type: VERSION, data: changed(data, change) }] });
    expect(await refusalOf(program)).toMatch(message);
  });

  it('padding at its end is taken', async () => {
    const padded = Buffer.concat([data, Buffer.alloc(64)]);
    padded.writeUInt16LE(padded.length, 0);
    expect((await factsOf(buildProgram({ resources: [{ type: VERSION, data: padded }] }))).productName).toBe('Tool');
  });
});
