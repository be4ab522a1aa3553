/** Every file of the corpus is judged as its recipe says, from its bytes through the readers of its format. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { MalformedContent } from '../../../../src/facts/malformed.ts';
import type { SignatureFacts } from '../../../../src/model/file-facts.ts';
import {
  corpusGaps,
  corpusIdentities,
  signedCorpus,
  whyNoCorpus,
  type CorpusFile,
  type ExpectedSignature,
} from '../../../corpus/index.ts';
import { judge, judgeCatalog, judgeFile } from '../../../corpus/judge.ts';
import { CERTIFICATE_DIRECTORY, certificateTable, CHECKSUM_FIELD, flip } from '../../../corpus/programs.ts';
import { RECIPES } from '../../../corpus/recipes.ts';

const reason = whyNoCorpus();

describe.skipIf(reason !== undefined)(reason === undefined ? 'the corpus' : `skipped: ${reason}`, () => {
  const files = new Map<string, CorpusFile>();
  const gaps = new Map<string, string>();
  let names: Readonly<Record<string, string>> = {};
  beforeAll(async () => {
    for (const file of await signedCorpus()) files.set(file.name, file);
    for (const gap of await corpusGaps()) gaps.set(gap.name, gap.reason);
    names = await corpusIdentities();
  });

  const summary = (facts: SignatureFacts) => ({
    origin: facts.origin,
    leaf: facts.leaf.sha256,
    faults: facts.faults,
    validAtTimestamp: facts.validAtTimestamp,
    timestamp: facts.timestamp && { kind: facts.timestamp.kind, trusted: facts.timestamp.trusted },
  });
  const expected = (signature: ExpectedSignature) => ({
    origin: signature.origin,
    leaf: names[signature.leaf],
    faults: signature.faults,
    validAtTimestamp: signature.validAtTimestamp ?? false,
    timestamp: signature.timestamp,
  });
  const fileOf = (name: string): CorpusFile => {
    const file = files.get(name);
    if (file === undefined)
      throw new Error(`The corpus has no ${name}: ${gaps.get(name) ?? 'it is not in the recipes'}.`);
    return file;
  };

  it.each(RECIPES.map(({ name }) => name))('%s', async (name) => {
    // Tools of this machine that are too old leave gaps; nothing else may.
    if (gaps.has(name))
      expect(gaps.get(name)).toMatch(/is not installed|is older than|has no timestamp authority|Unsupported/);
    else {
      const { path, type, expectation, roots } = fileOf(name);
      const judged = judgeFile(path, type as 'exe', { roots });
      if (expectation.kind === 'malformed') await expect(judged).rejects.toThrow(MalformedContent);
      else if (expectation.kind === 'unsigned') expect(await judged).toEqual([]);
      else {
        const facts = await judged;
        expect(facts.map(summary)).toEqual(expectation.signatures.map(expected));
        for (const one of facts) {
          const apart = new Set(['expired', 'notYetValid', 'timestampInvalid']);
          expect(one.trusted).toBe((one.faults ?? []).every((fault) => apart.has(fault)));
          expect(one.validNow).toBe(
            !(one.faults ?? []).some((fault) => fault === 'expired' || fault === 'notYetValid'),
          );
          expect(one.revocation).toBe('unknown');
        }
      }
    }
  });

  it('judges a program by the catalog that lists it, and no other program', async () => {
    const { roots, path } = fileOf('unsigned');
    const catalog = readFileSync(fileOf('catalog').path);
    const good = await judgeCatalog(catalog, readFileSync(path), { roots });
    expect(good).toMatchObject({ origin: 'catalog', trusted: true, faults: [], digestAlgorithm: 'sha256' });
    const other = await judgeCatalog(catalog, flip(readFileSync(path), 0x600), { roots });
    expect(other).toMatchObject({ trusted: false, faults: ['digestMismatch'] });
    const weak = await judgeCatalog(readFileSync(fileOf('catalog-sha1').path), readFileSync(path), { roots });
    expect(weak).toMatchObject({ trusted: false, faults: ['weakDigest'], digestAlgorithm: 'sha1' });
  });

  it('gives the verified chain, and apart from it every other certificate the file carries', async () => {
    const judged = async (name: string) => judgeFile(fileOf(name).path, 'exe', { roots: fileOf(name).roots });
    const chain = async (name: string) =>
      (await judged(name)).map(({ issuers }) => issuers.map(({ sha256 }) => sha256));
    const beside = async (name: string) =>
      (await judged(name)).map(({ extraCertificates }) => extraCertificates?.map(({ sha256 }) => sha256) ?? []);
    const [ca, root, other] = [names['ca'], names['root'], names['otherRoot']];
    expect(await chain('signed')).toEqual([[ca, root]]);
    // Added to a signed file by a stranger: it must not make the file one of that authority.
    expect(await chain('extra-certificate')).toEqual([[ca, root]]);
    // It was signed by ECDSA, so that it has another form, of which a Deny rule knows too.
    const digest: unknown = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(await beside('extra-certificate')).toEqual([[digest, digest]]);
    expect(await beside('signed')).toEqual([[]]);
    expect(await chain('same-name-other-root')).toEqual([[names['otherCa'], other]]);
    expect(await chain('same-name-real-authority')).toEqual([[]]);
    expect(await beside('same-name-real-authority')).toEqual([[digest, ca]]);
  });

  it('never trusts a file that was cut off, wherever that was', async () => {
    for (const name of ['signed', 'installer', 'script'].filter((name) => !gaps.has(name))) {
      const { path, type, roots } = fileOf(name);
      const bytes = readFileSync(path);
      for (let cut = 0; cut < 200; cut += 1) {
        const length = Math.floor((bytes.length * cut) / 200);
        const facts = await judge(bytes.subarray(0, length), type as 'exe', { roots }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(MalformedContent);
          return [];
        });
        expect(
          facts.filter(({ trusted }) => trusted),
          `${name} cut at ${length}`,
        ).toEqual([]);
      }
    }
  });

  it('never trusts a program that was changed anywhere but in its checksum', async () => {
    const { path, roots } = fileOf('signed');
    const bytes = readFileSync(path);
    const { offset } = certificateTable(bytes);
    const inChecksum = (at: number) => at >= CHECKSUM_FIELD && at < CHECKSUM_FIELD + 4;
    const headers = Array.from({ length: 0x200 }, (_, at) => at);
    const sections = Array.from({ length: 100 }, (_, step) => 0x200 + Math.floor(((offset - 0x200) * step) / 100));
    for (const at of [...headers, ...sections]) {
      const facts = await judge(flip(bytes, at), 'exe', { roots }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(MalformedContent);
        return [];
      });
      expect(
        facts.some(({ trusted }) => trusted),
        `byte 0x${at.toString(16)}`,
      ).toBe(inChecksum(at));
    }
    expect(CERTIFICATE_DIRECTORY).toBeLessThan(0x200);
  });

  it('trusts a changed signature only where nothing that counts was changed', async () => {
    const { path, roots } = fileOf('signed');
    const bytes = readFileSync(path);
    const [original] = await judge(bytes, 'exe', { roots });
    const { offset, size } = certificateTable(bytes);
    let refused = 0;
    for (let at = offset; at < offset + size; at += 3) {
      const facts = await judge(flip(bytes, at), 'exe', { roots }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(MalformedContent);
        return [];
      });
      const [one] = facts;
      if (one?.trusted === true) expect(one).toEqual(original);
      else refused += 1;
    }
    // Version numbers, the list of digest algorithms and the flags of the table are not signed; all else is.
    expect(refused).toBeGreaterThan((size / 3) * 0.95);
  });
});
