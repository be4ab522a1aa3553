/** The chains that a machine would build, found by Node.js and so without the search that is tested. */
import { X509Certificate } from 'node:crypto';
import type { MachineChain, MachineChains } from '../../../src/facts/trust.ts';
import { timestampAuthorities } from '../../../src/windows/trust/timestamp-authorities.ts';

interface Signed {
  readonly message: Uint8Array;
  readonly leaf: Uint8Array;
  readonly others: readonly Uint8Array[];
}

/** Of everything that a signature needs; each chain takes the first issuer that fits. */
export async function machineChains(
  { message, leaf, others }: Signed,
  roots: readonly Uint8Array[],
): Promise<MachineChains> {
  return {
    signer: chainOf(leaf, others, roots),
    alternatives: [],
    timestamps: (await timestampAuthorities(message)).map((each) => chainOf(each.leaf, each.certificates, roots)),
  };
}

export function chainOf(leaf: Uint8Array, carried: readonly Uint8Array[], roots: readonly Uint8Array[]): MachineChain {
  const certificates = [leaf];
  const isRoot = (der: Uint8Array): boolean => roots.some((root) => Buffer.compare(root, der) === 0);
  for (let last = leaf; !isRoot(last) && certificates.length < 10;) {
    const issuer = [...roots, ...carried].find((each) => !certificates.includes(each) && isIssuedBy(last, each));
    if (issuer === undefined) break;
    certificates.push(issuer);
    last = issuer;
  }
  return { certificates, endsAtRoot: isRoot(certificates.at(-1) ?? leaf) };
}

function isIssuedBy(der: Uint8Array, by: Uint8Array): boolean {
  const [certificate, issuer] = [new X509Certificate(der), new X509Certificate(by)];
  return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey);
}
