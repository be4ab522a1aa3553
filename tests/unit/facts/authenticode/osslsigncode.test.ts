/** The judgement on the corpus beside that of another program, with every difference explained. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import { CORPUS_NOW, corpusFolder, signedCorpus, type CorpusFile } from '../../../corpus/index.ts';
import { judgeCatalog, judgeFile } from '../../../corpus/judge.ts';
import { osslsigncodeVerdicts, type Trusted, whyNoRecentOsslsigncode } from '../../../corpus/osslsigncode.ts';
import { DIFFERENCES } from './osslsigncode-differences.ts';

type Verdict = 'ok' | 'failed';
const reason = whyNoRecentOsslsigncode();

describe.skipIf(reason !== undefined)(reason === undefined ? 'osslsigncode verify' : `skipped: ${reason}`, () => {
  it('says the same of every signed file, but for the explained differences', async () => {
    const trusted = await corpusTrust();
    const differing: Record<string, readonly Verdict[]> = {};
    const files = (await signedCorpus()).filter(({ type }) => type !== 'cat');
    for (const file of files) {
      const theirs = osslsigncodeVerdicts(['-in', file.path], trusted);
      const ours = await ourVerdicts(file);
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) differing[file.name] = theirs;
    }
    expect(differing).toEqual(
      Object.fromEntries(Object.entries(DIFFERENCES).map(([name, { theirs }]) => [name, theirs])),
    );
    expect(files.length).toBeGreaterThan(40);
  });

  it('finds the same file in a catalog', async () => {
    const trusted = await corpusTrust();
    const files = await signedCorpus();
    const catalog = files.find(({ name }) => name === 'catalog')!;
    for (const name of ['unsigned', 'signed']) {
      const file = files.find((one) => one.name === name)!;
      const theirs = osslsigncodeVerdicts(['-catalog', catalog.path, '-in', file.path], trusted);
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

async function corpusTrust(): Promise<Trusted> {
  const roots = path.join(await corpusFolder(), 'roots.pem');
  return { roots, timestampRoots: roots, now: CORPUS_NOW };
}
