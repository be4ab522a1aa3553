/** What this code base says of a file of the corpus, from its bytes to the judgement. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { inspectInstaller } from '../../src/facts/msi/index.ts';
import type { SignedContent } from '../../src/facts/signed-content.ts';
import { Turns } from '../../src/facts/turns.ts';
import type { DigestAlgorithm, SignatureFacts } from '../../src/model/file-facts.ts';
import { CORPUS_NOW } from './pki.ts';
import { inspectExecutable, inspectScript, readCatalog, readSignatures, verifySignature } from './readers.ts';

export interface Trusting {
  readonly roots: readonly Uint8Array[];
  readonly now?: number;
}

/** Every signature of a file, judged. Throws what the readers throw. */
export async function judge(
  bytes: Uint8Array,
  type: 'exe' | 'msi' | 'ps1',
  { roots, now = CORPUS_NOW }: Trusting,
): Promise<SignatureFacts[]> {
  const content = await contentOf(bytes, type);
  const facts: SignatureFacts[] = [];
  for (const signature of await readSignatures(...content.signatures)) {
    const digest = await digestOf(bytes, content, signature.digestAlgorithm);
    facts.push(await verifySignature(signature, { digest, roots, now }));
  }
  return facts;
}

/** The signature of a catalog, judged for a program that it may list. */
export async function judgeCatalog(
  catalog: Uint8Array,
  program: Uint8Array,
  { roots, now = CORPUS_NOW }: Trusting,
): Promise<SignatureFacts> {
  const { signature } = await readCatalog(catalog);
  const digest = await digestOf(program, await contentOf(program, 'exe'), signature.digestAlgorithm);
  return await verifySignature(signature, { digest, roots, now });
}

async function contentOf(bytes: Uint8Array, type: 'exe' | 'msi' | 'ps1'): Promise<SignedContent> {
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
  };
  if (type === 'exe') return (await inspectExecutable(source)).content;
  return type === 'msi'
    ? (await inspectInstaller(source, new Turns({}))).content
    : (await inspectScript(bytes)).content;
}

async function digestOf(
  bytes: Uint8Array,
  { coverage }: SignedContent,
  algorithm: DigestAlgorithm | undefined,
): Promise<Uint8Array | undefined> {
  if (algorithm === undefined) return undefined;
  if (coverage.kind === 'own') return coverage.digest(algorithm);
  const hash = createHash(algorithm);
  for (const { start, end } of coverage.ranges) hash.update(bytes.subarray(start, end));
  return hash.update(new Uint8Array(coverage.zeros ?? 0)).digest();
}

export const judgeFile = (path: string, type: 'exe' | 'msi' | 'ps1', trusting: Trusting): Promise<SignatureFacts[]> =>
  judge(readFileSync(path), type, trusting);
