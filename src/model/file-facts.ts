import type { FileHash, Sha256, Version } from './brands.ts';

/** Digests of a file that a rule may ask for. */
export const HASH_ALGORITHMS = ['sha256', 'sha384', 'sha512'] as const;

export type FileType = 'exe' | 'msi' | 'ps1';

/** Which file a handle is of. Both are lower-case hexadecimal. */
export interface FileId {
  /** GUID of the volume in the mount manager, 32 digits in five groups: what Windows says, not the volume's own serial number. */
  readonly volume: string;
  /** FILE_ID_INFO.FileId, 32 digits. */
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
  /** The next step, where it is another one than choosing another file. */
  readonly hint?: string;
  /** Where in the content, for example `PE security directory, offset 0x1c8`; with `malformed` only. */
  readonly place?: string;
}

/** Digest algorithms that signatures name. The first two never make a signature good (decision M7). */
export type DigestAlgorithm = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** One certificate that a signature of the file carries. */
export interface CertificateFacts {
  readonly sha256: Sha256;
  /** Distinguished name as one line, most specific part first (RFC 4514). Empty with `unreadable`. */
  readonly subject: string;
  /** It breaks its format, so that it counts for nothing but a Deny rule, which asks for its digest only. */
  readonly unreadable?: true;
  readonly issuer?: string;
  /** Hexadecimal, lower case. */
  readonly serialNumber?: string;
  /** Milliseconds since 1970, UTC. */
  readonly notBefore?: number;
  readonly notAfter?: number;
  /** The certificate itself: DER in base64. */
  readonly der?: string;
}

/**
 * Why a signature is not good, in the order in which a person is told, and what the fault takes away: `trust` in who
 * signed what, or `validity`, the answer to whether that was or is valid in time (decision M7).
 */
export const SIGNATURE_FAULTS = {
  /** The file is not what was signed. */
  digestMismatch: 'trust',
  /** The signer's key did not make it. */
  signatureInvalid: 'trust',
  /** MD5 or SHA-1. */
  weakDigest: 'trust',
  /** An issuer is missing. */
  chainIncomplete: 'trust',
  /** The chain ends at a root that this machine does not trust. */
  rootUntrusted: 'trust',
  /** A certificate of the chain is not signed by the next, or may not sign. */
  chainInvalid: 'trust',
  /** Not meant for code signing. */
  usage: 'trust',
  /** By the clock now. */
  expired: 'validity',
  notYetValid: 'validity',
  revoked: 'trust',
  /** A timestamp is there and does not hold; the signature counts as not timestamped. */
  timestampInvalid: 'validity',
  /** Windows refuses it, see `machine.status`. */
  machineRefused: 'trust',
  /** An algorithm that is not known here. */
  unsupported: 'trust',
} as const satisfies Readonly<Record<string, 'trust' | 'validity'>>;

export type SignatureFault = keyof typeof SIGNATURE_FAULTS;

/** Each fault as the second half of a sentence about the signature. */
export const FAULT_WORDS: Readonly<Record<SignatureFault, string>> = {
  digestMismatch: 'the file is not what was signed',
  signatureInvalid: "the signer's key did not make this signature",
  weakDigest: 'it uses MD5 or SHA-1, which can be forged',
  chainIncomplete: 'the certificate of an issuer is missing, or its root is not known here',
  rootUntrusted: 'the chain ends at a root that is not trusted here',
  chainInvalid: 'a certificate of the chain is not signed by the next, or may not sign it',
  usage: 'the certificate is not meant for signing code',
  expired: 'a certificate of the chain has expired',
  notYetValid: 'a certificate of the chain is not valid yet',
  revoked: 'a certificate of the chain was revoked',
  timestampInvalid: 'its timestamp does not hold',
  machineRefused: 'Windows does not accept it',
  unsupported: 'it uses an algorithm that is not known here',
};

/** Where a signature was found: in the file, inside another signature, or in a catalog of the machine. */
export type SignatureOrigin = 'embedded' | 'nested' | 'catalog';

