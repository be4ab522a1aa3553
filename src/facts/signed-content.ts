/** What the parsers of signed formats hand to the checks of signatures. */
import type { DigestAlgorithm } from '../model/file-facts.ts';

/** Bytes of a file: from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The part of a file that its signature covers, and the signature. Every format has its own way to the digest, and all
 * carry the same kind of PKCS#7 message.
 */
export interface SignedContent {
  /** DER of each PKCS#7 message in the file, in order; empty: the file carries no signature. */
  readonly signatures: readonly Uint8Array[];
  /**
   * How to digest what is signed. `ranges`: bytes of the file in ascending order, digested while the file streams by,
   * and so many zeros behind them. `own`: the format has another order, so the content computes it itself.
   */
  readonly coverage:
    | { readonly kind: 'ranges'; readonly ranges: readonly ByteRange[]; readonly zeros?: number }
    | { readonly kind: 'own'; digest(algorithm: DigestAlgorithm): Promise<Uint8Array> };
}
