import type { FileHash, Sha256, Version } from './brands.ts';

export type FileType = 'exe' | 'msi' | 'ps1';

/** Volume and file identity by handle (FILE_ID_INFO). Both are lower-case hexadecimal, 16 and 32 digits. */
export interface FileId {
  readonly volume: string;
  readonly file: string;
}

/** What is wrong with a file so that no rule may elevate it (decision M9); it can still be described. */
export interface FileRefusal {
  readonly reason:
    | 'nameRefused'
    | 'networkFile'
    | 'volumeRefused'
    | 'reparsePoint'
    | 'typeUnknown'
    | 'typeMismatch'
    | 'tooLarge'
    | 'malformed'
    | 'unreadable'
    | 'fromInternet';
  readonly message: string;
}

/** One certificate that a signature of the file carries. */
export interface CertificateFacts {
  readonly sha256: Sha256;
  readonly subject: string;
}

/** One signature of the file. `leaf` signed; `others` are the rest of its chain. */
export interface SignatureFacts {
  readonly leaf: CertificateFacts;
  readonly others: readonly CertificateFacts[];
  /** Good apart from validity and revocation: digest, chain to a machine root, usage, no weak digest (decision M7). */
  readonly trusted: boolean;
  /** Every certificate of the chain is within its validity now. */
  readonly validNow: boolean;
  /** Every certificate was within its validity at a trusted timestamp. */
  readonly validAtTimestamp: boolean;
  readonly revocation: 'good' | 'revoked' | 'unknown';
}

/** Everything a rule can ask about one file, gathered from one open handle. */
export interface FileFacts {
  /** Final path from the handle, `C:\…`. On other systems the path as given. */
  readonly path: string;
  /** Folder of `path` without trailing backslash (a drive root keeps it), and name with extension. */
  readonly folder: string;
  readonly name: string;
  /** Undefined together with a `refusal`. */
  readonly type: FileType | undefined;
  readonly refusal: FileRefusal | undefined;
  /** Bytes. */
  readonly size: number;
  readonly sha256: Sha256;
  /** Present when some rule asks for them. */
  readonly sha384?: FileHash;
  readonly sha512?: FileHash;
  readonly id?: FileId;
  readonly linkCount?: number;
  /** Fixed version block of the version resource. */
  readonly fixedVersion?: Version;
  readonly fileVersionText?: string;
  readonly productName?: string;
  readonly internalName?: string;
  readonly originalName?: string;
  readonly fileDescription?: string;
  readonly companyName?: string;
  readonly signatures: readonly SignatureFacts[];
  /** A person who is no administrator may change the file or put files beside it; undefined: not known here. */
  readonly writableByUsers?: boolean;
  readonly fromInternet?: boolean;
}
