/** Catalogs are looked up by the digests that the facts have, so that Windows does not read the file again. */
import { describe, expect, it } from 'vitest';
import type { Kernel32 } from '../../../src/windows/dll/kernel32.ts';
import type { CatalogFunctions } from '../../../src/windows/dll/wintrust.ts';
import { eachCatalog } from '../../../src/windows/trust/catalogs.ts';

const hashes = { sha256: Buffer.alloc(32, 1), sha1: Buffer.alloc(20, 2) };
const kernel32 = { GetLastError: () => 5 } as unknown as Kernel32;

/** A machine that knows catalogs by digest, and counts what it gave out and got back. */
function machine(known: Readonly<Record<string, readonly string[]>>, refuses?: string) {
  const open = { administrators: 0, catalogs: 0 };
  const asked: string[] = [];
  const functions: Partial<CatalogFunctions> = {
    CryptCATAdminAcquireContext2: (administrator, subsystem, algorithm) => {
      if (algorithm === refuses) return 0;
      open.administrators += 1;
      asked.push(`${algorithm} ${subsystem === null ? 'system' : 'drivers'}`);
      administrator[0] = 1n;
      return 1;
    },
    CryptCATAdminReleaseContext: () => (open.administrators -= 1),
    CryptCATAdminEnumCatalogFromHash: {
      async: (_context, hash, length, _flags, previous, done) => {
        if (previous !== null) open.catalogs -= 1;
        const found = known[Buffer.from(hash).subarray(0, length).toString('hex')] ?? [];
        const next = previous === null ? 0n : (previous[0] ?? 0n);
        if (next >= BigInt(found.length)) return done(null, null);
        open.catalogs += 1;
        done(null, next + 1n);
      },
    },
    CryptCATAdminReleaseCatalogContext: () => (open.catalogs -= 1),
    catalogPath: (catalog) => Object.values(known)[0]?.[Number(catalog) - 1],
  };
  return { functions: functions as CatalogFunctions, open, asked };
}

describe('the catalogs of a file', () => {
  it('are found by its digests, each once, and everything is given back', async () => {
    const { functions, open, asked } = machine({
      [hashes.sha256.toString('hex')]: ['C:\\a.cat', 'C:\\b.cat', 'C:\\A.CAT'],
    });
    const found: string[] = [];
    await eachCatalog(kernel32, functions, hashes, async ({ path, hash }) => {
      expect(hash).toBe(hashes.sha256);
      found.push(path);
    });
    expect(found).toEqual(['C:\\a.cat', 'C:\\b.cat']);
    expect(asked).toEqual(['SHA256 system', 'SHA256 drivers', 'SHA1 system', 'SHA1 drivers']);
    expect(open).toEqual({ administrators: 0, catalogs: 0 });
  });

  it('are given back too when one of them cannot be used', async () => {
    const { functions, open } = machine({ [hashes.sha1.toString('hex')]: ['C:\\a.cat', 'C:\\b.cat'] });
    const broken = new Error('broken');
    await expect(eachCatalog(kernel32, functions, hashes, () => Promise.reject(broken))).rejects.toBe(broken);
    expect(open).toEqual({ administrators: 0, catalogs: 0 });
  });

  it('AC-42 are not known where Windows cannot be asked by one of the digests, which is no answer', async () => {
    const { functions } = machine({}, 'SHA1');
    for (const each of [functions, undefined]) {
      await expect(eachCatalog(kernel32, each, hashes, () => Promise.resolve())).rejects.toMatchObject({
        code: 'EPM_SIGNATURE_UNCHECKED',
      });
    }
  });
});
