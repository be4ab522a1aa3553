/**
 * Signed Windows files that come with packages of this project, and who signed them. The digests were read once from
 * the files of the versions that the lock files name.
 */
export interface RealFile {
  /** `node`: the Node.js that is packed into epm.exe; else a file beside the PowerShell host for Windows. */
  readonly name: string;
  /** Distinguished name of the publisher. */
  readonly publisher: string;
  /** SHA-256 of the certificate of the publisher. */
  readonly leaf: string;
  /** Distinguished name and SHA-256 of the root that its chain ends at. */
  readonly root: { readonly name: string; readonly sha256: string };
  /** The file carries its root. */
  readonly carriesRoot: boolean;
}

const MICROSOFT_2011 = {
  name: 'CN=Microsoft Root Certificate Authority 2011,O=Microsoft Corporation,L=Redmond,ST=Washington,C=US',
  sha256: '847df6a78497943f27fc72eb93f9a637320a02b561d0a91b09e87a7807ed7c61',
};
const DOTNET = 'CN=.NET,O=Microsoft Corporation,L=Redmond,ST=Washington,C=US';

export const REAL_FILES: readonly RealFile[] = [
  {
    name: 'node',
    publisher: 'CN=OpenJS Foundation,O=OpenJS Foundation,L=San Francisco,ST=California,C=US',
    leaf: '5c6f2342b18ca97d20dca08a4e62de9503c386ca370f7b425ce6b0373317d683',
    root: {
      name: 'CN=Microsoft Identity Verification Root Certificate Authority 2020,O=Microsoft Corporation,C=US',
      sha256: '5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270',
    },
    carriesRoot: true,
  },
  {
    name: 'createdump.exe',
    publisher: DOTNET,
    leaf: 'b89f8f6bf4f50250528995fd16e228f1b24ee0017d8f87b0c756c1b85b82f58c',
    root: MICROSOFT_2011,
    carriesRoot: false,
  },
  {
    name: 'Microsoft.CSharp.dll',
    publisher: DOTNET,
    leaf: '35e68cd82f647085ef7da13ce37929fa2d298fae6cb1d41c66a00709d00c8eae',
    root: MICROSOFT_2011,
    carriesRoot: false,
  },
];
