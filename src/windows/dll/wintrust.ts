/** Declarations of wintrust.dll (wintrust.h and mscat.h of the Windows SDK, x64 layout). */
import { textUpToNul } from './text.ts';
import type { Handle } from './kernel32.ts';
import type { Koffi } from './koffi.ts';
import { type Address, copyBytes, NativeMemory } from './native-memory.ts';

type Out<T> = [T];
type Done = (error: unknown, result: number) => void;

/** WINTRUST_FILE_INFO; pointers are addresses of memory that stays until the state is closed. */
export interface FileSubject {
  readonly cbStruct: 32;
  readonly pcwszFilePath: Address;
  readonly hFile: Handle;
  readonly pgKnownSubject: null;
}

/** WINTRUST_CATALOG_INFO. */
export interface CatalogSubject {
  readonly cbStruct: 72;
  readonly dwCatalogVersion: 0;
  readonly pcwszCatalogFilePath: Address;
  readonly pcwszMemberTag: Address;
  readonly pcwszMemberFilePath: Address;
  readonly hMemberFile: Handle;
  readonly pbCalculatedFileHash: Address;
  readonly cbCalculatedFileHash: number;
  readonly pcCatalogContext: null;
  readonly hCatAdmin: Address;
}

/** WINTRUST_SIGNATURE_SETTINGS: which of several signatures of a file is asked about. */
export interface SignatureSettings {
  readonly cbStruct: 32;
  readonly dwIndex: number;
  readonly dwFlags: number;
  readonly cSecondarySigs: 0;
  readonly dwVerifiedSigIndex: 0;
  readonly pCryptoPolicy: null;
}

/** WINTRUST_DATA with pSignatureSettings, which `cbStruct` announces (Windows 8). */
export interface TrustData {
  readonly cbStruct: 88;
  readonly pPolicyCallbackData: null;
  readonly pSIPClientData: null;
  readonly dwUIChoice: number;
  readonly fdwRevocationChecks: number;
  readonly dwUnionChoice: number;
  /** WINTRUST_FILE_INFO or WINTRUST_CATALOG_INFO, as `dwUnionChoice` says. */
  readonly pSubject: Address;
  readonly dwStateAction: number;
  readonly hWVTStateData: Address | null;
  readonly pwszURLReference: null;
  readonly dwProvFlags: number;
  readonly dwUIContext: number;
  readonly pSignatureSettings: Address | null;
}

export interface Wintrust {
  /** Answers an HRESULT as an unsigned number. Reads the whole file, so it runs on a worker thread. */
  WinVerifyTrust: {
    (window: Handle, action: Address, data: Address): number;
    async(window: Handle, action: Address, data: Address, done: Done): void;
  };
  /** State that WinVerifyTrust left in its data; `null` when it left none. */
  stateOf(data: Address): Address | null;
  /** Sets the next action of the same data. */
  setAction(data: Address, action: number): void;
  /** DER of the certificate that made the signature which was verified; undefined when Windows found none. */
  signerOf(state: Address): Uint8Array | undefined;
  /** Undefined where Windows lacks the functions of catalogs (Wine has them only in part). */
  readonly catalogs: CatalogFunctions | undefined;
  memory(): NativeMemory;
}

export interface CatalogFunctions {
  CryptCATAdminAcquireContext2(
    context: Out<Address | null>,
    subsystem: Uint8Array | null,
    algorithm: string,
    policy: null,
    flags: number,
  ): number;
  CryptCATAdminReleaseContext(context: Address, flags: number): number;
  /** Closes the context given in `previous` and answers the next one; the last one answered is released by its own call. */
  CryptCATAdminEnumCatalogFromHash: {
    async(
      context: Address,
      hash: Uint8Array,
      length: number,
      flags: number,
      previous: Out<Address | null> | null,
      done: (error: unknown, catalog: Address | null) => void,
    ): void;
  };
  CryptCATAdminReleaseCatalogContext(context: Address, catalog: Address, flags: number): number;
  /** Path of the catalog file; undefined when the function fails. */
  catalogPath(catalog: Address): string | undefined;
}

/** sizeof(CATALOG_INFO): its size, then MAX_PATH characters. */
const CATALOG_INFO_SIZE = 4 + 260 * 2;

