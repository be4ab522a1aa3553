/** WinVerifyTrust on an open file, without anything that would ask a person or a server. */
import { EpmError } from '../../model/errors.ts';
import type { Address, NativeMemory } from '../dll/native-memory.ts';
import type { Handle } from '../dll/kernel32.ts';
import type { CatalogSubject, FileSubject, SignatureSettings, TrustData, Wintrust } from '../dll/wintrust.ts';
import { asyncCall } from './async-call.ts';
import type { TrustAnswer } from './verdict.ts';

/** WINTRUST_ACTION_GENERIC_VERIFY_V2, {00AAC56B-CD44-11D0-8CC2-00C04FC295EE}. */
const GENERIC_VERIFY_V2 = Buffer.from('6bc5aa0044cdd0118cc200c04fc295ee', 'hex');
/** INVALID_HANDLE_VALUE: there is no window and nobody to ask. */
const NO_WINDOW = -1;
const WTD_UI_NONE = 2;
const WTD_REVOKE_NONE = 0;
const WTD_CHOICE_FILE = 1;
const WTD_CHOICE_CATALOG = 2;
const WTD_STATEACTION_VERIFY = 1;
const WTD_STATEACTION_CLOSE = 2;
/**
 * WTD_REVOCATION_CHECK_NONE | WTD_CACHE_ONLY_URL_RETRIEVAL | WTD_DISABLE_MD2_MD4. Revocation is the chain engine's to
 * answer, which takes a time limit; without WTD_SAFER_FLAG and WTD_MOTW no policy of an account and no mark of the web
 * has a say.
 */
const FLAGS = 0x10 | 0x1000 | 0x2000;
const WSS_VERIFY_SPECIFIC = 1;

/** TRUST_E_PROVIDER_UNKNOWN, TRUST_E_ACTION_UNKNOWN: Windows has nobody to ask. */
const NOT_ASKED: ReadonlySet<number> = new Set([0x800b0001, 0x800b0002]);

/**
 * Verifies one signature that a file carries.
 * @param index 0 the first signature, then nested ones in order
 * @throws EpmError EPM_SIGNATURE_UNCHECKED
 */
export function verifyFile(wintrust: Wintrust, file: Handle, path: string, index: number): Promise<TrustAnswer> {
  return verify(wintrust, (memory) => ({
    dwUnionChoice: WTD_CHOICE_FILE,
    pSubject: memory.struct('WINTRUST_FILE_INFO', {
      cbStruct: 32,
      pcwszFilePath: memory.text(path),
      hFile: file,
      pgKnownSubject: null,
    } satisfies FileSubject),
    pSignatureSettings: memory.struct('WINTRUST_SIGNATURE_SETTINGS', {
      cbStruct: 32,
      dwIndex: index,
      dwFlags: WSS_VERIFY_SPECIFIC,
      cSecondarySigs: 0,
      dwVerifiedSigIndex: 0,
      pCryptoPolicy: null,
    } satisfies SignatureSettings),
  }));
}

/** A file as member of a catalog. */
interface CatalogMember {
  readonly catalog: string;
  readonly hash: Uint8Array;
  /** HCATADMIN that found the catalog. */
  readonly administrator: Address;
}

/** Verifies the signature of a catalog and that it lists the file. @throws EpmError EPM_SIGNATURE_UNCHECKED */
export function verifyMember(
  wintrust: Wintrust,
  file: Handle,
  path: string,
  { catalog, hash, administrator }: CatalogMember,
): Promise<TrustAnswer> {
  return verify(wintrust, (memory) => ({
    dwUnionChoice: WTD_CHOICE_CATALOG,
    pSubject: memory.struct('WINTRUST_CATALOG_INFO', {
      cbStruct: 72,
      dwCatalogVersion: 0,
      pcwszCatalogFilePath: memory.text(catalog),
      // By convention the hash in upper case is the tag of a member.
      pcwszMemberTag: memory.text(Buffer.from(hash).toString('hex').toUpperCase()),
      pcwszMemberFilePath: memory.text(path),
      hMemberFile: file,
      pbCalculatedFileHash: memory.bytes(hash),
      cbCalculatedFileHash: hash.length,
      pcCatalogContext: null,
      hCatAdmin: administrator,
    } satisfies CatalogSubject),
    pSignatureSettings: null,
  }));
}

async function verify(
  wintrust: Wintrust,
  subject: (memory: NativeMemory) => Pick<TrustData, 'dwUnionChoice' | 'pSubject' | 'pSignatureSettings'>,
): Promise<TrustAnswer> {
  const memory = wintrust.memory();
  try {
    const action = memory.bytes(GENERIC_VERIFY_V2);
    const data = memory.struct('WINTRUST_DATA', {
      cbStruct: 88,
      pPolicyCallbackData: null,
      pSIPClientData: null,
      dwUIChoice: WTD_UI_NONE,
      fdwRevocationChecks: WTD_REVOKE_NONE,
      dwStateAction: WTD_STATEACTION_VERIFY,
      hWVTStateData: null,
      pwszURLReference: null,
      dwProvFlags: FLAGS,
      dwUIContext: 0,
      ...subject(memory),
    } satisfies TrustData);
    try {
      const result = await asyncCall<number>((done) => {
        wintrust.WinVerifyTrust.async(NO_WINDOW, action, data, done);
      });
      const status = result >>> 0;
      if (NOT_ASKED.has(status)) {
        throw new EpmError('EPM_SIGNATURE_UNCHECKED', 'Windows has no provider that verifies signatures.', {
          data: { status: `0x${status.toString(16).toUpperCase()}` },
        });
      }
      const state = wintrust.stateOf(data);
      return { status, signer: state === null ? undefined : wintrust.signerOf(state) };
    } finally {
      // Whatever happened: Windows keeps certificates and, for some kinds of file, the file until this.
      wintrust.setAction(data, WTD_STATEACTION_CLOSE);
      wintrust.WinVerifyTrust(NO_WINDOW, action, data);
    }
  } finally {
    memory.release();
  }
}
