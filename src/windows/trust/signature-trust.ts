/** What this machine knows about the signatures of one file, asked on the file that is open and locked. */
import type { Asker } from '../../facts/fair-queue.ts';
import type {
  CatalogHashes,
  CatalogSignature,
  MachineChain,
  MachineChains,
  SignatureTrust,
} from '../../facts/trust.ts';
import { EpmError } from '../../model/errors.ts';
import type { MachineVerdict } from '../../model/file-facts.ts';
import type { Crypt32 } from '../dll/crypt32.ts';
import { type Handle, INVALID_HANDLE, type Kernel32 } from '../dll/kernel32.ts';
import type { TrustDlls, WindowsDlls } from '../dll/load.ts';
import { eachCatalog, readCatalogFile } from './catalogs.ts';
import { type ChainOptions, type ChainResult, machineChain } from './chain.ts';
import { loadMachineRoots } from './machine-stores.ts';
import { assertOwnAccount } from './own-account.ts';
import { createTrustQueue, type TrustQueue } from './trust-queue.ts';
import { timestampAuthorities } from './timestamp-authorities.ts';
import { isChainTrusted, statusFor, verdictOf } from './verdict.ts';
import { verifyFile, verifyMember } from './win-verify-trust.ts';

const GENERIC_READ = 0x80000000;
const FILE_SHARE_READ = 1;
/** Milliseconds for the certificate revocation lists and answers of one chain; half of what a question may take. */
const RETRIEVAL_TIMEOUT = 10_000;

interface TrustedFile {
  /** Open for reading; stays the caller's. Must be open when a question is asked, not until it is answered. */
  readonly handle: Handle;
  /** Final path. */
  readonly path: string;
  /** Who waits for the answers. */
  readonly asker: Asker;
}

interface SignatureTrustOptions {
  /** Shared by all files of the process. */
  readonly queue: TrustQueue;
  /** False: nothing is fetched, and revocation is known only as far as Windows has it in its cache. Default: true. */
  readonly onlineRevocation?: boolean;
}

/** What a question works on: a handle of its own, so that neither closing the file nor reading it gets in its way. */
interface Question {
  readonly dlls: TrustDlls;
  readonly kernel32: Kernel32;
  readonly handle: Handle;
  readonly path: string;
  readonly chain: ChainOptions;
}

/**
 * For a process that looks at many files: they share one queue.
 * @returns what {@link createSignatureTrust} gives for one opened file
 */
export function createMachineTrust(
  dlls: WindowsDlls,
  options: Omit<SignatureTrustOptions, 'queue'> = {},
): (file: TrustedFile) => SignatureTrust {
  const queue = createTrustQueue();
  // Loading the DLLs and the roots takes its time, which the first elevation should not wait for. What fails here fails
  // again, and is reported, when somebody asks.
  queue({ user: '' }, () => loadMachineRoots(dlls.trust().crypt32)).catch(() => undefined);
  return (file) => createSignatureTrust(dlls, file, { queue, ...options });
}

/**
 * @throws EpmError by its methods: EPM_SIGNATURE_UNCHECKED when Windows could not be asked or took too long;
 * EPM_REQUEST_CANCELLED and EPM_AGENT_BUSY when the request is over before it was asked
 */
export function createSignatureTrust(
  dlls: WindowsDlls,
  file: TrustedFile,
  { queue, onlineRevocation = true }: SignatureTrustOptions,
): SignatureTrust {
  const chain = { online: onlineRevocation, retrievalTimeout: RETRIEVAL_TIMEOUT, revocation: true };
  const ask = async <T>(answer: (question: Question) => Promise<T>): Promise<T> => {
    const handle = reopen(dlls.kernel32, file.handle);
    let isAsked = false;
    return queue(file.asker, async () => {
      isAsked = true;
      try {
        assertOwnAccount(dlls);
        return await answer({ dlls: dlls.trust(), kernel32: dlls.kernel32, handle, path: file.path, chain });
      } finally {
        dlls.kernel32.CloseHandle(handle);
      }
    }).catch((error: unknown) => {
      if (!isAsked) dlls.kernel32.CloseHandle(handle);
      throw asUnchecked(error);
    });
  };
  return {
    judge: ({ message, leaf, others, index }) =>
      ask(async ({ dlls: { crypt32, wintrust }, handle, path }) => {
        // The chain first: what it fetches, for example a root that Windows gets when it is first needed, is there for
        // WinVerifyTrust, which asks no server.
        const built = await machineChain(crypt32, leaf, others, 'codeSigning', chain);
        const status = statusFor(leaf, await verifyFile(wintrust, handle, path, index));
        return { verdict: verdictOf(status, built.answer), chains: await chainsOf(crypt32, built, message, chain) };
      }),
    catalogs: (hashes) => ask((question) => catalogsOf(question, hashes)),
  };
}

async function catalogsOf(
  { dlls: { crypt32, wintrust }, kernel32, handle, path, chain }: Question,
  hashes: CatalogHashes,
): Promise<readonly CatalogSignature[]> {
  const found: CatalogSignature[] = [];
  await eachCatalog(kernel32, wintrust.catalogs, hashes, async (catalog) => {
    const { name, message, leaf, certificates } = await readCatalogFile(catalog.path);
    const built = await machineChain(crypt32, leaf, certificates, 'codeSigning', chain);
    const trust = await verifyMember(wintrust, handle, path, {
      catalog: catalog.path,
      hash: catalog.hash,
      administrator: catalog.administrator,
    });
    const verdict: MachineVerdict = verdictOf(statusFor(leaf, trust), built.answer);
    found.push({ name, message, verdict, chains: await chainsOf(crypt32, built, message, chain) });
  });
  return found;
}

async function chainsOf(
  crypt32: Crypt32,
  { chain, alternatives }: ChainResult,
  message: Uint8Array,
  options: ChainOptions,
): Promise<MachineChains> {
  return { signer: chain, alternatives, timestamps: await timestampChains(crypt32, message, options) };
}

/** Chains of the authorities that made the timestamps. Whether one was revoked since does not undo its timestamp. */
async function timestampChains(
  crypt32: Crypt32,
  message: Uint8Array,
  options: ChainOptions,
): Promise<readonly MachineChain[]> {
  const found: MachineChain[] = [];
  for (const { leaf, certificates } of await timestampAuthorities(message)) {
    const without = { ...options, revocation: false };
    const { answer, chain } = await machineChain(crypt32, leaf, certificates, 'timeStamping', without);
    if (isChainTrusted(answer)) found.push(chain);
  }
  return found;
}

/** Its own file position, and its own life: a question that is given up may still run when the file is closed. */
function reopen(kernel32: Kernel32, handle: Handle): Handle {
  const own = kernel32.ReOpenFile(handle, GENERIC_READ, FILE_SHARE_READ, 0);
  if (own === INVALID_HANDLE) {
    throw new EpmError('EPM_SIGNATURE_UNCHECKED', 'The open file cannot be handed to the check of its signature.', {
      data: { win32: kernel32.GetLastError() },
    });
  }
  return own;
}

function asUnchecked(error: unknown): unknown {
  if (error instanceof EpmError) return error;
  return new EpmError('EPM_SIGNATURE_UNCHECKED', 'Windows could not be asked about a signature.', { cause: error });
}
