/** The chain of a certificate by the chain engine of the machine. */
import type { MachineChain } from '../../facts/trust.ts';
import { EpmError } from '../../model/errors.ts';
import type { CertificateContext, CertificateStore, ChainContext, ChainParameters, Crypt32 } from '../dll/crypt32.ts';
import { CRYPT32_SIZES } from '../dll/crypt32.ts';
import { asyncCall } from './async-call.ts';
import { contains, ENCODING, memoryStore, withMachineStore } from './machine-stores.ts';
import { CHAIN_ERROR, type ChainAnswer, isChainTrusted } from './verdict.ts';

/** HCCE_LOCAL_MACHINE: trusts the machine's stores only. */
const MACHINE_ENGINE = 1;
const USAGE_MATCH_TYPE_AND = 0;
/** szOID_PKIX_KP_CODE_SIGNING and szOID_PKIX_KP_TIMESTAMP_SIGNING. */
const USAGE = { codeSigning: '1.3.6.1.5.5.7.3.3', timeStamping: '1.3.6.1.5.5.7.3.8' } as const;
type Usage = keyof typeof USAGE;

/** Certificates of other chains that are handed on. */
const MAX_ALTERNATIVES = 64;

/** Flags of CertGetCertificateChain. */
const CACHE_ONLY = 0x4;
/** CERT_CHAIN_RETURN_LOWER_QUALITY_CONTEXTS. */
const ALL_CHAINS = 0x80;
/**
 * No issuer is fetched from an address that the certificate names: before the chain is trusted that address is
 * anybody's choice, and the system account would call it.
 */
const DISABLE_AIA = 0x2000;
const ACCUMULATIVE_TIMEOUT = 0x08000000;
const REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT = 0x40000000;

/** CERT_CHAIN_POLICY_BASE and CERT_CHAIN_POLICY_AUTHENTICODE. */
const POLICIES: Readonly<Record<Usage, readonly number[]>> = { codeSigning: [1, 2], timeStamping: [1] };
/** CERT_CHAIN_POLICY_IGNORE_NOT_TIME_VALID_FLAG | CERT_CHAIN_POLICY_IGNORE_NOT_TIME_NESTED_FLAG. */
const IGNORE_DATES = 0x1 | 0x4;
/** Reported as the error of a policy that could not be asked (E_FAIL). */
const POLICY_FAILED = 0x80004005;

export interface ChainOptions {
  /** False: only what Windows has in its cache. */
  readonly online: boolean;
  /** Milliseconds for everything that is fetched for one chain. */
  readonly retrievalTimeout: number;
  /** Whether revocation matters; that of a timestamp authority does not. */
  readonly revocation: boolean;
}

export interface ChainResult {
  /** About this chain as a whole, revocation too. */
  readonly answer: ChainAnswer;
  readonly chain: MachineChain;
  /** DER of the certificates of other chains that Windows found. */
  readonly alternatives: readonly Uint8Array[];
}

const EMPTY = new Uint8Array(0);

/** A certificate that Windows cannot read has no chain. */
const UNREADABLE: ChainResult = {
  answer: { errorStatus: CHAIN_ERROR.PARTIAL_CHAIN, policyErrors: [], revocationStatus: undefined },
  chain: { certificates: [], endsAtRoot: false },
  alternatives: [],
};

/**
 * Builds and judges the chain. Revocation is asked about only when everything else is good, so that no file can make
 * the system account call a server that its author chose. The second chain is made of the certificates of the first and
 * of those that the machine has: should Windows choose another one of these, that one is judged and told.
 * @param certificates DER of what may be between leaf and root
 * @throws EpmError EPM_SIGNATURE_UNCHECKED when Windows builds no chain
 */
export async function machineChain(
  crypt32: Crypt32,
  leaf: Uint8Array,
  certificates: readonly Uint8Array[],
  usage: Usage,
  options: ChainOptions,
): Promise<ChainResult> {
  const context = crypt32.CertCreateCertificateContext(ENCODING, leaf, leaf.length);
  if (context === null) return UNREADABLE;
  try {
    const build = <T>(offered: readonly Uint8Array[], flags: number, use: (chain: ChainContext) => T): Promise<T> =>
      withStore(crypt32, offered, (additional) => withChain(crypt32, context, additional, usage, flags, options, use));
    const flags = DISABLE_AIA | (options.online ? 0 : CACHE_ONLY);
    const first = await build(certificates, flags | ALL_CHAINS, (chain) => judge(crypt32, chain, usage));
    if (!options.revocation || !isChainTrusted(first.answer)) {
      return { ...first, answer: { ...first.answer, revocationStatus: undefined } };
    }
    const withRevocation = flags | REVOCATION_CHECK_CHAIN_EXCLUDE_ROOT | ACCUMULATIVE_TIMEOUT;
    const second = await build(first.chain.certificates, withRevocation, (chain) => judge(crypt32, chain, usage));
    const revocationStatus = second.answer.errorStatus;
    // The policies mind what is revoked, which is told apart; so those of the same chain without it stand.
    if (isSame(first.chain, second.chain)) return { ...first, answer: { ...first.answer, revocationStatus } };
    const alternatives = [...first.chain.certificates, ...first.alternatives];
    return { ...second, alternatives, answer: { ...second.answer, revocationStatus } };
  } finally {
    crypt32.CertFreeCertificateContext(context);
  }
}

