/**
 * Signed files that come with packages of this project, and who signed them. The digests were read once from the files
 * of the versions that the lock files name.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { readCertificate } from '../../../../src/facts/certificate/index.ts';
import { machine } from '../../../../testbed/machine.ts';

/** Roots that the .NET SDK brings along to check packages with; the machine of a developer has it for the host. */
const rootsFile = (name: string): string | undefined =>
  globSync(`/usr/{share,lib,lib64}/dotnet/sdk/*/trustedroots/${name}`).at(-1);
/** In PEM. */
export const ROOTS_FILE = rootsFile('codesignctl.pem');
export const TIMESTAMP_ROOTS_FILE = rootsFile('timestampctl.pem');

/** DER of the same roots; none without an SDK. */
export function realRoots(): readonly Uint8Array[] {
  const text = ROOTS_FILE === undefined ? '' : readFileSync(ROOTS_FILE, 'utf8');
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  return (blocks ?? []).map(readCertificate);
}

export interface RealSignature {
  /** Distinguished name of the publisher. */
  readonly publisher: string;
  /** SHA-256 of the certificate of the publisher. */
  readonly leaf: string;
  /** Distinguished name and SHA-256 of the root that its chain ends at. */
  readonly root: { readonly name: string; readonly sha256: string };
  /** SHA-1: not trusted whatever its chain is (decision M7). Its timestamp is then a countersignature of PKCS#9. */
  readonly digest: 'sha1' | 'sha256';
}

export interface RealFile {
  readonly name: string;
  readonly type: 'exe' | 'ps1';
  /** Where it is on this machine; undefined: not installed. */
  readonly path: string | undefined;
  /** The file carries its root. */
  readonly carriesRoot?: true;
  /** The first signature, then those nested in it. */
  readonly signatures: readonly RealSignature[];
}

const MICROSOFT = {
  name: 'CN=Microsoft Root Certificate Authority,DC=microsoft,DC=com',
  sha256: '885de64c340e3ea70658f01e1145f957fcda27aabeea1ab9faa9fdb0102d4077',
};
const MICROSOFT_2011 = {
  name: 'CN=Microsoft Root Certificate Authority 2011,O=Microsoft Corporation,L=Redmond,ST=Washington,C=US',
  sha256: '847df6a78497943f27fc72eb93f9a637320a02b561d0a91b09e87a7807ed7c61',
};
const microsoft = (name: string, leaf: string): RealSignature => ({
  publisher: `${name},O=Microsoft Corporation,L=Redmond,ST=Washington,C=US`,
  leaf,
  root: MICROSOFT_2011,
  digest: 'sha256',
});

/** Signed in 2016, by SHA-1 for Windows before 8 and by SHA-256 for all others. */
const OLD_RUNTIME: readonly RealSignature[] = [
  {
    ...microsoft(
      'CN=Microsoft Corporation,OU=MOPR',
      '67c529ad57b2aedd4d248993324270c7064d4f6bdaaf70044d772d05c56001a4',
    ),
    root: MICROSOFT,
    digest: 'sha1',
  },
  microsoft('CN=Microsoft Corporation,OU=MOPR', '984b16c29a722998185c5603201c8f3e8c7f221cd9869f5d809ecb86f06ee283'),
];
/** Signed twice by SHA-256 in 2024. */
const runtime = (compatibility: string, own: string): readonly RealSignature[] => [
  microsoft('CN=Microsoft Windows Software Compatibility Publisher', compatibility),
  microsoft('CN=Microsoft Corporation', own),
];
const RUNTIME = runtime(
  '8e935c419247ca13b9b6583a0885163441605f9f0e9af4b08c8ca7bed8c35047',
  '36305d4ddfd4756d17fcdfb742fd2031a3d5133bce34bd8e3080bc803ae44d0b',
);
const ANALYZERS = [microsoft('CN=.NET', '41adcbcf0cca5aaf9ae4316a421032ef1cc7d3337153565589dd14d1d6efd4a4')] as const;

const present = (file: string | undefined): string | undefined =>
  file !== undefined && existsSync(file) ? file : undefined;

function besidePowerShell(name: string): string | undefined {
  const program = machine?.powerShell?.windows ?? undefined;
  return present(program && path.join(path.dirname(program), name));
}

/** Folder of the libraries of edge-js for Windows. */
export const EDGE = present(
  machine && path.join(machine.windowsNode, '..', '..', '..', 'edge-js', 'lib', 'native', 'win32'),
);
const edge = (name: string, signatures: readonly RealSignature[]): RealFile => ({
  name: `edge-js/${name}`,
  type: 'exe',
  path: present(EDGE && path.join(EDGE, name)),
  signatures,
});

/** A file of a package that PowerShell is published from. */
export const nuGetFile = (name: string): string | undefined =>
  present(path.join(process.env['NUGET_PACKAGES'] ?? path.join(homedir(), '.nuget', 'packages'), name));

export const REAL_FILES: readonly RealFile[] = [
  {
    name: 'node.exe',
    type: 'exe',
    path: present(machine?.windowsNode),
    carriesRoot: true,
    signatures: [
      {
        publisher: 'CN=OpenJS Foundation,O=OpenJS Foundation,L=San Francisco,ST=California,C=US',
        leaf: '5c6f2342b18ca97d20dca08a4e62de9503c386ca370f7b425ce6b0373317d683',
        root: {
          name: 'CN=Microsoft Identity Verification Root Certificate Authority 2020,O=Microsoft Corporation,C=US',
          sha256: '5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270',
        },
        digest: 'sha256',
      },
    ],
  },
  {
    name: 'createdump.exe',
    type: 'exe',
    path: besidePowerShell('createdump.exe'),
    signatures: [microsoft('CN=.NET', 'b89f8f6bf4f50250528995fd16e228f1b24ee0017d8f87b0c756c1b85b82f58c')],
  },
  {
    name: 'Microsoft.CSharp.dll',
    type: 'exe',
    path: besidePowerShell('Microsoft.CSharp.dll'),
    signatures: [microsoft('CN=.NET', '35e68cd82f647085ef7da13ce37929fa2d298fae6cb1d41c66a00709d00c8eae')],
  },
  ...['x64', 'ia32'].flatMap((processor) =>
    ['concrt140', 'msvcp140', 'vccorlib140', 'vcruntime140'].map((name) =>
      edge(`${processor}/${name}.dll`, OLD_RUNTIME),
    ),
  ),
  edge('arm64/concrt140.dll', RUNTIME),
  edge('arm64/msvcp140.dll', RUNTIME),
  edge('arm64/vcruntime140.dll', RUNTIME),
  edge(
    'arm64/vccorlib140.dll',
    runtime(
      '4d4635fa7070eefa078d5a9120b5941f053c7d3716b54cbc8534946ec6a47303',
      '80ca15275739bef2caf6e5a4168eb0a07feb15883e8a4f232d93b8eecfe0f0ea',
    ),
  ),
  ...['install.ps1', 'uninstall.ps1'].map((name): RealFile => ({
    name,
    type: 'ps1',
    path: nuGetFile(`microsoft.codeanalysis.analyzers/3.11.0/tools/${name}`),
    signatures: ANALYZERS,
  })),
];
