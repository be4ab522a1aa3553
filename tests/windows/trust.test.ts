/** What the machine says about the signatures of the corpus, beside our own verifier. */
import { createHash, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Content } from '../../src/facts/content.ts';
import { windowsOnly } from '../bed/index.ts';
import { CORPUS_NOW, corpusIdentities, type CorpusFile, signedCorpus } from '../corpus/index.ts';
import type { Judged, TrustJob, TrustReport } from './trust-script.ts';
import {
  chainsIn,
  contentOf,
  describeCorpus,
  judgedIn,
  signaturesOf,
  storeText,
  TrustMachine,
  withoutText,
} from './trust-machine.ts';
import { verifySignature } from '../corpus/readers.ts';

/**
 * Where Wine answers otherwise than our own verifier, and why. Both must agree before a signature counts, so every one
 * of these is refused. What is not in this table must be the same in both.
 */
const WINE_DIFFERS: Readonly<Record<string, { readonly wine: boolean; readonly why: string }>> = {
  'weak-md5 0': { wine: true, why: 'takes an MD5 digest in spite of WTD_DISABLE_MD2_MD4' },
  'weak-sha1 0': { wine: true, why: 'takes a SHA-1 digest, as Windows does' },
  'nested 0': { wine: true, why: 'takes a SHA-1 digest, as Windows does' },
  'nested-in-stranger 1': { wine: false, why: 'looks at the first signature whatever is asked for' },
  'authority-other-usage 0': { wine: true, why: 'asks only the signer about usage' },
  'authority-constrained 0': { wine: true, why: 'takes name constraints that our verifier does not know' },
  'authority-weak 0': { wine: true, why: 'takes certificates that were signed with SHA-1' },
  'weak-certificate 0': { wine: true, why: 'takes certificates that were signed with SHA-1' },
  'usage-none 0': { wine: true, why: 'takes a certificate without usages for every usage, as Windows does' },
  'usage-no-signature 0': { wine: true, why: 'does not ask for digitalSignature in the key usage' },
  'script 0': { wine: false, why: 'has nothing that verifies scripts (0x800B0003)' },
};

