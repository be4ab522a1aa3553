/** Declarations of crypt32.dll: certificate stores, chains and their policies (wincrypt.h, x64 layout). */
import type { Koffi } from './koffi.ts';
import { type Address, copyBytes, NativeMemory } from './native-memory.ts';

/** HCERTSTORE, PCCERT_CONTEXT or PCCERT_CHAIN_CONTEXT; `null` where a function failed or a parameter is left out. */
export type CertificateStore = Address;
export type CertificateContext = Address;
export type ChainContext = Address;
type Out<T> = [T | null];
type Done = (error: unknown, result: number) => void;

/** CERT_USAGE_MATCH; `rgpszUsageIdentifier` points to pointers to NUL-terminated object identifiers. */
interface UsageMatch {
  readonly dwType: number;
  readonly Usage: { readonly cUsageIdentifier: number; readonly rgpszUsageIdentifier: Address | null };
}

/** CERT_CHAIN_PARA with the members after RequestedUsage, which `cbSize` announces. */
export interface ChainParameters {
  readonly cbSize: number;
  readonly RequestedUsage: UsageMatch;
  readonly RequestedIssuancePolicy: UsageMatch;
  /** Milliseconds for each retrieval, or for all of them with CERT_CHAIN_REVOCATION_ACCUMULATIVE_TIMEOUT. */
  readonly dwUrlRetrievalTimeout: number;
  readonly fCheckRevocationFreshnessTime: number;
  readonly dwRevocationFreshnessTime: number;
  readonly pftCacheResync: null;
  readonly pStrongSignPara: null;
  readonly dwStrongSignFlags: number;
}

interface ChainPolicyParameters {
  readonly cbSize: number;
  readonly dwFlags: number;
  readonly pvExtraPolicyPara: null;
}

interface ChainPolicyStatus {
  cbSize: number;
  dwError: number;
  lChainIndex: number;
  lElementIndex: number;
  pvExtraPolicyStatus: null;
}

/** One certificate of a chain as the chain engine judged it. */
interface ChainElement {
  readonly certificate: CertificateContext;
  /** CERT_TRUST_STATUS.dwErrorStatus. */
  readonly errorStatus: number;
}

interface ChainReading {
  readonly errorStatus: number;
  /** Leaf first; the last simple chain ends at the root. */
  readonly elements: readonly ChainElement[];
  /** Of other chains that Windows built and liked less; present with CERT_CHAIN_RETURN_LOWER_QUALITY_CONTEXTS. */
  readonly alternatives: readonly ChainElement[];
}

export interface Crypt32 {
  CertOpenStore: {
    (
      provider: number,
      encoding: number,
      legacy: null,
      flags: number,
      parameter: string | null,
    ): CertificateStore | null;
    async(
      provider: number,
      encoding: number,
      legacy: null,
      flags: number,
      parameter: string,
      done: (error: unknown, store: CertificateStore | null) => void,
    ): void;
  };
  CertCloseStore(store: CertificateStore, flags: number): number;
  CertAddEncodedCertificateToStore(
    store: CertificateStore,
    encoding: number,
    bytes: Uint8Array,
    length: number,
    disposition: number,
    context: null,
  ): number;
  CertCreateCertificateContext(encoding: number, bytes: Uint8Array, length: number): CertificateContext | null;
  CertFreeCertificateContext(context: CertificateContext): number;
  /** Answers a context of its own, to be freed. */
  CertFindCertificateInStore(
    store: CertificateStore,
    encoding: number,
    flags: number,
    kind: number,
    parameter: CertificateContext,
    previous: null,
  ): CertificateContext | null;
  /** May ask servers, so it runs on a worker thread. */
  CertGetCertificateChain: {
    async(
      engine: number,
      certificate: CertificateContext,
      time: null,
      additional: CertificateStore,
      parameters: Address,
      flags: number,
      reserved: null,
      chain: Out<ChainContext>,
      done: Done,
    ): void;
  };
  CertFreeCertificateChain(chain: ChainContext): void;
  CertVerifyCertificateChainPolicy(
    policy: number,
    chain: ChainContext,
    parameters: ChainPolicyParameters,
    status: ChainPolicyStatus,
  ): number;
  /** DER of a certificate context. */
  encoded(context: CertificateContext): Uint8Array;
  readChain(chain: ChainContext): ChainReading;
  memory(): NativeMemory;
}

