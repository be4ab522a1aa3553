/** Catalogs of the machine that list a file: how Windows signs most of its own programs. */
import { open } from 'node:fs/promises';
import { win32 } from 'node:path';
import { readCatalogSigner } from '../../facts/authenticode/index.ts';
import { MAX_SIGNED_MESSAGE } from '../../facts/authenticode/signature.ts';
import { MalformedContent } from '../../facts/malformed.ts';
import { type CatalogHashes, catalogUnreadable } from '../../facts/trust.ts';
import { Turns } from '../../facts/turns.ts';
import { EpmError } from '../../model/errors.ts';
import type { Kernel32 } from '../dll/kernel32.ts';
import type { Address } from '../dll/native-memory.ts';
import type { CatalogFunctions } from '../dll/wintrust.ts';
import { asyncCall } from './async-call.ts';

/** Null asks the system's own subsystem; drivers and most system files are under DRIVER_ACTION_VERIFY. */
const SUBSYSTEMS: readonly (Uint8Array | null)[] = [
  null,
  // {F750E6C3-38EE-11D1-85E5-00C04FC295EE}
  Buffer.from('c3e650f7ee38d11185e500c04fc295ee', 'hex'),
];
/** The second only so that a Deny rule meets an old catalog too: SHA-1 never makes a signature good. */
const ALGORITHMS = { SHA256: 'sha256', SHA1: 'sha1' } as const satisfies Record<string, keyof CatalogHashes>;
/** Catalogs looked at for one file and algorithm. */
const MAX_CATALOGS = 8;

interface FoundCatalog {
  /** Full path of the catalog file. */
  readonly path: string;
  readonly hash: Uint8Array;
  /** HCATADMIN; valid while `use` of {@link eachCatalog} runs. */
  readonly administrator: Address;
}

/**
 * Hands each catalog that lists the file to `use`, every catalog file once. Windows finds them by the digests that were
 * computed from the locked content; whether a catalog really lists it is checked again in the catalog itself.
 * @throws EpmError EPM_SIGNATURE_UNCHECKED when this system cannot be asked about catalogs
 */
export async function eachCatalog(
  kernel32: Kernel32,
  functions: CatalogFunctions | undefined,
  hashes: CatalogHashes,
  use: (catalog: FoundCatalog) => Promise<void>,
): Promise<void> {
  if (functions === undefined) throw unchecked('This system has no functions for catalogs of signatures.', 0);
  const seen = new Set<string>();
  for (const [algorithm, name] of Object.entries(ALGORITHMS)) {
    const hash = hashes[name];
    for (const subsystem of SUBSYSTEMS) {
      const administrator: [Address | null] = [null];
      const acquired = functions.CryptCATAdminAcquireContext2(administrator, subsystem, algorithm, null, 0);
      if (acquired === 0 || administrator[0] === null) {
        throw unchecked(`Windows cannot be asked about catalogs with ${algorithm}.`, kernel32.GetLastError());
      }
      try {
        await enumerate(functions, administrator[0], hash, async (path) => {
          if (seen.has(path.toLowerCase())) return;
          seen.add(path.toLowerCase());
          await use({ path, hash, administrator: administrator[0] as Address });
        });
      } finally {
        functions.CryptCATAdminReleaseContext(administrator[0], 0);
      }
    }
  }
}

async function enumerate(
  functions: CatalogFunctions,
  administrator: Address,
  hash: Uint8Array,
  use: (path: string) => Promise<void>,
): Promise<void> {
  let current: Address | null = null;
  try {
    for (let count = 0; count < MAX_CATALOGS; count += 1) {
      // The function takes the last catalog over and closes it, so it is not ours to close any more.
      const previous: [Address | null] | null = current === null ? null : [current];
      current = null;
      current = await asyncCall<Address | null>((done) => {
        functions.CryptCATAdminEnumCatalogFromHash.async(administrator, hash, hash.length, 0, previous, done);
      });
      if (current === null) return;
      const path = functions.catalogPath(current);
      if (path !== undefined) await use(path);
    }
  } finally {
    if (current !== null) functions.CryptCATAdminReleaseCatalogContext(administrator, current, 0);
  }
}

interface CatalogFile {
  /** File name without folder. */
  readonly name: string;
  readonly message: Uint8Array;
  /** DER of the certificate that signed, and of every one that the message carries. */
  readonly leaf: Uint8Array;
  readonly certificates: readonly Uint8Array[];
}

/**
 * A catalog file, which lies where only the system writes.
 * @throws EpmError EPM_SIGNATURE_UNCHECKED
 */
export async function readCatalogFile(path: string): Promise<CatalogFile> {
  const name = win32.basename(path);
  try {
    const message = await bytesOf(path);
    return { name, message, ...(await readCatalogSigner(message, new Turns({}))) };
  } catch (error) {
    if (error instanceof MalformedContent) throw catalogUnreadable(name, error.toRefusal().message, error);
    throw catalogUnreadable(name, 'Windows does not let the agent read it.', error);
  }
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > MAX_SIGNED_MESSAGE)
      throw new MalformedContent('catalog', `It has ${size} bytes, more than any catalog has.`);
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function unchecked(message: string, win32: number): EpmError {
  return new EpmError('EPM_SIGNATURE_UNCHECKED', message, { data: { win32 } });
}
