/** Facts of whole signed files, from the bytes on the disk to the judgement: the corpus through the one entry point. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DigestWorker } from '../../../src/facts/digest-worker.ts';
import { gatherFacts } from '../../../src/facts/gather.ts';
import { gatherNodeFile } from '../../../src/facts/node-file.ts';
import type { MachineChains, SignatureTrust } from '../../../src/facts/trust.ts';
import { EpmError } from '../../../src/model/errors.ts';
import type { FileFacts, MachineVerdict } from '../../../src/model/file-facts.ts';
import * as cms from '../../corpus/cms.ts';
import * as der from '../../corpus/der.ts';
import { CA, LEAF, ROOT } from './authenticode/people.ts';
import { FileSigner } from './file-signing.ts';
import { machineChains } from './machine-chains.ts';
import { CORPUS_NOW, type CorpusFile, corpusIdentities, signedCorpus, whyNoCorpus } from '../../corpus/index.ts';
import { inspectExecutable, readCatalog, readSignatures } from '../../corpus/readers.ts';

const reason = whyNoCorpus();
const corpus = reason === undefined ? await signedCorpus() : [];
const identities = reason === undefined ? await corpusIdentities() : {};
const files = corpus.filter(({ type }) => type !== 'cat');
const now = (): number => CORPUS_NOW;

function fileNamed(name: string): CorpusFile {
  const found = corpus.find((file) => file.name === name);
  if (found === undefined) throw new Error(`The corpus has no ${name}.`);
  return found;
}

const NO_CHAINS: MachineChains = {
  signer: { certificates: [], endsAtRoot: false },
  alternatives: [],
  timestamps: [],
};
const SCRIPT = Buffer.from('Get-Date\r\n');
const GOOD: MachineVerdict = {
  trusted: true,
  status: '0x00000000',
  chainStatus: '0x00000000',
  revocation: 'good',
};

/** The chains of a catalog. */
async function chainsOf(message: Uint8Array, roots: readonly Uint8Array[]): Promise<MachineChains> {
  const { leaf, certificates } = (await readCatalog(message)).signature;
  return machineChains({ message, leaf, others: certificates }, roots);
}

/** A machine that trusts what the corpus trusts and gives one verdict on everything. */
function machine(verdict: MachineVerdict, roots: readonly Uint8Array[], catalogs: readonly string[] = []) {
  const asked: number[] = [];
  let catalogsAsked = 0;
  const trust: SignatureTrust = {
    judge: async (signature) => {
      asked.push(signature.index);
      return { verdict, chains: await machineChains(signature, roots) };
    },
    catalogs: async () => {
      catalogsAsked += 1;
      return Promise.all(
        catalogs.map(async (name) => {
          const message = await readFile(fileNamed(name).path);
          return { name: `${name}.cat`, message, verdict, chains: await chainsOf(message, roots) };
        }),
      );
    },
  };
  return { trust, asked, catalogsAsked: () => catalogsAsked };
}

