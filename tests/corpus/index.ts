/**
 * Signed programs, installers, scripts and catalogs for tests, with what must be said of each. Built once with
 * osslsigncode, msitools and the writers beside this file into build/signed-corpus, and again when any of these changes.
 *
 * A check of the corpus takes {@link CORPUS_NOW} as its clock and {@link CorpusFile.roots} as the only roots.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { buildCorpus } from './build.ts';
import type { Expectation } from './recipes.ts';
import { osslsigncodeVersion } from './osslsigncode.ts';

export { CORPUS_NOW } from './pki.ts';
export type { ExpectedSignature, Expectation } from './recipes.ts';

export interface CorpusFile {
  /** As in the recipes, for example `expired-timestamped`. */
  readonly name: string;
  readonly path: string;
  readonly type: 'exe' | 'msi' | 'ps1' | 'cat';
  readonly expectation: Expectation;
  /** DER of the roots to trust. */
  readonly roots: readonly Uint8Array[];
  /** Of a catalog: names of the files of this corpus that it lists. */
  readonly lists?: readonly string[];
}

/** How the corpus lies on disk. */
export interface CorpusIndex {
  readonly files: readonly (Omit<CorpusFile, 'path' | 'roots'> & { readonly file: string })[];
  /** Files that could not be made here, and why. */
  readonly gaps: readonly { readonly name: string; readonly reason: string }[];
  /** SHA-256 of the DER, hexadecimal, of everybody by name. */
  readonly identities: Readonly<Record<string, string>>;
  /** DER in base64. */
  readonly roots: readonly string[];
}

const FOLDER = path.resolve(import.meta.dirname, '../../build/signed-corpus');
const SOURCES = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith('.ts'))
  .sort();

/** Why there is no corpus on this machine, or undefined. */
export function whyNoCorpus(): string | undefined {
  return osslsigncodeVersion() === undefined ? 'osslsigncode is not installed' : undefined;
}

/** All files, built when needed. Files that this machine's tools cannot make are left out, see {@link corpusGaps}. */
export async function signedCorpus(): Promise<readonly CorpusFile[]> {
  const { folder, index } = await open();
  const roots = index.roots.map((text) => Buffer.from(text, 'base64'));
  return index.files.map(({ file, ...rest }) => ({ ...rest, path: path.join(folder, file), roots }));
}

export async function corpusGaps(): Promise<CorpusIndex['gaps']> {
  return (await open()).index.gaps;
}

/** SHA-256 of the certificate of everybody that {@link ExpectedSignature.leaf} names. */
export async function corpusIdentities(): Promise<CorpusIndex['identities']> {
  return (await open()).index.identities;
}

/** Folder with the files and `roots.pem`. */
export async function corpusFolder(): Promise<string> {
  return (await open()).folder;
}

async function open(): Promise<{ readonly folder: string; readonly index: CorpusIndex }> {
  const folder = path.join(FOLDER, fingerprint());
  if (!existsSync(path.join(folder, 'index.json'))) await make(folder);
  return { folder, index: JSON.parse(readFileSync(path.join(folder, 'index.json'), 'utf8')) as CorpusIndex };
}

function fingerprint(): string {
  const hash = createHash('sha256').update(osslsigncodeVersion() ?? '');
  for (const name of SOURCES) hash.update(readFileSync(path.join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 16);
}

/** Several test files may build at once; the first to finish wins. */
async function make(folder: string): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const work = mkdtempSync(path.join(FOLDER, 'making-'));
  try {
    const index = await buildCorpus(work);
    writeFileSync(path.join(work, 'index.json'), JSON.stringify(index, undefined, 1));
    try {
      renameSync(work, folder);
    } catch (error) {
      if (!existsSync(path.join(folder, 'index.json'))) throw error;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  const current = path.basename(folder);
  for (const name of readdirSync(FOLDER)) {
    if (name !== current && !name.startsWith('making-'))
      rmSync(path.join(FOLDER, name), { recursive: true, force: true });
  }
}
