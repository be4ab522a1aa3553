/** Signatures that others made, of files as they are shipped. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { certificateFacts, readCertificate } from '../../../../src/facts/certificate/index.ts';
import { machine } from '../../../bed/machine.ts';
import { judgeFile } from '../../../corpus/judge.ts';
import { REAL_FILES, type RealFile } from './real-files.ts';

/** While the certificates of all these files are valid, or at least were not yet forgotten. */
const NOW = Date.UTC(2026, 10, 1);

/** Roots that the .NET SDK brings along to check packages with; the machine of a developer has it for the host. */
const rootFiles = globSync('/usr/{share,lib,lib64}/dotnet/sdk/*/trustedroots/*.pem');

describe.each(REAL_FILES.map((file) => [file.name, file] as const))('the signature of %s', (_, real) => {
  const file = pathOf(real);

  it('is the one of its publisher, over the file as it is', async ({ skip }) => {
    if (file === undefined) return skip('the file is not installed (npm run bootstrap)');
    const [facts, ...more] = await judgeFile(file, 'exe', { roots: [], now: NOW });
    expect(more).toEqual([]);
    expect(facts).toMatchObject({ leaf: { subject: real.publisher, sha256: real.leaf }, trusted: false });
    // Without roots nothing is trusted, but nothing else may be wrong either.
    const accepted = ['chainIncomplete', 'rootUntrusted', 'timestampInvalid', 'expired'];
    expect(facts?.faults?.filter((fault) => !accepted.includes(fault))).toEqual([]);
  });

  it('is trusted by way of its root, and valid when it was timestamped', async ({ skip }) => {
    if (file === undefined) return skip('the file is not installed (npm run bootstrap)');
    const roots = real.carriesRoot ? await carriedRoots(file, real) : machineRoots();
    if (roots.length === 0) return skip('no .NET SDK with trusted roots is installed');
    const [facts] = await judgeFile(file, 'exe', { roots, now: NOW });
    expect(facts).toMatchObject({ trusted: true, validAtTimestamp: true, timestamp: { trusted: true } });
    expect(facts?.faults?.filter((fault) => fault !== 'expired')).toEqual([]);
    expect(facts?.others.at(-1)).toMatchObject({ subject: real.root.name, sha256: real.root.sha256 });
  });
});

function pathOf({ name }: RealFile): string | undefined {
  const host = machine?.powerShellHost.windows ?? undefined;
  const file = name === 'node' ? machine?.windowsNode : host && path.join(path.dirname(host), name);
  return file !== undefined && existsSync(file) ? file : undefined;
}

/** The root in the file; it is the right one when its digest is. */
async function carriedRoots(file: string, { root }: RealFile): Promise<Uint8Array[]> {
  const [facts] = await judgeFile(file, 'exe', { roots: [], now: NOW });
  return (facts?.others ?? [])
    .filter(({ sha256 }) => sha256 === root.sha256)
    .map(({ der }) => Buffer.from(der ?? '', 'base64'));
}

function machineRoots(): Uint8Array[] {
  return rootFiles
    .flatMap(
      (file) => readFileSync(file, 'utf8').match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [],
    )
    .map(readCertificate)
    .filter((der) => /^CN=Microsoft/.test(certificateFacts(der).subject));
}
