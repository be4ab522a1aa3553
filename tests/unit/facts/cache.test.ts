import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { FactsCache, type FileIdentity, type LockedContent } from '../../../src/facts/cache.ts';
import { VERDICT_TIME } from '../../../src/facts/signature-facts.ts';
import type { SignatureTrust } from '../../../src/facts/trust.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { MachineVerdict } from '../../../src/model/file-facts.ts';
import { CORPUS_NOW, signedCorpus, whyNoCorpus } from '../../corpus/index.ts';
import { hashOf, program } from '../agent/fake-machine.ts';
import { machineChains } from './machine-chains.ts';

/** A locked file that counts what is read of it. */
class Locked {
  bytes: Uint8Array;
  reads = 0;
  identity: FileIdentity | undefined;
  /** Called while the file is read. */
  whileRead: () => void = () => undefined;

  constructor(bytes: Uint8Array = program()) {
    this.bytes = bytes;
    this.identity = {
      id: { volume: '00000000000000aa', file: '1'.padStart(32, '0') },
      size: bytes.length,
      changeTime: 133_000_000_000_000_000n,
      usn: 4096n,
    };
  }

  content(more: Partial<LockedContent> = {}): LockedContent {
    const read = (offset: number, length: number): Uint8Array => {
      this.reads += 1;
      this.whileRead();
      return this.bytes.subarray(offset, offset + length);
    };
    return {
      path: 'C:\\Tools\\a.exe',
      source: { size: this.bytes.length, read },
      identity: () => this.identity,
      ...more,
    };
  }

  /** Reads the next request makes. */
  async readsOf(cache: FactsCache, more: Partial<LockedContent> = {}): Promise<number> {
    const before = this.reads;
    await cache.facts(this.content(more));
    return this.reads - before;
  }
}

describe('facts of files that were read before', () => {
  it('are given again without a read, with what belongs to this opening', async () => {
    const cache = new FactsCache();
    const file = new Locked();
    const first = await cache.facts(file.content({ known: { linkCount: 1, fromInternet: true } }));
    const { reads } = file;
    const second = await cache.facts(file.content({ path: 'C:\\Other\\b.exe', known: { linkCount: 2 } }));
    expect(file.reads).toBe(reads);
    expect(first).toMatchObject({ sha256: hashOf(file.bytes), type: 'exe', linkCount: 1, fromInternet: true });
    const { fromInternet: _, ...rest } = first;
    expect(second).toEqual({ ...rest, path: 'C:\\Other\\b.exe', folder: 'C:\\Other', name: 'b.exe', linkCount: 2 });
  });

  it.each<[string, (identity: FileIdentity) => FileIdentity]>([
    ['volume', (identity) => ({ ...identity, id: { ...identity.id, volume: '00000000000000ab' } })],
    ['identifier', (identity) => ({ ...identity, id: { ...identity.id, file: '2'.padStart(32, '0') } })],
    ['size', (identity) => ({ ...identity, size: identity.size + 1 })],
    ['change time', (identity) => ({ ...identity, changeTime: identity.changeTime + 1n })],
    ['sequence number', (identity) => ({ ...identity, usn: 4097n })],
    ['lost sequence number', ({ usn: _, ...identity }) => identity],
  ])('AC-14 are not given for another %s', async (_name, change) => {
    const cache = new FactsCache();
    const file = new Locked();
    await cache.facts(file.content());
    file.bytes = program('changed');
    if (file.identity !== undefined) file.identity = change(file.identity);
    const facts = await cache.facts(file.content());
    expect(facts.sha256).toBe(hashOf(file.bytes));
    expect(await file.readsOf(cache)).toBe(0);
  });

  it('are not given to a name with another extension, which is part of the type', async () => {
    const cache = new FactsCache();
    const file = new Locked();
    await cache.facts(file.content());
    expect(await cache.facts(file.content({ path: 'C:\\Tools\\a.msi' }))).toMatchObject({
      type: undefined,
      refusal: { reason: 'typeMismatch' },
    });
    expect(await cache.facts(file.content({ path: 'C:\\Tools\\A.EXE' }))).toMatchObject({ type: 'exe' });
  });

  it('AC-14 are never kept of a file that is not to be known again, nor of one that changed meanwhile', async () => {
    const cache = new FactsCache();
    const file = new Locked();
    const { identity } = file;
    file.identity = undefined;
    await cache.facts(file.content());
    expect(cache.size.files).toBe(0);
    file.identity = identity;
    file.whileRead = () => {
      if (identity !== undefined) file.identity = { ...identity, changeTime: identity.changeTime + 5n };
    };
    await cache.facts(file.content());
    expect(cache.size.files).toBe(0);
    file.identity = undefined;
    expect(await file.readsOf(cache)).toBeGreaterThan(0);
  });

  it('are read again for a digest they do not have', async () => {
    const cache = new FactsCache();
    const file = new Locked();
    await cache.facts(file.content());
    expect(await file.readsOf(cache, { digests: ['sha512'] })).toBeGreaterThan(0);
    expect(await file.readsOf(cache, { digests: ['sha512'] })).toBe(0);
    expect(await file.readsOf(cache)).toBe(0);
  });

  it('obey the size limit of the one who asks', async () => {
    const cache = new FactsCache();
    const file = new Locked();
    await cache.facts(file.content());
    await expect(cache.facts(file.content({ maximumSize: 10 }))).rejects.toMatchObject({ code: 'EPM_FILE_TOO_LARGE' });
  });

  it('are kept of the files asked for last, within the number and the memory', async () => {
    const cache = new FactsCache({ maximumFiles: 3 });
    const numbered = (number: number): Locked => {
      const file = new Locked(program(`file ${number}`));
      if (file.identity !== undefined) {
        const id = { ...file.identity.id, file: String(number).padStart(32, '0') };
        file.identity = { ...file.identity, id };
      }
      return file;
    };
    const files = [1, 2, 3, 4].map(numbered);
    const [one, two, three, four] = files as [Locked, Locked, Locked, Locked];
    for (const file of [one, two, three, one, four]) await cache.facts(file.content());
    expect(cache.size.files).toBe(3);
    expect(await one.readsOf(cache)).toBe(0);
    expect(await three.readsOf(cache)).toBe(0);
    expect(await two.readsOf(cache)).toBeGreaterThan(0);

    const small = new FactsCache({ maximumBytes: 10_000 });
    for (let number = 0; number < 50; number += 1) await small.facts(numbered(number).content());
    expect(small.size.files).toBeGreaterThan(0);
    expect(small.size.files).toBeLessThan(6);
    expect(small.size.bytes).toBeLessThanOrEqual(10_000);
  });

  it('a file that cannot be read is asked for anew each time', async () => {
    const cache = new FactsCache();
    const file = new Locked();
    file.whileRead = () => {
      throw new EpmError('EPM_FILE_UNREADABLE', 'Gone.');
    };
    for (let round = 0; round < 2; round += 1) {
      await expect(cache.facts(file.content())).rejects.toMatchObject({ code: 'EPM_FILE_UNREADABLE' });
    }
    expect(cache.size.files).toBe(0);
  });
});

