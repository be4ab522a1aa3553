import { afterAll, describe, expect, it } from 'vitest';
import { readFileSync, writeFileSync } from 'node:fs';
import { digestOf, inspect } from './inspect.ts';
import { innerStream, writeInstaller } from './installer-writer.ts';
import { noTools, Workshop } from './tools.ts';

const STORAGES = [
  innerStream('inside.cab', Buffer.alloc(9000, 'c')),
  innerStream('not packed ä.bin', Buffer.from('x')),
  {
    name: 'a transform',
    classId: 'ff'.repeat(16),
    children: [
      { name: 'a', bytes: Buffer.from('AAAA') },
      { name: 'ab', bytes: Buffer.from('BBB') },
      { name: '\u0100', bytes: Buffer.from('high byte') },
      { name: 'empty', bytes: Buffer.alloc(0) },
      { name: '\u0005DigitalSignature', bytes: Buffer.from('of the transform') },
      { name: 'long', bytes: Buffer.alloc(5000, 'x') },
    ],
  },
  { name: 'another', children: [{ name: 'only', bytes: Buffer.from('y') }] },
];

describe.skipIf(noTools !== undefined)(`with tools of others${noTools === undefined ? '' : ` (${noTools})`}`, () => {
  const shop = new Workshop();
  afterAll(() => shop.close());

  /** Rows of a table as msiinfo exports it. */
  const exported = (file: string, table: string): Record<string, string> =>
    Object.fromEntries(
      shop
        .run('msiinfo', 'export', file, table)
        .split(/\r?\n/)
        .slice(3)
        .map((line) => line.split('\t') as [string, string]),
    );

  it.each([true, false])('a compiled package says what msiinfo says (cabinet inside: %s)', async (embedded) => {
    const { facts, content } = await inspect(shop.compile({ embedded }));
    const property = exported('compiled.msi', 'Property');
    expect(property['ProductName']).toBe('Compiled Tool');
    expect(facts).toMatchObject({
      installer: {
        productName: property['ProductName'],
        manufacturer: property['Manufacturer'],
        productVersion: property['ProductVersion'],
        productCode: property['ProductCode'],
        upgradeCode: property['UpgradeCode'],
      },
      productName: 'Compiled Tool',
      fileVersionText: '4.5.6',
      companyName: 'Compiled Ltd.',
      fileDescription: 'Compiled Tool Setup',
    });
    expect(facts.installer?.externalFiles).toEqual(
      embedded ? undefined : { cabinets: ['files.cab'], cabinetCount: 1, uncompressed: false },
    );
    expect(content.signatures).toEqual([]);
    const shown = shop.run('msiinfo', 'suminfo', 'compiled.msi');
    const summary = facts.installer?.summary ?? {};
    for (const [title, name] of Object.entries({
      Title: 'title',
      Subject: 'subject',
      Author: 'author',
      Keywords: 'keywords',
      Comments: 'comments',
      Template: 'template',
      'Revision number (UUID)': 'revisionNumber',
      Application: 'application',
    })) {
      expect(shown).toContain(`${title}: ${summary[name]}\n`);
    }
    expect(summary['created']).toMatch(/^20\d\d-\d\d-\d\dT/);
  });

  it('a package from single statements says what was put into it', async () => {
    const query = (text: string): unknown => shop.run('msibuild', 'built.msi', '-q', text);
    const id = '{12345678-1234-1234-1234-123456789012}';
    shop.run('msibuild', 'built.msi', '-s', 'A title', 'An author', 'Intel;1033', id);
    query('CREATE TABLE `Property` (`Property` CHAR(72) NOT NULL, `Value` CHAR(0) NOT NULL PRIMARY KEY `Property`)');
    for (let index = 0; index < 20; index += 1) {
      query(`INSERT INTO \`Property\` (\`Property\`, \`Value\`) VALUES ('P${index}', 'V${index}')`);
    }
    query("INSERT INTO `Property` (`Property`, `Value`) VALUES ('ProductName', 'Built Tool')");
    writeFileSync(shop.path('data.bin'), Buffer.alloc(300_000, 'd'));
    shop.run('msibuild', 'built.msi', '-a', 'Data with spaces.bin', 'data.bin');
    const { facts } = await inspect(readFileSync(shop.path('built.msi')));
    expect(facts).toMatchObject({
      productName: 'Built Tool',
      fileDescription: 'A title',
      installer: { summary: { author: 'An author', template: 'Intel;1033', revisionNumber: id } },
    });
  });

  it('a package of our own writer is one to msiinfo', () => {
    for (const version of [3, 4] as const) {
      writeFileSync(
        shop.path('own.msi'),
        writeInstaller({ version, more: STORAGES, longReferences: version === 4 }).bytes,
      );
      expect(exported('own.msi', 'Property')).toMatchObject({ ProductName: 'Example Tool', ProductVersion: '1.2.3' });
      expect(exported('own.msi', 'Media')).toEqual(expect.objectContaining({ 1: expect.anything() as unknown }));
    }
  });

  it.each(['sha1', 'sha256', 'sha384', 'sha512'] as const)('digests as osslsigncode does: %s', async (algorithm) => {
    const packages = {
      compiled: shop.compile({ embedded: true }),
      own: writeInstaller({ more: STORAGES }).bytes,
      'own of version 4': writeInstaller({ more: STORAGES, version: 4 }).bytes,
    };
    for (const [name, bytes] of Object.entries(packages)) {
      for (const extended of [false, true]) {
        const signed = shop.sign(bytes, { digest: algorithm, extended });
        const { signed: expected, computed } = shop.digests(signed);
        expect(expected, name).toMatch(/^[0-9a-f]{40,}$/);
        expect(computed, name).toBe(expected);
        expect(await digestOf(signed, algorithm), `${name}, extended: ${extended}`).toBe(expected);
        const { content, facts } = await inspect(signed);
        expect(content.signatures).toHaveLength(1);
        const { installer, ...texts } = (await inspect(bytes)).facts;
        const textsSigned = extended && algorithm !== 'sha1';
        expect(facts, name).toEqual({ ...texts, installer: { ...installer, textsSigned } });
        if (!extended) expect(await digestOf(bytes, algorithm)).toBe(expected);
      }
    }
  });

  it('digests storages in storages as osslsigncode does', async () => {
    const deep = { name: 'outer', children: [...STORAGES, { name: 'z', bytes: Buffer.from('z') }] };
    const { bytes } = writeInstaller({ more: [deep] });
    // osslsigncode 2.9 digests this right but writes a directory whose links are wrong, so only its message is taken.
    const signed = shop.sign(bytes);
    expect(signed.includes(Buffer.from(await digestOf(bytes), 'hex'))).toBe(true);
  });

  it('a file of many megabytes, whose allocation table has a list of its own', async () => {
    const { bytes } = writeInstaller({ more: [...STORAGES, innerStream('big.cab', Buffer.alloc(9_000_000, 'b'))] });
    const signed = shop.sign(bytes, { extended: true });
    expect(await digestOf(signed)).toBe(shop.digests(signed).signed);
  });
});
