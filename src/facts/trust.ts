/** Whom to believe about signatures. */
import { EpmError } from '../model/errors.ts';
import type { MachineVerdict } from '../model/file-facts.ts';
import { displayText } from '../text/display.ts';

/** A chain as Windows built it and judged it. */
export interface MachineChain {
  /** DER, the one who signed first; empty: Windows built none. */
  readonly certificates: readonly Uint8Array[];
  /** It is signed all the way to a root of the machine, and the machine disallows none of it. */
  readonly endsAtRoot: boolean;
}

/**
 * The chains of one signature. What Windows says of disallowed and revoked certificates is about these and no others: an
 * authority may have several certificates of one key, and each makes a chain of its own.
 */
export interface MachineChains {
  readonly signer: MachineChain;
  /** DER of certificates that Windows could have made another chain of; only a Deny rule asks for them. */
  readonly alternatives: readonly Uint8Array[];
  /** Of the authorities that made timestamps and that the machine trusts; one that is missing here is not trusted. */
  readonly timestamps: readonly MachineChain[];
}

/**
 * Digests that catalogs list a file by: of a program those of Authenticode, of other files those of the file. By SHA-1
 * no signature is good, but a Deny rule is to meet the catalogs that have nothing else.
 */
export interface CatalogHashes {
  readonly sha256: Uint8Array;
  readonly sha1: Uint8Array;
}

/** A catalog of the machine that lists the file. */
export interface CatalogSignature {
  /** File name without folder. */
  readonly name: string;
  /** The catalog file: DER of a PKCS#7 message whose content is a certificate trust list. */
  readonly message: Uint8Array;
  readonly verdict: MachineVerdict;
  readonly chains: MachineChains;
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
   * @returns the verdict, and the chains that it is about
   * @throws EpmError EPM_SIGNATURE_UNCHECKED when Windows could not be asked: never a good verdict
   */
  judge(signature: {
    readonly message: Uint8Array;
    readonly leaf: Uint8Array;
    readonly others: readonly Uint8Array[];
    readonly index: number;
  }): Promise<{ readonly verdict: MachineVerdict; readonly chains: MachineChains }>;
  /**
   * Catalogs that list the file, asked only when the file carries no signature of its own.
   * @param hashes of the content that is locked: Windows need not read the file again to find catalogs by them
   * @throws EpmError EPM_SIGNATURE_UNCHECKED when Windows could not be asked, or one of them cannot be read
   */
  catalogs(hashes: CatalogHashes): Promise<readonly CatalogSignature[]>;
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