function isSame({ certificates: one }: MachineChain, { certificates: other }: MachineChain): boolean {
  return one.length === other.length && one.every((der, at) => Buffer.compare(der, other[at] ?? EMPTY) === 0);
}

async function withStore<T>(
  crypt32: Crypt32,
  certificates: readonly Uint8Array[],
  use: (store: CertificateStore) => Promise<T>,
): Promise<T> {
  const store = memoryStore(crypt32, certificates);
  try {
    return await use(store);
  } finally {
    crypt32.CertCloseStore(store, 0);
  }
}

async function withChain<T>(
  crypt32: Crypt32,
  leaf: CertificateContext,
  additional: CertificateStore,
  usage: Usage,
  flags: number,
  options: ChainOptions,
  use: (chain: ChainContext) => T,
): Promise<T> {
  const memory = crypt32.memory();
  try {
    const name = memory.bytes(Buffer.from(`${USAGE[usage]}\0`, 'latin1'));
    const names = memory.bytes(new BigUint64Array([name]));
    const none = { dwType: USAGE_MATCH_TYPE_AND, Usage: { cUsageIdentifier: 0, rgpszUsageIdentifier: null } };
    const parameters = memory.struct('CERT_CHAIN_PARA', {
      cbSize: CRYPT32_SIZES.chainParameters,
      RequestedUsage: { dwType: USAGE_MATCH_TYPE_AND, Usage: { cUsageIdentifier: 1, rgpszUsageIdentifier: names } },
      RequestedIssuancePolicy: none,
      dwUrlRetrievalTimeout: options.retrievalTimeout,
      fCheckRevocationFreshnessTime: 0,
      dwRevocationFreshnessTime: 0,
      pftCacheResync: null,
      pStrongSignPara: null,
      dwStrongSignFlags: 0,
    } satisfies ChainParameters);
    const chain: [ChainContext | null] = [null];
    const built = await asyncCall<number>((done) => {
      crypt32.CertGetCertificateChain.async(
        MACHINE_ENGINE,
        leaf,
        null,
        additional,
        parameters,
        flags,
        null,
        chain,
        done,
      );
    });
    if (built === 0 || chain[0] === null) {
      throw new EpmError('EPM_SIGNATURE_UNCHECKED', 'Windows built no chain for the certificate of a signature.');
    }
    try {
      return use(chain[0]);
    } finally {
      crypt32.CertFreeCertificateChain(chain[0]);
    }
  } finally {
    memory.release();
  }
}

function judge(
  crypt32: Crypt32,
  chain: ChainContext,
  usage: Usage,
): Omit<ChainResult, 'answer'> & { readonly answer: Omit<ChainAnswer, 'revocationStatus'> } {
  const { errorStatus, elements, alternatives } = crypt32.readChain(chain);
  const disallowed = withMachineStore(crypt32, 'Disallowed', (store) =>
    elements.some(({ certificate }) => contains(crypt32, store, certificate)),
  );
  const distrusted = disallowed || (errorStatus & CHAIN_ERROR.EXPLICIT_DISTRUST) !== 0;
  const last = elements.at(-1)?.certificate;
  // Without a signature all the way the chain ends there by name only.
  const isSigned = (errorStatus & CHAIN_ERROR.NOT_SIGNATURE_VALID) === 0;
  const isRoot =
    last !== undefined &&
    isSigned &&
    !distrusted &&
    withMachineStore(crypt32, 'ROOT', (store) => contains(crypt32, store, last));
  const status =
    errorStatus | (disallowed ? CHAIN_ERROR.EXPLICIT_DISTRUST : 0) | (isRoot ? 0 : CHAIN_ERROR.UNTRUSTED_ROOT);
  return {
    answer: { errorStatus: status, policyErrors: POLICIES[usage].map((policy) => policyError(crypt32, policy, chain)) },
    chain: {
      certificates: elements.map(({ certificate }) => crypt32.encoded(certificate)),
      endsAtRoot: isRoot,
    },
    alternatives: alternatives.slice(0, MAX_ALTERNATIVES).map(({ certificate }) => crypt32.encoded(certificate)),
  };
}

function policyError(crypt32: Crypt32, policy: number, chain: ChainContext): number {
  const status = {
    cbSize: CRYPT32_SIZES.chainPolicyStatus,
    dwError: 0,
    lChainIndex: 0,
    lElementIndex: 0,
    pvExtraPolicyStatus: null,
  };
  const parameters = { cbSize: CRYPT32_SIZES.chainPolicyParameters, dwFlags: IGNORE_DATES, pvExtraPolicyPara: null };
  return crypt32.CertVerifyCertificateChainPolicy(policy, chain, parameters, status) === 0
    ? POLICY_FAILED
    : status.dwError;
}
