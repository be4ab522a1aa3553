/** What `epm file` says of an installer package. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { innerStream, type InstallerSpec, writeInstaller, writeSummary } from '../facts/msi/installer-writer.ts';
import { noTools, Workshop } from '../facts/msi/tools.ts';
import { epm } from './captured.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'epm-package-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function shown(bytes: Uint8Array): Promise<string> {
  const file = path.join(folder, 'setup.msi');
  writeFileSync(file, bytes);
  const { code, out, error } = await epm('file', file);
  expect({ code, error }).toEqual({ code: 0, error: '' });
  return out;
}
const shownOf = (spec: InstallerSpec): Promise<string> => shown(writeInstaller(spec).bytes);

describe('epm file on a package', () => {
  it('AC-49 names what lies beside it', async () => {
    const summary = writeSummary({ 15: { long: 0 } });
    const cabinets = ['#inside', ...Array.from({ length: 70 }, (_, index) => `Data${String(index)}.cab`)];
    const out = await shownOf({ cabinets, files: [{ sequence: 1 }], summary });
    expect(out).toMatch(/^ {2}Outside +Data0\.cab \(a cabinet\)$/m);
    expect(out).toMatch(/^ +6 more cabinets$/m);
    expect(out).toMatch(/^ +files that are in no cabinet$/m);
    expect(out).toMatch(/no Automatic rule takes the package/);
  });

  it('says nothing of it where everything is inside', async () => {
    const out = await shownOf({});
    expect(out).toContain('Installer package');
    expect(out).not.toMatch(/Outside|Texts|Unowned/);
  });

  it.skipIf(noTools !== undefined)(`says what the texts of a signed one are worth${noTools ?? ''}`, async () => {
    const shop = new Workshop();
    try {
      const { bytes } = writeInstaller({ more: [innerStream('inside.cab', Buffer.alloc(5000, 'c'))] });
      expect(await shown(shop.sign(bytes))).toMatch(/^ {2}Texts +not signed: .* also needs the hash$/m);
      expect(await shown(shop.sign(bytes, { extended: true }))).toMatch(/^ {2}Texts +signed: /m);
    } finally {
      shop.close();
    }
  });
});
