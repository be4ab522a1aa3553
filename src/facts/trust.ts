/** Whom to believe about signatures. */
import { EpmError } from '../model/errors.ts';
import type { MachineVerdict } from '../model/file-facts.ts';
import { displayText } from '../text/display.ts';

/** The authority that made one timestamp of a signature, and where the machine lets its chain end. */
export interface TimestampRoots {
  /** DER of the certificate that made the timestamp. */
  readonly authority: Uint8Array;
  /** DER of roots; none: the machine does not trust this authority. */
  readonly roots: readonly Uint8Array[];
}

/** What the machine trusts the chains of one signature to end at. */
export interface TrustedRoots {
  /** DER of the roots that the chain of the signer may end at (empty: none). */
  readonly roots: readonly Uint8Array[];
  /**
   * Each authority has roots of its own: a root that is good for the signer must not carry an authority that the machine
   * disallows.
   */
  readonly timestampRoots: readonly TimestampRoots[];
  /** DER of authorities that Windows found for the chain, in the message or on the machine; all are checked again. */
  readonly issuers?: readonly Uint8Array[];
}

/** A catalog of the machine that lists the file. */
export interface CatalogSignature {
  /** File name without folder. */
  readonly name: string;
  /** The catalog file: DER of a PKCS#7 message whose content is a certificate trust list. */
  readonly message: Uint8Array;
  readonly verdict: MachineVerdict;
}

/**
 * What the machine knows about the signatures of one opened file. Implemented in windows/ on the locked handle; on other
 * systems there is none, and signatures are judged against roots that the caller names.
 */
export interface SignatureTrust {
  /**
   * @param message DER of the PKCS#7 message, as in the file
   * @param leaf DER of the certificate that signed, `others` DER of all certificates the message carries
   * @param index 0 the first signature of the file, then nested ones in order
   * @returns the verdict, and the roots of the machine
   * @throws EpmError EPM_SIGNATURE_UNCHECKED when Windows could not be asked: never a good verdict
   */
  judge(signature: {
    readonly message: Uint8Array;
    readonly leaf: Uint8Array;
    readonly others: readonly Uint8Array[];
    readonly index: number;
  }): Promise<{ readonly verdict: MachineVerdict } & TrustedRoots>;
  /**
   * Catalogs that list the file, asked only when the file carries no signature of its own.
   * @throws EpmError EPM_SIGNATURE_UNCHECKED when Windows could not be asked, or one of them cannot be read
   */
  catalogs(): Promise<readonly (CatalogSignature & TrustedRoots)[]>;
}

/**
 * A catalog that lists the file and tells nothing. The file is refused then: taken for an unsigned one, it could escape a
 * Deny rule by certificate.
 * @param name of the catalog file, without folder
 * @param why a sentence
 */
export function catalogUnreadable(name: string, why: string, cause?: unknown): EpmError {
  return new EpmError(
    'EPM_SIGNATURE_UNCHECKED',
    `The catalog "${displayText(name, 80)}" that lists the file cannot be read: ${why}`,
    {
      hint: 'Have an administrator repair it: by "sfc /scannow" if it came with Windows, else by installing again what brought it.',
      cause,
    },
  );
}
