/** Which chain is judged, where the chain engine of Windows has more than one to choose from. */
import { describe, expect, it } from 'vitest';
import type { CertificateContext, ChainContext, Crypt32 } from '../../../src/windows/dll/crypt32.ts';
import { machineChain } from '../../../src/windows/trust/chain.ts';
import { CHAIN_ERROR, verdictOf } from '../../../src/windows/trust/verdict.ts';

const REVOCATION_FLAG = 0x40000000;
const [LEAF, ONE, OTHER, ROOT] = ['leaf', 'one', 'other', 'root'].map((name) => Buffer.from(name)) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

interface Built {
  readonly certificates: readonly Buffer[];
  readonly alternatives?: readonly Buffer[];
  readonly errorStatus?: number;
  readonly policyError?: number;
}
type Question = { readonly revocation: boolean; readonly offered: readonly string[] };

/** A chain engine that builds what it is told to; `asked` is what it was given. */
class FakeCrypt32 {
  readonly asked: Question[] = [];
  readonly #objects = new Map<bigint, unknown>();
  readonly #build: (question: Question) => Built;
  readonly #disallowed: readonly Buffer[];

  constructor(build: (question: Question) => Built, disallowed: readonly Buffer[] = []) {
    this.#build = build;
    this.#disallowed = disallowed;
  }

  get dll(): Crypt32 {
    const made = (value: unknown): bigint => {
      const address = BigInt(this.#objects.size + 1);
      this.#objects.set(address, value);
      return address;
    };
    const at = <T>(address: bigint): T => this.#objects.get(address) as T;
    const contexts = (list: readonly Buffer[] = []) =>
      list.map((der) => ({ certificate: made(der) as CertificateContext, errorStatus: 0 }));
    const partial: Partial<Crypt32> = {
      CertOpenStore: Object.assign(
        (provider: number, _encoding: number, _legacy: null, _flags: number, name: string | null) =>
          made(provider === 2 ? [] : name === 'ROOT' ? [ROOT] : this.#disallowed),
        { async: () => undefined },
      ),
      CertCloseStore: () => 1,
      CertAddEncodedCertificateToStore: (store, _encoding, bytes) => at<Uint8Array[]>(store).push(bytes),
      CertCreateCertificateContext: (_encoding, bytes) => made(bytes),
      CertFreeCertificateContext: () => 1,
      CertFindCertificateInStore: (store, _encoding, _flags, _kind, certificate) =>
        at<Buffer[]>(store).some((der) => der.equals(at<Buffer>(certificate))) ? certificate : null,
      CertGetCertificateChain: {
        async: (_engine, _leaf, _time, additional, _parameters, flags, _reserved, chain, done) => {
          const offered = at<Uint8Array[]>(additional).map((der) => Buffer.from(der).toString());
          const question = { revocation: (flags & REVOCATION_FLAG) !== 0, offered };
          this.asked.push(question);
          chain[0] = made(this.#build(question)) as ChainContext;
          done(null, 1);
        },
      },
      CertFreeCertificateChain: () => undefined,
      CertVerifyCertificateChainPolicy: (_policy, chain, _parameters, status) => {
        status.dwError = at<Built>(chain).policyError ?? 0;
        return 1;
      },
      encoded: (context) => at<Uint8Array>(context),
      readChain: (chain) => {
        const { certificates, alternatives, errorStatus = 0 } = at<Built>(chain);
        return { errorStatus, elements: contexts(certificates), alternatives: contexts(alternatives) };
      },
      memory: () => ({ bytes: () => 0n, struct: () => 0n, release: () => undefined }) as never,
    };
    return partial as Crypt32;
  }
}

const ask = (fake: FakeCrypt32, revocation = true) =>
  machineChain(fake.dll, LEAF, [ONE, OTHER], 'codeSigning', { online: true, retrievalTimeout: 1, revocation });
const names = (ders: readonly Uint8Array[]): string[] => ders.map((der) => Buffer.from(der).toString());

describe('the chain of a signature', () => {
  it('is the one that revocation was asked for, made of its own certificates', async () => {
    const fake = new FakeCrypt32(({ revocation }) => ({
      certificates: [LEAF, ONE, ROOT],
      alternatives: revocation ? [] : [OTHER],
      errorStatus: revocation ? CHAIN_ERROR.REVOCATION_UNKNOWN : 0,
    }));
    const { answer, chain, alternatives } = await ask(fake);
    expect(fake.asked).toEqual([
      { revocation: false, offered: ['one', 'other'] },
      { revocation: true, offered: ['leaf', 'one', 'root'] },
    ]);
    expect(chain).toMatchObject({ endsAtRoot: true });
    expect(names(chain.certificates)).toEqual(['leaf', 'one', 'root']);
    expect(names(alternatives)).toEqual(['other']);
    expect(verdictOf(0, answer)).toMatchObject({ trusted: true, revocation: 'unknown' });
  });

  it('AC-43 is the second one where Windows chooses another as soon as revocation counts', async () => {
    const fake = new FakeCrypt32(({ revocation }) => ({ certificates: [LEAF, revocation ? OTHER : ONE, ROOT] }));
    const { answer, chain, alternatives } = await ask(fake);
    expect(names(chain.certificates)).toEqual(['leaf', 'other', 'root']);
    expect(names(alternatives)).toContain('one');
    expect(verdictOf(0, answer)).toMatchObject({ trusted: true, revocation: 'good' });
  });

  it.each([
    ['is disallowed', {}, [OTHER], CHAIN_ERROR.EXPLICIT_DISTRUST],
    ['ends nowhere', { errorStatus: CHAIN_ERROR.PARTIAL_CHAIN }, [], CHAIN_ERROR.PARTIAL_CHAIN],
    ['is refused by a policy', { policyError: 0x800b0110 }, [], 0],
  ])('AC-44 is not trusted where the second one %s, however good the first one is', async (_what, more, bad, bit) => {
    const fake = new FakeCrypt32(
      ({ revocation }) =>
        revocation ? { certificates: [LEAF, OTHER, ROOT], ...more } : { certificates: [LEAF, ONE, ROOT] },
      bad,
    );
    const { answer, chain } = await ask(fake);
    expect(names(chain.certificates)).toEqual(['leaf', 'other', 'root']);
    expect(answer.errorStatus & bit).toBe(bit);
    expect(verdictOf(0, answer).trusted).toBe(false);
  });

  it('AC-43 is revoked where one of its certificates is, though the policies then refuse it too', async () => {
    const fake = new FakeCrypt32(({ revocation }) => ({
      certificates: [LEAF, ONE, ROOT],
      ...(revocation ? { errorStatus: CHAIN_ERROR.REVOKED, policyError: 0x80092010 } : {}),
    }));
    expect(verdictOf(0, (await ask(fake)).answer)).toMatchObject({ trusted: true, revocation: 'revoked' });
  });

  it('AC-43 is not asked for revocation where it is not trusted, nor for an authority of timestamps', async () => {
    const untrusted = new FakeCrypt32(() => ({ certificates: [LEAF, ONE, ROOT] }), [ONE]);
    const { answer, chain } = await ask(untrusted);
    expect(untrusted.asked).toHaveLength(1);
    expect(chain.endsAtRoot).toBe(false);
    expect(verdictOf(0, answer)).toMatchObject({ trusted: false, revocation: 'unknown' });
    const timestamp = new FakeCrypt32(() => ({ certificates: [LEAF, ONE, ROOT] }));
    expect(await ask(timestamp, false)).toMatchObject({ chain: { endsAtRoot: true } });
    expect(timestamp.asked).toHaveLength(1);
  });
});
