/** Whom to believe about signatures. */
import type { MachineVerdict } from '../model/file-facts.ts';

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
   * @returns the verdict, and DER of the roots of the machine that the chain may end at (empty: none)
   * @throws EpmError EPM_SIGNATURE_UNCHECKED when Windows could not be asked: never a good verdict
   */
  judge(signature: {
    readonly message: Uint8Array;
    readonly leaf: Uint8Array;
    readonly others: readonly Uint8Array[];
    readonly index: number;
  }): Promise<{ readonly verdict: MachineVerdict; readonly roots: readonly Uint8Array[] }>;
  /** Catalogs that list the file, asked only when the file carries no signature of its own. */
  catalogs(): Promise<readonly (CatalogSignature & { readonly roots: readonly Uint8Array[] })[]>;
}
