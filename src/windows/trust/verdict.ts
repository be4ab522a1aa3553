/** From the numbers Windows gives about a signature to what EPM says of it (decision M7). Pure. */
import type { MachineVerdict } from '../../model/file-facts.ts';

/** CERT_TRUST_STATUS.dwErrorStatus (wincrypt.h). */
export const CHAIN_ERROR = {
  NOT_TIME_VALID: 0x1,
  NOT_TIME_NESTED: 0x2,
  REVOKED: 0x4,
  NOT_SIGNATURE_VALID: 0x8,
  UNTRUSTED_ROOT: 0x20,
  REVOCATION_UNKNOWN: 0x40,
  PARTIAL_CHAIN: 0x10000,
  OFFLINE_REVOCATION: 0x1000000,
  EXPLICIT_DISTRUST: 0x4000000,
} as const;

/** Statuses of WinVerifyTrust (winerror.h). */
const TRUST_STATUS = {
  OK: 0,
  NO_SIGNATURE: 0x800b0100,
  EXPIRED: 0x800b0101,
  VALIDITY_PERIOD_NESTING: 0x800b0102,
  REVOKED: 0x800b010c,
  REVOCATION_FAILURE: 0x800b010e,
} as const;

/** Bits that speak of validity dates or revocation, which are facts of their own. */
const DATE_AND_REVOCATION_BITS =
  CHAIN_ERROR.NOT_TIME_VALID |
  CHAIN_ERROR.NOT_TIME_NESTED |
  CHAIN_ERROR.REVOKED |
  CHAIN_ERROR.REVOCATION_UNKNOWN |
  CHAIN_ERROR.OFFLINE_REVOCATION;

const STATUS_OF_DATES_OR_REVOCATION: ReadonlySet<number> = new Set([
  TRUST_STATUS.OK,
  TRUST_STATUS.EXPIRED,
  TRUST_STATUS.VALIDITY_PERIOD_NESTING,
  TRUST_STATUS.REVOKED,
  TRUST_STATUS.REVOCATION_FAILURE,
]);

/** What WinVerifyTrust said, and about whose signature. */
export interface TrustAnswer {
  /** HRESULT as an unsigned number. */
  readonly status: number;
  /** DER of the certificate whose signature was looked at; undefined when there was none. */
  readonly signer: Uint8Array | undefined;
}

/**
 * The status of WinVerifyTrust for a signature by `leaf`. An answer about somebody else's signature is none about this
 * one, and neither is a good one about nobody's: Windows finds no such signature there.
 */
export function statusFor(leaf: Uint8Array, { status, signer }: TrustAnswer): number {
  const isAboutOther =
    signer === undefined ? STATUS_OF_DATES_OR_REVOCATION.has(status) : Buffer.compare(signer, leaf) !== 0;
  return isAboutOther ? TRUST_STATUS.NO_SIGNATURE : status;
}

/** What the chain engine of the machine said about the certificate that signed. */
export interface ChainAnswer {
  /** CERT_TRUST_STATUS.dwErrorStatus. */
  readonly errorStatus: number;
  /** Errors of the chain policies, validity dates ignored; 0 each when they accept the chain. */
  readonly policyErrors: readonly number[];
  /** Undefined when it was not asked: a chain that is not trusted is not worth a server's time. */
  readonly revocationStatus: number | undefined;
}

/** The chain is good, validity dates and revocation apart. */
export function isChainTrusted(answer: Omit<ChainAnswer, 'revocationStatus'>): boolean {
  return (answer.errorStatus & ~DATE_AND_REVOCATION_BITS) === 0 && answer.policyErrors.every((error) => error === 0);
}

function revocationOf(status: number | undefined): MachineVerdict['revocation'] {
  if (status === undefined) return 'unknown';
  if ((status & CHAIN_ERROR.REVOKED) !== 0) return 'revoked';
  const unknown = CHAIN_ERROR.REVOCATION_UNKNOWN | CHAIN_ERROR.OFFLINE_REVOCATION;
  return (status & unknown) === 0 ? 'good' : 'unknown';
}

/**
 * @param status of WinVerifyTrust
 * @param chain of the machine's chain engine; it decides about roots, because WinVerifyTrust also takes those of the
 *   account that asks
 */
export function verdictOf(status: number, chain: ChainAnswer): MachineVerdict {
  const whole = (chain.errorStatus | (chain.revocationStatus ?? 0)) >>> 0;
  return {
    trusted: STATUS_OF_DATES_OR_REVOCATION.has(status) && isChainTrusted({ ...chain, errorStatus: whole }),
    status: hexadecimal(status),
    chainStatus: hexadecimal(whole),
    revocation: revocationOf(chain.revocationStatus),
  };
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(8, '0')}`;
}