export interface TimestampFacts {
  readonly kind: 'rfc3161' | 'countersignature';
  /** Milliseconds since 1970, UTC; the time the authority states. */
  readonly time: number;
  readonly authority: string;
  /** The token holds, covers this signature, and its chain ends at a trusted root. */
  readonly trusted: boolean;
}

/** What Windows itself says of a signature, kept beside our own answer. */
export interface MachineVerdict {
  /** WinVerifyTrust and the chain engine of the machine both accept it, validity dates apart. */
  readonly trusted: boolean;
  /** Status WinVerifyTrust gave, eight hexadecimal digits with `0x`. */
  readonly status: string;
  /** Error status bits of the chain (CERT_TRUST_STATUS.dwErrorStatus), eight hexadecimal digits with `0x`. */
  readonly chainStatus: string;
  readonly revocation: 'good' | 'revoked' | 'unknown';
}

/** One signature of the file. `leaf` signed; `issuers` are the rest of its chain. */
export interface SignatureFacts {
  readonly leaf: CertificateFacts;
  /** Issuer of the leaf first, root last. */
  readonly issuers: readonly CertificateFacts[];
  /**
   * What the signature carries besides, which is no part of its chain, and the other form of each certificate of the
   * chain that ECDSA signed; only a Deny rule asks (decision M7).
   */
  readonly extraCertificates?: readonly CertificateFacts[];
  /** Good apart from validity and revocation: digest, chain to a machine root, usage, no weak digest (decision M7). */
  readonly trusted: boolean;
  /** Every certificate of the chain is within its validity now. */
  readonly validNow: boolean;
  /** Every certificate was within its validity at a trusted timestamp. */
  readonly validAtTimestamp: boolean;
  readonly revocation: 'good' | 'revoked' | 'unknown';
  readonly origin?: SignatureOrigin;
  readonly digestAlgorithm?: DigestAlgorithm;
  /** Everything that is wrong with it; empty when nothing is. */
  readonly faults?: readonly SignatureFault[];
  readonly timestamp?: TimestampFacts;
  /** Absent where Windows was not asked. */
  readonly machine?: MachineVerdict;
  /** File name of the catalog, with `catalog` only. */
  readonly catalog?: string;
}

/** What the headers, resources and manifest of a program say. */
export interface ExecutableFacts {
  /** Name of the IMAGE_FILE_MACHINE value (`x64`, `x86`, `arm64`, …) or its number, `0x1234`. */
  readonly machine: string;
  /** Name of the IMAGE_SUBSYSTEM value (`windows`, `console`, …) or its number. */
  readonly subsystem: string;
  /** `requestedExecutionLevel` of the manifest; absent: no manifest, or none in it. */
  readonly requestedLevel?: 'asInvoker' | 'highestAvailable' | 'requireAdministrator';
  readonly uiAccess?: boolean;
  /** Version texts of every language and code page, in the order of the file. */
  readonly versionTexts?: readonly VersionTexts[];
}

/** Texts of the version resource that are facts of their own, each by the name it has there. */
export const VERSION_TEXT_NAMES = {
  fileVersionText: 'FileVersion',
  productName: 'ProductName',
  internalName: 'InternalName',
  originalName: 'OriginalFilename',
  fileDescription: 'FileDescription',
  companyName: 'CompanyName',
} as const;

export type VersionTextFact = keyof typeof VERSION_TEXT_NAMES;