const reason = whyNoCorpus();
const GOOD: MachineVerdict = { trusted: true, status: '0x00000000', chainStatus: '0x00000000', revocation: 'good' };

describe.skipIf(reason !== undefined)(reason === undefined ? 'signatures of known files' : `skipped: ${reason}`, () => {
  async function signed() {
    const found = (await signedCorpus()).find(({ name }) => name === 'signed');
    if (found === undefined) throw new Error('The corpus has no signed program.');
    const { path, roots } = found;
    const file = new Locked(await readFile(path));
    const state = { verdict: GOOD, asked: 0, now: CORPUS_NOW, fails: false };
    const trust: SignatureTrust = {
      judge: async (signature) => {
        state.asked += 1;
        if (state.fails) throw new EpmError('EPM_SIGNATURE_UNCHECKED', 'No answer.');
        return { verdict: state.verdict, chains: await machineChains(signature, roots) };
      },
      catalogs: () => Promise.resolve([]),
    };
    const cache = new FactsCache({ now: () => state.now });
    const facts = () => cache.facts(file.content({ trust }));
    return { file, state, facts, cache, roots };
  }

  it('AC-44 are judged anew by another judge: with Windows, and without it', async () => {
    const { file, state, facts, cache } = await signed();
    const alone = () => cache.facts(file.content({ roots: [] }));
    expect((await facts()).signatures).toMatchObject([{ trusted: true }]);
    expect((await alone()).signatures).toMatchObject([{ trusted: false, revocation: 'unknown' }]);
    expect((await facts()).signatures).toMatchObject([{ trusted: true }]);
    expect(state.asked).toBe(2);
  });

  it('are asked about again after ten minutes, without reading the file', async () => {
    const { file, state, facts } = await signed();
    await facts();
    const { reads } = file;
    state.now += VERDICT_TIME - 1;
    state.verdict = { ...GOOD, trusted: false, revocation: 'revoked' };
    expect((await facts()).signatures).toMatchObject([{ trusted: true, revocation: 'good' }]);
    expect(state.asked).toBe(1);
    state.now += 1;
    expect((await facts()).signatures).toMatchObject([{ trusted: false, revocation: 'revoked' }]);
    expect(state.asked).toBe(2);
    expect(file.reads).toBe(reads);
  });

  it('are asked about again at once when Windows gave no answer, or when the clock was put back', async () => {
    const { state, facts } = await signed();
    state.fails = true;
    expect((await facts()).signatures).toMatchObject([{ trusted: false }]);
    state.fails = false;
    expect((await facts()).signatures).toMatchObject([{ trusted: true }]);
    state.now -= 1;
    await facts();
    expect(state.asked).toBe(3);
  });

  it('end with the validity of a certificate, to the second', async () => {
    const { file, cache, state, roots } = await signed();
    const facts = () => cache.facts(file.content({ roots }));
    const [signature] = (await facts()).signatures;
    expect(signature).toMatchObject({ validNow: true });
    const ends = [signature?.leaf, ...(signature?.issuers ?? [])].map((each) => each?.notAfter ?? Infinity);
    state.now = Math.min(...ends);
    expect((await facts()).signatures).toMatchObject([{ validNow: true }]);
    state.now += 1;
    expect((await facts()).signatures).toMatchObject([{ validNow: false, faults: ['expired'] }]);
  });
});