/** Declares the structures, so that their layout can be compared with the headers without Windows. */
export function declareWintrustTypes(koffi: Koffi): void {
  koffi.struct('WINTRUST_FILE_INFO', {
    cbStruct: 'uint32_t',
    pcwszFilePath: 'void *',
    hFile: 'intptr_t',
    pgKnownSubject: 'void *',
  });
  koffi.struct('WINTRUST_CATALOG_INFO', {
    cbStruct: 'uint32_t',
    dwCatalogVersion: 'uint32_t',
    pcwszCatalogFilePath: 'void *',
    pcwszMemberTag: 'void *',
    pcwszMemberFilePath: 'void *',
    hMemberFile: 'intptr_t',
    pbCalculatedFileHash: 'void *',
    cbCalculatedFileHash: 'uint32_t',
    pcCatalogContext: 'void *',
    hCatAdmin: 'void *',
  });
  koffi.struct('WINTRUST_SIGNATURE_SETTINGS', {
    cbStruct: 'uint32_t',
    dwIndex: 'uint32_t',
    dwFlags: 'uint32_t',
    cSecondarySigs: 'uint32_t',
    dwVerifiedSigIndex: 'uint32_t',
    pCryptoPolicy: 'void *',
  });
  koffi.struct('WINTRUST_DATA', {
    cbStruct: 'uint32_t',
    pPolicyCallbackData: 'void *',
    pSIPClientData: 'void *',
    dwUIChoice: 'uint32_t',
    fdwRevocationChecks: 'uint32_t',
    dwUnionChoice: 'uint32_t',
    pSubject: 'void *',
    dwStateAction: 'uint32_t',
    hWVTStateData: 'void *',
    pwszURLReference: 'void *',
    dwProvFlags: 'uint32_t',
    dwUIContext: 'uint32_t',
    pSignatureSettings: 'void *',
  });
  // The members that are read; Windows allocates these structures itself.
  koffi.struct('CRYPT_PROVIDER_SGNR', {
    cbStruct: 'uint32_t',
    sftVerifyAsOf: koffi.array('uint32_t', 2),
    csCertChain: 'uint32_t',
    pasCertChain: 'void *',
  });
  koffi.struct('CRYPT_PROVIDER_CERT', { cbStruct: 'uint32_t', pCert: 'void *' });
}

/**
 * @param path absolute path of wintrust.dll in System32
 * Needs the types of crypt32 to be declared.
 */
export function declareWintrust(koffi: Koffi, path: string): Wintrust {
  declareWintrustTypes(koffi);
  const library = koffi.load(path);
  const f = (prototype: string): never => library.func(prototype) as never;
  const providerData = f('void * __stdcall WTHelperProvDataFromStateData(void *state)') as (
    state: Address,
  ) => Address | null;
  const signerFromChain = f(
    'void * __stdcall WTHelperGetProvSignerFromChain(void *data, uint32_t signer, int counterSigner, uint32_t counterSignerIndex)',
  ) as (data: Address, signer: number, counterSigner: number, index: number) => Address | null;
  const action = koffi.offsetof('WINTRUST_DATA', 'dwStateAction');
  return {
    WinVerifyTrust: f('uint32_t __stdcall WinVerifyTrust(intptr_t window, void *action, void *data)'),
    stateOf: (data) => (koffi.decode(data, 'WINTRUST_DATA') as { hWVTStateData: Address | null }).hWVTStateData,
    setAction: (data, value) => koffi.encode(data, action, 'uint32_t', value),
    signerOf(state) {
      const data = providerData(state);
      const signer = data === null ? null : signerFromChain(data, 0, 0, 0);
      if (signer === null) return undefined;
      const { csCertChain, pasCertChain } = koffi.decode(signer, 'CRYPT_PROVIDER_SGNR') as {
        csCertChain: number;
        pasCertChain: Address | null;
      };
      if (csCertChain === 0 || pasCertChain === null) return undefined;
      const { pCert } = koffi.decode(pasCertChain, 'CRYPT_PROVIDER_CERT') as { pCert: Address | null };
      if (pCert === null) return undefined;
      const context = koffi.decode(pCert, 'CERT_CONTEXT') as { pbCertEncoded: Address; cbCertEncoded: number };
      return copyBytes(koffi, context.pbCertEncoded, context.cbCertEncoded);
    },
    catalogs: declareCatalogs(f),
    memory: () => new NativeMemory(koffi),
  };
}

/** Found by name, because they came with Windows 8 and not every system has them. */
function declareCatalogs(f: (prototype: string) => never): CatalogFunctions | undefined {
  try {
    const info = f(
      'int __stdcall CryptCATCatalogInfoFromContext(void *catalog, _Inout_ uint8_t *info, uint32_t flags)',
    ) as (catalog: Address, bytes: Uint8Array, flags: number) => number;
    return {
      CryptCATAdminAcquireContext2: f(
        'int __stdcall CryptCATAdminAcquireContext2(_Out_ void **context, const uint8_t *subsystem, str16 algorithm, void *policy, uint32_t flags)',
      ),
      CryptCATAdminReleaseContext: f('int __stdcall CryptCATAdminReleaseContext(void *context, uint32_t flags)'),
      CryptCATAdminEnumCatalogFromHash: f(
        'void * __stdcall CryptCATAdminEnumCatalogFromHash(void *context, const uint8_t *hash, uint32_t length, uint32_t flags, _Inout_ void **previous)',
      ),
      CryptCATAdminReleaseCatalogContext: f(
        'int __stdcall CryptCATAdminReleaseCatalogContext(void *context, void *catalog, uint32_t flags)',
      ),
      catalogPath(catalog) {
        const bytes = new Uint8Array(CATALOG_INFO_SIZE);
        new DataView(bytes.buffer).setUint32(0, CATALOG_INFO_SIZE, true);
        return info(catalog, bytes, 0) === 0 ? undefined : textUpToNul(bytes.slice(4));
      },
    };
  } catch {
    return undefined;
  }
}
