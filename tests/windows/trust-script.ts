/**
 * Runs inside Windows, beside the native files: asks the machine about signatures on locked handles, as the agent does.
 * `trust-script.cjs <job file> <result file>`, both JSON.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { checkRequestPath } from '../../src/facts/request-path.ts';
import { gatherContent } from '../../src/facts/gather.ts';
import type { MachineChain, MachineChains } from '../../src/facts/trust.ts';
import type { MachineVerdict } from '../../src/model/file-facts.ts';
import { isEpmError } from '../../src/model/errors.ts';
import type { WindowsDlls } from '../../src/windows/dll/load.ts';
import { openLocked } from '../../src/windows/files/open-file.ts';
import { createSignatureTrust, createTrustQueue, loadDlls } from '../../src/windows/index.ts';
import { loadMachineRoots } from '../../src/windows/trust/machine-stores.ts';

/** Certificates and messages are DER in base64. */
export interface TrustJob {
  /**
   * A .reg file that is imported once this process has loaded the roots of the machine. Wine throws away what it does
   * not know when a process first loads them; from then on it reads the registry.
   */
  readonly registry: string;
  readonly files: readonly {
    readonly name: string;
    readonly path: string;
    readonly signatures: readonly {
      readonly message: string;
      readonly leaf: string;
      readonly others: readonly string[];
      readonly index: number;
    }[];
  }[];
  /** How often the first file is asked about while handles are watched. */
  readonly repeats: number;
  /** How long one question may take, in milliseconds; by default as long as for the agent. */
  readonly timeLimit?: number;
}

export interface Failed {
  readonly failed: string;
}
export interface Judged {
  readonly verdict: MachineVerdict;
  readonly signer: ChainText;
  readonly alternatives: readonly string[];
  /** Of each authority that made a timestamp and is trusted. */
  readonly timestamps: readonly ChainText[];
}
interface ChainText {
  readonly certificates: readonly string[];
  readonly endsAtRoot: boolean;
}
export interface FileReport {
  readonly judged: readonly (Judged | Failed)[];
  readonly catalogs: readonly (Judged & { readonly name: string })[] | Failed;
  /** Nothing holds the file any more: it can be opened for writing. */
  readonly released: boolean;
}
export interface TrustReport {
  readonly failed?: string;
  readonly files: Readonly<Record<string, FileReport>>;
  /** The handle that Windows gives out next, before the repeats and after them: it takes the first that is free. */
  readonly nextHandle: readonly [before: number, after: number];
  /** Bytes of the process that grew over the second half of the repeats. */
  readonly growth: number;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const chainText = ({ certificates, endsAtRoot }: MachineChain): ChainText => ({
  certificates: certificates.map(base64),
  endsAtRoot,
});
const textOf = ({ signer, alternatives, timestamps }: MachineChains): Omit<Judged, 'verdict'> => ({
  signer: chainText(signer),
  alternatives: alternatives.map(base64),
  timestamps: timestamps.map(chainText),
});
const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
const failed = (error: unknown): Failed => ({ failed: isEpmError(error) ? error.code : String(error) });

function lock(dlls: WindowsDlls, path: string): number {
  return openLocked(dlls, checkRequestPath(path));
}

async function ask(
  dlls: WindowsDlls,
  file: TrustJob['files'][number],
  timeLimit: number | undefined,
): Promise<Omit<FileReport, 'released'>> {
  const handle = lock(dlls, file.path);
  try {
    const trust = createSignatureTrust(
      dlls,
      { handle, path: file.path, asker: { user: '' } },
      { queue: createTrustQueue(undefined, timeLimit) },
    );
    const judged: (Judged | Failed)[] = [];
    for (const { message, leaf, others, index } of file.signatures) {
      const signature = { message: bytes(message), leaf: bytes(leaf), others: others.map(bytes), index };
      judged.push(await trust.judge(signature).then(({ verdict, chains }) => ({ verdict, ...textOf(chains) }), failed));
    }
    const content = readFileSync(file.path);
    const source = { size: content.length, read: (at: number, length: number) => content.subarray(at, at + length) };
    const { catalogHashes } = await gatherContent({ path: file.path, source, trust });
    // A file that carries a signature, or whose kind is no program, is listed by none here.
    const hashes = catalogHashes ?? { sha256: new Uint8Array(32), sha1: new Uint8Array(20) };
    const catalogs = await trust
      .catalogs(hashes)
      .then((found) => found.map(({ name, verdict, chains }) => ({ name, verdict, ...textOf(chains) })), failed);
    return { judged, catalogs };
  } finally {
    dlls.kernel32.CloseHandle(handle);
  }
}

function released(path: string): boolean {
  try {
    closeSync(openSync(path, 'r+'));
    return true;
  } catch {
    return false;
  }
}

async function repeat(dlls: WindowsDlls, job: TrustJob): Promise<Pick<TrustReport, 'nextHandle' | 'growth'>> {
  const [file] = job.files;
  const next = (): number => {
    const handle = lock(dlls, job.files[0]?.path ?? '');
    dlls.kernel32.CloseHandle(handle);
    return handle;
  };
  const before = next();
  let half = 0;
  for (let count = 0; count < job.repeats; count += 1) {
    if (count === Math.floor(job.repeats / 2)) half = process.memoryUsage.rss();
    if (file !== undefined) await ask(dlls, file, job.timeLimit);
  }
  return { nextHandle: [before, next()], growth: job.repeats === 0 ? 0 : process.memoryUsage.rss() - half };
}

async function main(jobFile: string): Promise<TrustReport> {
  const job = JSON.parse(readFileSync(jobFile, 'utf8')) as TrustJob;
  const dlls = loadDlls();
  await loadMachineRoots(dlls.trust().crypt32);
  execFileSync('reg.exe', ['import', job.registry], { stdio: 'ignore' });
  const files: Record<string, FileReport> = {};
  for (const file of job.files) {
    const report = await ask(dlls, file, job.timeLimit);
    files[file.name] = { ...report, released: released(file.path) };
  }
  return { files, ...(await repeat(dlls, job)) };
}

const [, , job = '', output = ''] = process.argv;
void main(job)
  .catch((error: unknown) => ({ failed: String((error as Error).stack) }))
  .then((report) => {
    writeFileSync(output, JSON.stringify(report));
    // A call that Windows never comes back from would keep the process; without one this timer does not.
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1000).unref();
  });