/** Sizes of the structures that carry their own size. */
export const CRYPT32_SIZES = { chainParameters: 96, chainPolicyParameters: 16, chainPolicyStatus: 24 } as const;

/** More certificates than a chain has that anybody issues; what Windows built beyond is not looked at. */
const MAX_ELEMENTS = 64;

/** Declares the structures, so that their layout can be compared with the headers without Windows. */
export function declareCrypt32Types(koffi: Koffi): void {
  koffi.struct('CERT_ENHKEY_USAGE', { cUsageIdentifier: 'uint32_t', rgpszUsageIdentifier: 'void *' });
  koffi.struct('CERT_USAGE_MATCH', { dwType: 'uint32_t', Usage: 'CERT_ENHKEY_USAGE' });
  koffi.struct('CERT_CHAIN_PARA', {
    cbSize: 'uint32_t',
    RequestedUsage: 'CERT_USAGE_MATCH',
    RequestedIssuancePolicy: 'CERT_USAGE_MATCH',
    dwUrlRetrievalTimeout: 'uint32_t',
    fCheckRevocationFreshnessTime: 'int',
    dwRevocationFreshnessTime: 'uint32_t',
    pftCacheResync: 'void *',
    pStrongSignPara: 'void *',
    dwStrongSignFlags: 'uint32_t',
  });
  koffi.struct('CERT_CHAIN_POLICY_PARA', { cbSize: 'uint32_t', dwFlags: 'uint32_t', pvExtraPolicyPara: 'void *' });
  koffi.struct('CERT_CHAIN_POLICY_STATUS', {
    cbSize: 'uint32_t',
    dwError: 'uint32_t',
    lChainIndex: 'int32_t',
    lElementIndex: 'int32_t',
    pvExtraPolicyStatus: 'void *',
  });
  koffi.struct('CERT_CONTEXT', {
    dwCertEncodingType: 'uint32_t',
    pbCertEncoded: 'void *',
    cbCertEncoded: 'uint32_t',
    pCertInfo: 'void *',
    hCertStore: 'void *',
  });
  koffi.struct('CERT_TRUST_STATUS', { dwErrorStatus: 'uint32_t', dwInfoStatus: 'uint32_t' });
  // The members that are read; Windows allocates these structures itself, so their tails do not matter.
  koffi.struct('CERT_CHAIN_CONTEXT', {
    cbSize: 'uint32_t',
    TrustStatus: 'CERT_TRUST_STATUS',
    cChain: 'uint32_t',
    rgpChain: 'void *',
    cLowerQualityChainContext: 'uint32_t',
    rgpLowerQualityChainContext: 'void *',
  });
  koffi.struct('CERT_SIMPLE_CHAIN', {
    cbSize: 'uint32_t',
    TrustStatus: 'CERT_TRUST_STATUS',
    cElement: 'uint32_t',
    rgpElement: 'void *',
  });
  koffi.struct('CERT_CHAIN_ELEMENT', { cbSize: 'uint32_t', pCertContext: 'void *', TrustStatus: 'CERT_TRUST_STATUS' });
}