describe.skipIf(reason !== undefined)(reason === undefined ? 'a signed file' : `skipped: ${reason}`, () => {
  it.each(files.map((file) => [file.name, file] as const))('%s is told as it is', async (_name, file) => {
    const facts = await gatherNodeFile(file.path, { roots: file.roots, now });
    const { expectation } = file;
    if (expectation.kind === 'malformed') {
      expect(facts).toMatchObject({
        type: undefined,
        refusal: { reason: 'malformed', hint: expect.stringContaining('get it again') as string },
        signatures: [],
      });
      expect(facts.refusal?.place).toMatch(/\S/);
      return;
    }
    expect(facts).toMatchObject({ type: file.type, refusal: undefined });
    const expected = expectation.kind === 'unsigned' ? [] : expectation.signatures;
    expect(facts.signatures.map(({ leaf, faults, origin }) => ({ leaf: leaf.sha256, faults, origin }))).toEqual(
      expected.map(({ leaf, faults, origin }) => ({ leaf: identities[leaf], faults, origin })),
    );
  });

  it('is not trusted by anybody who names no roots', async () => {
    const facts = await gatherNodeFile(fileNamed('signed').path, { now });
    expect(facts.signatures).toMatchObject([{ trusted: false, faults: ['chainIncomplete'], revocation: 'unknown' }]);
  });

  it('is trusted when our verifier and Windows both say so, and revocation is what Windows says', async () => {
    const { path, roots } = fileNamed('signed');
    const { trust, asked, catalogsAsked } = machine(GOOD, roots);
    const facts = await gatherNodeFile(path, { trust, now });
    expect(facts.signatures).toMatchObject([{ trusted: true, faults: [], revocation: 'good', machine: GOOD }]);
    expect(asked).toEqual([0]);
    expect(catalogsAsked()).toBe(0);
  });

  it('is not trusted when Windows refuses it, whatever our verifier says', async () => {
    const { path, roots } = fileNamed('signed');
    const verdict = { ...GOOD, trusted: false, status: '0x800b0111', revocation: 'revoked' } as const;
    const facts = await gatherNodeFile(path, { trust: machine(verdict, roots).trust, now });
    expect(facts.signatures).toMatchObject([
      { trusted: false, faults: ['machineRefused', 'revoked'], revocation: 'revoked', machine: verdict },
    ]);
  });

  it.each(files.flatMap((file) => (file.expectation.kind === 'signatures' ? [[file.name, file] as const] : [])))(
    'is not trusted when our verifier refuses it, whatever Windows says: %s',
    async (_name, { path, roots, expectation }) => {
      const facts = await gatherNodeFile(path, { trust: machine(GOOD, roots).trust, now });
      if (expectation.kind !== 'signatures') throw new Error('not a signed file');
      const time = ['expired', 'notYetValid', 'timestampInvalid'];
      expect(facts.signatures.map(({ trusted }) => trusted)).toEqual(
        expectation.signatures.map(({ faults }) => faults.every((fault) => time.includes(fault))),
      );
    },
  );

  it('whose roots the machine does not have is not trusted', async () => {
    const facts = await gatherNodeFile(fileNamed('signed').path, { trust: machine(GOOD, []).trust, now });
    expect(facts.signatures).toMatchObject([{ trusted: false, faults: ['chainIncomplete'] }]);
  });

  it('AC-43 has no good timestamp by an authority that the machine does not trust, whatever root it has', async () => {
    const { path, roots } = fileNamed('expired-token');
    const { trust } = machine(GOOD, roots);
    const timestamped = async (judge: SignatureTrust['judge']) =>
      (await gatherNodeFile(path, { trust: { ...trust, judge }, now })).signatures;
    expect(await timestamped(trust.judge)).toMatchObject([
      { trusted: true, validAtTimestamp: true, faults: ['expired'] },
    ]);
    for (const timestamps of [[], [{ certificates: [new Uint8Array(1), ...roots], endsAtRoot: true }]]) {
      const judge: SignatureTrust['judge'] = async (question) => {
        const { verdict, chains } = await trust.judge(question);
        return { verdict, chains: { ...chains, timestamps } };
      };
      expect(await timestamped(judge)).toMatchObject([
        { trusted: true, validAtTimestamp: false, faults: ['expired', 'timestampInvalid'] },
      ]);
    }
  });

  it('AC-98 is asked about no further once nobody waits', async () => {
    const { path, roots } = fileNamed('nested-by-stranger');
    const { trust, asked } = machine(GOOD, roots);
    const waits = new AbortController();
    const judge: SignatureTrust['judge'] = (question) => {
      waits.abort();
      return trust.judge(question);
    };
    await expect(gatherNodeFile(path, { trust: { ...trust, judge }, now, signal: waits.signal })).rejects.toMatchObject(
      {
        code: 'EPM_REQUEST_CANCELLED',
      },
    );
    expect(asked).toEqual([0]);
  });

  it.each(['EPM_AGENT_BUSY', 'EPM_REQUEST_CANCELLED'] as const)(
    'AC-98 is not taken for an unsigned one, nor refused, when the request ends while it waits: %s',
    async (code) => {
      const fail = (): Promise<never> => Promise.reject(new EpmError(code, 'The turn did not come.'));
      for (const file of ['signed', 'unsigned']) {
        const gathered = gatherNodeFile(fileNamed(file).path, { trust: { judge: fail, catalogs: fail }, now });
        await expect(gathered).rejects.toMatchObject({ code });
      }
    },
  );

  it('about which Windows could not be asked is known, and not trusted', async () => {
    const { path } = fileNamed('signed');
    const fail = (): Promise<never> => Promise.reject(new EpmError('EPM_SIGNATURE_UNCHECKED', 'No answer.'));
    const facts = await gatherNodeFile(path, { trust: { judge: fail, catalogs: fail }, now });
    expect(facts).toMatchObject({
      type: 'exe',
      signatures: [{ leaf: { sha256: identities['leaf'] }, trusted: false, revocation: 'unknown' }],
    });
    expect(facts.signatures[0]).not.toHaveProperty('machine');
    expect(facts.signatures[0]?.faults).toContain('machineRefused');
  });

  it('without a signature is refused while Windows cannot say which catalogs list it', async () => {
    const { trust } = machine(GOOD, []);
    const silent = { ...trust, catalogs: () => Promise.reject(new EpmError('EPM_SIGNATURE_UNCHECKED', 'No answer.')) };
    const facts = await gatherNodeFile(fileNamed('unsigned').path, { trust: silent, now });
    expect(facts).toMatchObject({
      type: undefined,
      refusal: { reason: 'unreadable', message: 'Its signature by a catalog could not be checked. No answer.' },
      signatures: [],
    });
    expect(facts.refusal?.hint).toMatch(/^Try again/);
  });

  it('AC-41 is refused when a byte is put behind its signature, and never taken for an unsigned one', async () => {
    const bytes = Buffer.concat([await readFile(fileNamed('signed').path), Buffer.from([1])]);
    const facts = await gatherFacts({ path: 'C:\\a.exe', source: memory(bytes), roots: [], now });
    expect(facts).toMatchObject({ type: undefined, refusal: { reason: 'malformed' }, signatures: [] });
  });

  it('is the same facts with one thread or two, for every byte that is changed', async () => {
    const { path, roots } = fileNamed('signed');
    const small = await readFile(path);
    const worker = new DigestWorker();
    try {
      expect(await gatherNodeFile(path, { roots, now, worker })).toEqual(await gatherNodeFile(path, { roots, now }));
      const changed = Buffer.from(small);
      changed[0x400] = (changed[0x400] ?? 0) ^ 1;
      const facts = await gatherFacts({ path: 'C:\\a.exe', source: memory(changed), roots, now, worker });
      expect(facts.signatures).toMatchObject([{ trusted: false, faults: ['digestMismatch'] }]);
    } finally {
      await worker.dispose();
    }
  });
});