/** One string table of a version resource. */
export interface VersionTexts {
  /** Language and code page, eight hexadecimal digits as in the file, for example `040904b0`. */
  readonly language: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** What an installer database says of its product. */
export interface InstallerFacts {
  readonly productName?: string;
  readonly manufacturer?: string;
  readonly productVersion?: string;
  /** GUID with braces, upper case. */
  readonly productCode?: string;
  readonly upgradeCode?: string;
  /** Properties of the summary information stream by name: `title`, `subject`, `author`, `comments`, `template`, … */
  readonly summary: Readonly<Record<string, string>>;
  /** Payload that lies beside the package, which neither its digest nor its signature covers; absent: all is inside. */
  readonly externalFiles?: ExternalFiles;
  /**
   * The package holds the digest over the names, sizes and times of its streams, under its own name and right, so that
   * its signature covers where each begins and ends. Otherwise who has a signed package can cut the texts above out of
   * other bytes of it without touching the signature (decision M10).
   */
  readonly textsSigned: boolean;
  /** Of a signed package: bytes in free places of its structure, which the signature does not cover; absent: none. */
  readonly unownedBytes?: number;
}

/** What of a package's payload lies beside it. */
export interface ExternalFiles {
  /** Names of cabinets: the first of them, long ones shortened. */
  readonly cabinets: readonly string[];
  readonly cabinetCount: number;
  /** Some files are in no cabinet. */
  readonly uncompressed: boolean;
}

/** A file that a script takes in, and so is outside of its digest. */
export interface ScriptNeighbour {
  readonly kind: 'dotSourced' | 'called' | 'importedModule' | 'usingModule' | 'usingAssembly' | 'requiredModule';
  /** As written in the script. */
  readonly text: string;
  readonly line: number;
}

export interface ScriptFacts {
  readonly encoding: 'utf8' | 'utf16le' | 'utf16be' | 'utf32le' | 'utf32be' | 'ansi';
  readonly byteOrderMark: boolean;
  /** Windows PowerShell and pwsh read different text: characters beyond ASCII and no byte order mark. */
  readonly readsDifferently?: true;
  /** `#requires` lines as they are, without the sign. */
  readonly requires: readonly string[];
  /** `unknown`: PowerShell's own parser was not asked. */
  readonly neighbours: readonly ScriptNeighbour[] | 'unknown';
  /**
   * Absent: the script has no signature block. All but `counted` are as good as unsigned: `misplaced` not at the end or
   * with other line ends than Windows writes; `several` more than one; `malformed` no base64 or no end;
   * `encodingUnclear` what is signed depends on the machine that reads it.
   */
  readonly signatureBlock?: 'counted' | 'misplaced' | 'several' | 'malformed' | 'encodingUnclear';
}

/** Where a file lies and who may change it there. */
export interface PlaceFacts {
  /** As Windows names it, for example `NTFS`. */
  readonly fileSystem?: string;
  readonly volumeKind?: 'fixed' | 'removable' | 'network' | 'optical' | 'ramDisk' | 'unknown';
  /** A person who is no administrator may write, replace or re-protect the file itself. */
  readonly fileWritableByUsers?: boolean;
  /** The same person may put files beside it, or rename it, in its folder or one above. */
  readonly folderWritableByUsers?: boolean;
}

/** Everything a rule can ask about one file, gathered from one open handle. */
export interface FileFacts {
  /** Final path from the handle, `C:\…`. On other systems the path as given. */
  readonly path: string;
  /** Folder of `path` without trailing backslash (a drive root keeps it), and name with extension. */
  readonly folder: string;
  readonly name: string;
  /** The same folder by the 8.3 names that its parts have, and by their long names where they have none; absent: not known. */
  readonly shortFolder?: string;
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
  /**
   * Texts of the version resource, of the language Windows itself would show; `executable.versionTexts` has those of all
   * languages, which a Deny and the recognition of programs ask too. Of an installer package: ProductVersion,
   * ProductName, Manufacturer and the summary's subject.
   */
  readonly fileVersionText?: string;
  readonly productName?: string;
  readonly internalName?: string;
  readonly originalName?: string;
  readonly fileDescription?: string;
  readonly companyName?: string;
  readonly signatures: readonly SignatureFacts[];
  readonly executable?: ExecutableFacts;
  readonly installer?: InstallerFacts;
  readonly script?: ScriptFacts;
  readonly place?: PlaceFacts;
  /** A person who is no administrator may change the file or put files beside it; undefined: not known here. */
  readonly writableByUsers?: boolean;
  readonly fromInternet?: boolean;
}
