/** Asks the Windows of a test bed about the signatures of files, and prepares what it trusts. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { describe } from 'vitest';
import { gatherContent } from '../../src/facts/gather.ts';
import type { Content } from '../../src/facts/content.ts';
import type { MachineChains } from '../../src/facts/trust.ts';
import { describeWindows, machine, type TestBed } from '../bed/index.ts';
import { type CorpusFile, whyNoCorpus } from '../corpus/index.ts';
import type { Judged, TrustJob, TrustReport } from './trust-script.ts';
import { installScript } from './install-script.ts';

/** CERT_CERT_PROP_ID: the certificate itself in a serialized store ([MS-GPEF], 2.2.5: policy registry format). */
const CERT_CERT_PROP_ID = 32;
const RESULT = 'C:\\Corpus\\result.json';
const HIVES = { user: 'HKEY_CURRENT_USER\\Software', machine: 'HKEY_LOCAL_MACHINE\\Software' } as const;

export type Store = readonly [whose: 'machine' | 'user', name: 'Root' | 'CA' | 'Disallowed'];

/** Registry key of a certificate in a store of the machine or of the user who imports it. */
function storeKey([whose, name]: Store, der: Uint8Array): string {
  const thumbprint = createHash('sha1').update(der).digest('hex').toUpperCase();
  return `${HIVES[whose]}\\Microsoft\\SystemCertificates\\${name}\\Certificates\\${thumbprint}`;
}

/** Text of a .reg file that puts certificates into a store. */
export function storeText(store: Store, certificates: readonly Uint8Array[]): string {
  return certificates
    .map((der) => {
      const header = Buffer.alloc(12);
      header.writeUInt32LE(CERT_CERT_PROP_ID, 0);
      header.writeUInt32LE(1, 4);
      header.writeUInt32LE(der.length, 8);
      const blob = [...header, ...der].map((byte) => byte.toString(16).padStart(2, '0')).join(',');
      return `[${storeKey(store, der)}]\n"Blob"=hex:${blob}\n`;
    })
    .join('\n');
}

/** Text of a .reg file that takes them out again; what is not there is no fault. */
export function withoutText(store: Store, certificates: readonly Uint8Array[]): string {
  return certificates.map((der) => `[-${storeKey(store, der)}]\n`).join('\n');
}

/** What the own reader finds in a file of the corpus. */
export function contentOf(file: Pick<CorpusFile, 'path'>): Promise<Content> {
  const bytes = readFileSync(file.path);
  const source = {
    size: bytes.length,
    read: (offset: number, length: number) => bytes.subarray(offset, offset + length),
    readInto: (target: Uint8Array, offset: number) =>
      Promise.resolve(bytes.copy(target, 0, offset, offset + target.length)),
  };
  return gatherContent({ path: file.path, source });
}

export function signaturesOf(content: Content): TrustJob['files'][number]['signatures'] {
  return content.signatures.map(({ signature }, index) => ({
    message: Buffer.from(signature.message).toString('base64'),
    leaf: Buffer.from(signature.leaf).toString('base64'),
    others: signature.certificates.map((der) => Buffer.from(der).toString('base64')),
    index,
  }));
}

/** The script of trust-script.ts in the installation folder of a bed. */
export class TrustMachine {
  readonly #bed: TestBed;
  readonly #script: string;

  private constructor(bed: TestBed, script: string) {
    this.#bed = bed;
    this.#script = script;
  }

  static async install(bed: TestBed): Promise<TrustMachine> {
    const folder = bed.installEpm();
    const script = await installScript(bed, folder, 'trust-script');
    return new TrustMachine(bed, script);
  }

  /** @param registry text of a .reg file without its header */
  async ask(
    files: TrustJob['files'],
    registry: string,
    { repeats = 0, ...limits }: Partial<Pick<TrustJob, 'repeats' | 'timeLimit'>> = {},
  ): Promise<TrustReport> {
    const reg = 'C:\\Corpus\\trust.reg';
    this.#bed.putFile(reg, `Windows Registry Editor Version 5.00\r\n\r\n${registry.replaceAll('\n', '\r\n')}`);
    const job: TrustJob = { registry: reg, files, repeats, ...limits };
    this.#bed.putFile('C:\\Corpus\\job.json', JSON.stringify(job));
    rmSync(this.#bed.hostPath(RESULT), { force: true });
    const outcome = await this.#bed.run({
      program: this.#bed.windowsPath(machine?.testNode ?? ''),
      arguments: [this.#script, 'C:\\Corpus\\job.json', RESULT],
      as: 'system',
    });
    // The report is the last thing the script writes. What comes after may still fail: Node has an assertion of its own
    // that does while it ends (nodejs/node issue 56645).
    if (!this.#bed.fileExists(RESULT)) throw new Error(outcome.output + outcome.errors);
    const report = JSON.parse(this.#bed.readFile(RESULT).toString('utf8')) as TrustReport;
    if (report.failed !== undefined) throw new Error(report.failed);
    return report;
  }
}

/** A group of tests that needs the signed files of the corpus as well as a Windows. */
export function describeCorpus(name: string, tests: (bed: () => TestBed) => void): void {
  const reason = whyNoCorpus();
  if (reason === undefined) describeWindows(name, ['epm'], tests);
  else {
    describe.skip(`${name} skipped: ${reason}`, () => {
      tests(() => {
        throw new Error(reason);
      });
    });
  }
}

/** The chains that the machine built, as the own verifier takes them. */
export function chainsIn({ signer, alternatives, timestamps }: Judged): MachineChains {
  const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64');
  const chain = ({ certificates, endsAtRoot }: Judged['signer']) => ({
    certificates: certificates.map(bytes),
    endsAtRoot,
  });
  return {
    signer: chain(signer),
    alternatives: alternatives.map(bytes),
    timestamps: timestamps.map(chain),
  };
}

/** What the machine says about one signature of a file. @throws Error with the failure that it reports instead */
export function judgedIn(report: TrustReport, name: string, index = 0): Judged {
  const answer = report.files[name]?.judged[index];
  if (answer === undefined || !('verdict' in answer)) throw new Error(`${name}: ${JSON.stringify(answer)}`);
  return answer;
}