describe.skipIf(reason !== undefined)(reason === undefined ? 'a file in a catalog' : `skipped: ${reason}`, () => {
  const catalogs = corpus.filter(({ type }) => type === 'cat');

  it.each(catalogs.map((catalog) => [catalog.name, catalog] as const))('%s', async (name, catalog) => {
    const { roots, lists = [], expectation } = catalog;
    for (const file of files.filter((each) => each.expectation.kind === 'unsigned')) {
      const { trust } = machine(GOOD, roots, [name]);
      const { signatures } = await gatherNodeFile(file.path, { trust, now });
      const expected =
        lists.includes(file.name) && expectation.kind === 'signatures'
          ? expectation.signatures.map(({ leaf, faults }) => ({ leaf: identities[leaf], faults }))
          : [];
      expect(signatures.map(({ leaf, faults }) => ({ leaf: leaf.sha256, faults }))).toEqual(expected);
      for (const signature of signatures)
        expect(signature).toMatchObject({ origin: 'catalog', catalog: `${name}.cat` });
    }
  });

  /** Signatures of a file that Windows says this catalog lists; a script is listed by the digest of its bytes. */
  const listedBy = async (
    content: der.Node,
    bytes: Uint8Array = SCRIPT,
    path = 'C:\\a.ps1',
  ): Promise<FileFacts['signatures']> => {
    const message = cms.makeMessage({
      contentType: cms.CMS.trustList,
      content,
      signer: LEAF,
      certificates: [LEAF, CA],
    });
    const roots = [ROOT.der];
    const trust: SignatureTrust = {
      ...machine(GOOD, roots).trust,
      catalogs: async () =>
        Promise.resolve([{ name: 'a.cat', message, verdict: GOOD, chains: await chainsOf(message, roots) }]),
    };
    return (await gatherFacts({ path, source: memory(bytes), trust, now })).signatures;
  };
  const members = (digest: 'sha1' | 'sha256', bytes: Uint8Array) =>
    cms.catalogContent([cms.hash(digest, bytes)], digest, CORPUS_NOW);

  it.each([0, 1, 3, 7])(
    'AC-42 is listed with the zeros that align it, as a signer would add them: %i',
    async (more) => {
      const unsigned = await readFile(fileNamed('unsigned').path);
      const program = Buffer.concat([unsigned, Buffer.alloc(more, 0x41)]);
      const signer = new FileSigner('exe');
      let signed: Buffer;
      try {
        signed = signer.sign(program);
      } finally {
        signer.remove();
      }
      // What osslsigncode signed is what a catalog lists.
      const [signature] = await readSignatures((await inspectExecutable(memory(signed))).content.signatures[0]!);
      const content = cms.catalogContent([signature!.digest], 'sha256', CORPUS_NOW);
      expect(await listedBy(content, program, 'C:\\a.exe')).toMatchObject([{ trusted: true, faults: [] }]);
      expect(await listedBy(content, Buffer.concat([program, Buffer.alloc(8)]), 'C:\\a.exe')).toEqual([]);
    },
  );
  const OTHER = Buffer.from('another file');

  it('AC-42 has a signature of a catalog only when that one really lists it, whatever Windows found', async () => {
    expect(await listedBy(members('sha256', SCRIPT))).toMatchObject([{ trusted: true, faults: [] }]);
    expect(await listedBy(members('sha256', OTHER))).toEqual([]);
  });

  it('AC-45 is listed by SHA-1 alone, though the catalog lists other files by SHA-256', async () => {
    const mixed = der.change(members('sha256', OTHER), [4], (all) => ({
      tag: all.tag,
      value: [...der.inside(all), ...der.inside(der.inside(members('sha1', SCRIPT))[4]!)],
    }));
    expect(await listedBy(mixed)).toMatchObject([{ trusted: false, digestAlgorithm: 'sha1', faults: ['weakDigest'] }]);
  });

  it('that is broken refuses the file, by its name, and never leaves it unsigned', async () => {
    const { path, roots } = files.find(({ expectation }) => expectation.kind === 'unsigned') ?? fileNamed('unsigned');
    const { trust } = machine(GOOD, roots);
    const broken: SignatureTrust = {
      ...trust,
      catalogs: () =>
        Promise.resolve([
          { name: 'broken.cat', message: Uint8Array.of(0x30, 0x80, 0, 0), verdict: GOOD, chains: NO_CHAINS },
        ]),
    };
    const { refusal, signatures, type } = await gatherNodeFile(path, { trust: broken, now });
    expect({ type, signatures }).toEqual({ type: undefined, signatures: [] });
    expect(refusal).toMatchObject({
      reason: 'unreadable',
      message: expect.stringContaining('The catalog "broken.cat" that lists the file cannot be read: ') as string,
      hint: expect.stringContaining('sfc /scannow') as string,
    });
  });
});

function memory(bytes: Uint8Array) {
  return { size: bytes.length, read: (offset: number, length: number) => bytes.subarray(offset, offset + length) };
}