describeCorpus('signatures asked of the machine', (bed) => {
  let corpus: readonly CorpusFile[];
  let contents: ReadonlyMap<string, Content>;
  let jobs: ReadonlyMap<string, TrustJob['files'][number]>;
  let asked: TrustMachine;
  let report: TrustReport;
  let roots: readonly Uint8Array[];
  const foreign: Uint8Array[] = [];

  beforeAll(async () => {
    corpus = (await signedCorpus()).filter(({ type }) => type !== 'cat');
    roots = corpus[0]?.roots ?? [];
    contents = new Map(await Promise.all(corpus.map(async (file) => [file.name, await contentOf(file)] as const)));
    const signedFile = signaturesOf(contents.get('signed') as Content);
    jobs = new Map(
      corpus.map((file) => {
        const content = contents.get(file.name) as Content;
        const path = `C:\\Corpus\\${file.name}.${file.type}`;
        bed().putFile(path, readFileSync(file.path));
        // Our reader refuses these two before it reads a signature; the machine is asked about the one they carry.
        const signatures = file.expectation.kind === 'malformed' ? signedFile : signaturesOf(content);
        return [file.name, { name: file.name, path, signatures }] as const;
      }),
    );
    asked = await TrustMachine.install(bed());
    report = await asked.ask([...jobs.values()], storeText(['machine', 'Root'], roots), { repeats: 200 });
  });

  // A real machine goes on after the tests.
  afterAll(async () => {
    await bed().importRegistry(
      withoutText(['machine', 'Root'], [...roots, ...foreign]) + withoutText(['user', 'Root'], roots),
    );
  });

  const verdict = (name: string, index = 0, from: TrustReport = report): Judged => judgedIn(from, name, index);
  const only = (...names: readonly string[]): TrustJob['files'] => names.map((name) => jobs.get(name)!);

  it('AC-40 AC-42 AC-45 agrees with the own verifier but where the difference is known', async () => {
    const differences: Record<string, boolean> = {};
    for (const file of corpus) {
      for (const [index, { signature, digest }] of (contents.get(file.name) as Content).signatures.entries()) {
        const judged = verdict(file.name, index);
        const { verdict: machine } = judged;
        const own = await verifySignature(signature, { digest, roots: [], machine: chainsIn(judged), now: CORPUS_NOW });
        if (own.trusted !== machine.trusted) differences[`${file.name} ${index}`] = machine.trusted;
      }
    }
    // What the tools of this machine could not make differs in nothing.
    const known = Object.entries(WINE_DIFFERS)
      .filter(([name]) => corpus.some((file) => name.startsWith(`${file.name} `)))
      .map(([name, { wine }]) => [name, wine]);
    expect(differences).toEqual(bed().kind === 'wine' ? Object.fromEntries(known) : {});
  });

  it('AC-41 AC-42 reports what WinVerifyTrust says, on the bytes that are locked', () => {
    const statuses = ['signed', 'tampered-header', 'tampered-section', 'tampered-signature', 'padded', 'overlaid'].map(
      (name) => [name, verdict(name).verdict.status],
    );
    expect(Object.fromEntries(statuses)).toMatchObject({
      signed: '0x00000000',
      'tampered-header': '0x80096010',
      'tampered-section': '0x80096010',
      overlaid: '0x800B0100',
      // Bytes behind the message are not signed, and pass all the same unless EnableCertPaddingCheck is set: the own
      // reader is what refuses them.
      ...(bed().kind === 'wine' ? { padded: '0x00000000', 'tampered-signature': '0x80096004' } : {}),
    });
    expect(contents.get('padded')).toMatchObject({ refusal: { reason: 'malformed' }, signatures: [] });
  });

  it('AC-43 keeps validity dates and revocation apart from trust', () => {
    for (const name of ['expired', 'not-yet-valid', 'expired-authority']) {
      expect(verdict(name).verdict, name).toMatchObject({ trusted: true, revocation: 'unknown' });
      expect(Number(verdict(name).verdict.chainStatus) & 1, name).toBe(1);
    }
    // Nobody publishes revocation lists for the corpus: unknown is not good.
    expect(verdict('signed').verdict).toMatchObject({ trusted: true, revocation: 'unknown' });
  });

  it('AC-40 names a root only when the machine has it', () => {
    const root = Buffer.from(roots[0] ?? '').toString('base64');
    expect(roots).toHaveLength(1);
    for (const name of [
      'signed',
      'signed-with-root',
      'tampered-section',
      'expired',
      'installer',
      'extra-certificate',
    ]) {
      expect(verdict(name).signer, name).toMatchObject({ endsAtRoot: true });
      expect(verdict(name).signer.certificates.at(-1), name).toBe(root);
    }
    for (const name of ['same-name-self-signed', 'same-name-other-root', 'same-name-no-chain', 'chain-missing']) {
      expect(verdict(name).signer.endsAtRoot, name).toBe(false);
      expect(verdict(name).verdict.trusted, name).toBe(false);
    }
  });

  it('holds no file, keeps no handle and no memory over 200 rounds', () => {
    expect(Object.entries(report.files).filter(([, { released }]) => !released)).toEqual([]);
    expect(report.nextHandle[1]).toBe(report.nextHandle[0]);
    expect(report.growth).toBeLessThan(8 * 1024 * 1024);
  });

  it('says that no catalog lists these files', () => {
    expect(report.files['unsigned']?.catalogs).toEqual([]);
  });

  it('AC-44 takes no root and no setting of an account', async () => {
    const state = '[HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\WinTrust\\Trust Providers\\';
    const settings = `${state}Software Publishing]\n"State"=dword:00023e20\n`;
    const own = await asked.ask(only('signed', 'same-name-self-signed'), storeText(['user', 'Root'], roots) + settings);
    expect(verdict('signed', 0, own)).toMatchObject({
      verdict: { trusted: false, revocation: 'unknown' },
      signer: { endsAtRoot: false },
    });
    expect(Number(verdict('signed', 0, own).verdict.chainStatus) & 0x20).toBe(0x20);
    expect(verdict('same-name-self-signed', 0, own).verdict.trusted).toBe(false);
  });

  it('AC-44 trusts nothing that the machine disallows, root and authority alike', async () => {
    const authority = (contents.get('signed') as Content).signatures[0]!.signature.certificates.filter(
      (der) => Buffer.compare(der, (contents.get('signed') as Content).signatures[0]!.signature.leaf) !== 0,
    );
    expect(authority).toHaveLength(1);
    const trusted = storeText(['machine', 'Root'], roots);
    for (const disallowed of [authority, roots]) {
      const report = await asked.ask(only('signed'), trusted + storeText(['machine', 'Disallowed'], disallowed));
      expect(verdict('signed', 0, report)).toMatchObject({
        verdict: { trusted: false },
        signer: { endsAtRoot: false },
      });
      expect(Number(verdict('signed', 0, report).verdict.chainStatus) & 0x4000000).not.toBe(0);
      await bed().importRegistry(withoutText(['machine', 'Disallowed'], disallowed));
    }
  });

  it('names the certificates that it made the chain of', async () => {
    const identities = await corpusIdentities();
    const hashes = verdict('signed').signer.certificates.map((der) =>
      createHash('sha256').update(Buffer.from(der, 'base64')).digest('hex'),
    );
    expect(hashes).toEqual([identities['leaf'], identities['ca'], identities['root']]);
  });

  it('names the chains of timestamp authorities by themselves, and no more than these', async () => {
    const stranger = (contents.get('same-name-other-root') as Content).signatures[0]!.signature;
    const otherRoot = stranger.certificates.find((der) => {
      const { subject, issuer } = new X509Certificate(der);
      return subject === issuer;
    })!;
    foreign.push(otherRoot);
    const report = await asked.ask(
      only('timestamp-untrusted', 'timestamp-by-publisher', 'expired-token'),
      storeText(['machine', 'Root'], [otherRoot]),
    );
    expect(verdict('timestamp-untrusted', 0, report)).toMatchObject({
      verdict: { trusted: false },
      signer: { endsAtRoot: false },
      timestamps: [{ endsAtRoot: true }],
    });
    const [chain] = verdict('timestamp-untrusted', 0, report).timestamps;
    expect(chain?.certificates.at(-1)).toBe(Buffer.from(otherRoot).toString('base64'));
    for (const name of ['timestamp-by-publisher', 'expired-token']) {
      expect(verdict(name, 0, report), name).toMatchObject({ signer: { endsAtRoot: false }, timestamps: [] });
    }
  });

  windowsOnly('AC-45 judges each nested signature by itself', 'the first signature is looked at every time', () => {
    expect(verdict('nested-in-stranger', 1).verdict.trusted).toBe(true);
    expect(verdict('nested-by-stranger', 1).verdict.trusted).toBe(false);
  });

  windowsOnly('AC-52 verifies scripts', 'there is no provider for scripts', () => {
    expect(verdict('script').verdict).toMatchObject({ trusted: true, status: '0x00000000' });
  });

  windowsOnly(
    'finds the catalog of a program of Windows',
    'it has no catalogs, and looks up SHA-1 digests only',
    async () => {
      const path = 'C:\\Windows\\System32\\notepad.exe';
      const { files } = await asked.ask([{ name: 'notepad', path, signatures: [] }], '');
      expect(files['notepad']?.catalogs).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ verdict: expect.objectContaining({ trusted: true }) as unknown }),
        ]),
      );
    },
  );
});
