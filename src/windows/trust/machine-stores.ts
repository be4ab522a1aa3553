/** The certificate stores of the machine, never those of an account: users may write their own. */
import { EpmError } from '../../model/errors.ts';
import type { CertificateContext, CertificateStore, Crypt32 } from '../dll/crypt32.ts';
import { asyncCall } from './async-call.ts';

/** X509_ASN_ENCODING | PKCS_7_ASN_ENCODING. */
export const ENCODING = 0x10001;
const CERT_STORE_PROV_MEMORY = 2;
const CERT_STORE_PROV_SYSTEM_W = 10;
/** CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_READONLY_FLAG. */
const MACHINE_READ_ONLY = 0x20000 | 0x8000;
const CERT_FIND_EXISTING = 0xd0000;
const CERT_STORE_ADD_USE_EXISTING = 2;
/** A message with more certificates than this is not looked through further. */
const MAX_CERTIFICATES = 64;

/** `ROOT` is what the machine trusts, `.AuthRoot` and roots by policy included; `Disallowed` what it never does. */
type MachineStoreName = 'ROOT' | 'Disallowed';

/** @throws EpmError EPM_SIGNATURE_UNCHECKED */
export function withMachineStore<T>(crypt32: Crypt32, name: MachineStoreName, use: (store: CertificateStore) => T): T {
  const store = crypt32.CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, null, MACHINE_READ_ONLY, name);
  if (store === null) {
    throw new EpmError('EPM_SIGNATURE_UNCHECKED', `The certificate store "${name}" of the machine cannot be opened.`);
  }
  try {
    return use(store);
  } finally {
    crypt32.CertCloseStore(store, 0);
  }
}

/** Lets Windows read the roots of the machine on a worker thread. @throws EpmError EPM_SIGNATURE_UNCHECKED */
export async function loadMachineRoots(crypt32: Crypt32): Promise<void> {
  const store = await asyncCall<CertificateStore | null>((done) => {
    crypt32.CertOpenStore.async(CERT_STORE_PROV_SYSTEM_W, 0, null, MACHINE_READ_ONLY, 'ROOT', done);
  });
  if (store !== null) crypt32.CertCloseStore(store, 0);
}

export function contains(crypt32: Crypt32, store: CertificateStore, certificate: CertificateContext): boolean {
  const found = crypt32.CertFindCertificateInStore(store, ENCODING, 0, CERT_FIND_EXISTING, certificate, null);
  if (found === null) return false;
  crypt32.CertFreeCertificateContext(found);
  return true;
}

/** A store in memory; certificates that Windows cannot read are left out. The caller closes it. */
export function memoryStore(crypt32: Crypt32, certificates: readonly Uint8Array[]): CertificateStore {
  const store = crypt32.CertOpenStore(CERT_STORE_PROV_MEMORY, 0, null, 0, null);
  if (store === null) throw new EpmError('EPM_SIGNATURE_UNCHECKED', 'Windows made no certificate store.');
  for (const der of certificates.slice(0, MAX_CERTIFICATES)) {
    crypt32.CertAddEncodedCertificateToStore(store, ENCODING, der, der.length, CERT_STORE_ADD_USE_EXISTING, null);
  }
  return store;
}