/** @param path absolute path of crypt32.dll in System32 */
export function declareCrypt32(koffi: Koffi, path: string): Crypt32 {
  declareCrypt32Types(koffi);
  const library = koffi.load(path);
  const f = (prototype: string): never => library.func(prototype) as never;
  return {
    CertOpenStore: f(
      'void * __stdcall CertOpenStore(intptr_t provider, uint32_t encoding, void *legacy, uint32_t flags, str16 parameter)',
    ),
    CertCloseStore: f('int __stdcall CertCloseStore(void *store, uint32_t flags)'),
    CertAddEncodedCertificateToStore: f(
      'int __stdcall CertAddEncodedCertificateToStore(void *store, uint32_t encoding, const uint8_t *bytes, uint32_t length, uint32_t disposition, void *context)',
    ),
    CertCreateCertificateContext: f(
      'void * __stdcall CertCreateCertificateContext(uint32_t encoding, const uint8_t *bytes, uint32_t length)',
    ),
    CertFreeCertificateContext: f('int __stdcall CertFreeCertificateContext(void *context)'),
    CertFindCertificateInStore: f(
      'void * __stdcall CertFindCertificateInStore(void *store, uint32_t encoding, uint32_t flags, uint32_t kind, void *parameter, void *previous)',
    ),
    CertGetCertificateChain: f(
      'int __stdcall CertGetCertificateChain(intptr_t engine, void *certificate, void *time, void *additional, void *parameters, uint32_t flags, void *reserved, _Out_ void **chain)',
    ),
    CertFreeCertificateChain: f('void __stdcall CertFreeCertificateChain(void *chain)'),
    CertVerifyCertificateChainPolicy: f(
      'int __stdcall CertVerifyCertificateChainPolicy(intptr_t policy, void *chain, CERT_CHAIN_POLICY_PARA *parameters, _Inout_ CERT_CHAIN_POLICY_STATUS *status)',
    ),
    encoded(context) {
      const read = koffi.decode(context, 'CERT_CONTEXT') as { pbCertEncoded: Address; cbCertEncoded: number };
      return copyBytes(koffi, read.pbCertEncoded, read.cbCertEncoded);
    },
    readChain: (chain) => readChain(koffi, chain),
    memory: () => new NativeMemory(koffi),
  };
}

interface ReadStatus {
  readonly dwErrorStatus: number;
}

function readChain(koffi: Koffi, chain: ChainContext): ChainReading {
  const context = decodeChain(koffi, chain);
  const others = pointers(koffi, context.rgpLowerQualityChainContext, context.cLowerQualityChainContext);
  return {
    errorStatus: context.TrustStatus.dwErrorStatus,
    elements: elementsOf(koffi, context),
    alternatives: others.flatMap((other) => elementsOf(koffi, decodeChain(koffi, other))),
  };
}

interface DecodedChain {
  readonly TrustStatus: ReadStatus;
  readonly cChain: number;
  readonly rgpChain: Address;
  readonly cLowerQualityChainContext: number;
  readonly rgpLowerQualityChainContext: Address | null;
}

function decodeChain(koffi: Koffi, chain: ChainContext): DecodedChain {
  return koffi.decode(chain, 'CERT_CHAIN_CONTEXT') as DecodedChain;
}

function elementsOf(koffi: Koffi, { rgpChain, cChain }: DecodedChain): readonly ChainElement[] {
  const elements: ChainElement[] = [];
  for (const simple of pointers(koffi, rgpChain, cChain)) {
    const { rgpElement, cElement } = koffi.decode(simple, 'CERT_SIMPLE_CHAIN') as {
      rgpElement: Address;
      cElement: number;
    };
    for (const element of pointers(koffi, rgpElement, cElement)) {
      const { pCertContext, TrustStatus } = koffi.decode(element, 'CERT_CHAIN_ELEMENT') as {
        pCertContext: CertificateContext;
        TrustStatus: ReadStatus;
      };
      elements.push({ certificate: pCertContext, errorStatus: TrustStatus.dwErrorStatus });
    }
  }
  return elements;
}

function pointers(koffi: Koffi, array: Address | null, count: number): readonly Address[] {
  if (array === null || count === 0) return [];
  return koffi.decode(array, 'void *', Math.min(count, MAX_ELEMENTS)) as Address[];
}
