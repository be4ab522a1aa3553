/** The judgement on the corpus beside that of another program, with every difference explained. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import { CORPUS_NOW, corpusFolder, signedCorpus, type CorpusFile } from '../../../corpus/index.ts';
import { judgeCatalog, judgeFile } from '../../../corpus/judge.ts';
import { whyNoRecentOsslsigncode } from '../../../corpus/osslsigncode.ts';
import { DIFFERENCES } from './osslsigncode-differences.ts';

type Verdict = 'ok' | 'failed';
const reason = whyNoRecentOsslsigncode();

describe.skipIf(reason !== undefined)(reason === undefined ? 'osslsigncode verify' : `skipped: ${reason}`, () => {
  it('says the same of every signed file, but for the explained differences', { timeout: 60_000 }, async () => {
    const roots = path.join(await corpusFolder(), 'roots.pem');
    const differing: Record<string, readonly Verdict[]> = {};
    const files = (await signedCorpus()).filter(({ type }) => type !== 'cat');
    for (const file of files) {
      const theirs = theirVerdicts(['-in', file.path], roots);
      const ours = await ourVerdicts(file);
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) differing[file.name] = theirs;
    }
    expect(differing).toEqual(
      Object.fromEntries(Object.entries(DIFFERENCES).map(([name, { theirs }]) => [name, theirs])),
    );
    expect(files.length).toBeGreaterThan(40);
  });

  it('finds the same file in a catalog', async () => {
    const roots = path.join(await corpusFolder(), 'roots.pem');
    const files = await signedCorpus();
    const catalog = files.find(({ name }) => name === 'catalog')!;
    for (const name of ['unsigned', 'signed']) {
      const file = files.find((one) => one.name === name)!;
      const theirs = theirVerdicts(['-catalog', catalog.path, '-in', file.path], roots);
      const ours = await judgeCatalog(readFileSync(catalog.path), readFileSync(file.path), file);
      expect(ours.trusted).toBe(name === 'unsigned');
      expect(theirs.includes('ok')).toBe(ours.trusted);
    }
  });
});

async function ourVerdicts({ path: file, type, roots }: CorpusFile): Promise<Verdict[]> {
  try {
    const facts = await judgeFile(file, type as 'exe', { roots });
    return facts.map((one) => (one.trusted && (one.validNow || one.validAtTimestamp) ? 'ok' : 'failed'));
  } catch (error) {
    // A file that is refused whole has no good signature; osslsigncode says that it has none.
    if (error instanceof MalformedContent) return [];
    throw error;
  }
}

function theirVerdicts(options: readonly string[], roots: string): Verdict[] {
  const common = ['verify', '-CAfile', roots, '-TSA-CAfile', roots, '-time', String(CORPUS_NOW / 1000), '-ignore-crl'];
  const { stdout, stderr } = spawnSync('osslsigncode', [...common, ...options], { encoding: 'utf8' });
  return [...`${stdout}\n${stderr}`.matchAll(/^Signature verification: (ok|failed)/gm)].map(
    (match) => match[1] as Verdict,
  );
}
