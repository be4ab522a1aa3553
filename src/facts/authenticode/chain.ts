/**
 * From the certificate of a signer to a trusted root (RFC 5280 6, as far as signatures of files need it). The search is
 * bounded: a file may carry authorities that issued each other in every combination.
 */
import type { SignatureFault } from '../../model/file-facts.ts';
import { isWeak } from '../certificate/algorithms.ts';
import { KEY_USAGE, type Certificate } from '../certificate/certificate.ts';
import { oid } from '../der/reader.ts';
import type { MachineChain } from '../trust.ts';
import type { Turns } from '../turns.ts';
import { machineCertificate, type Roots } from './roots.ts';

export const PURPOSE = {
  codeSigning: oid('1.3.6.1.5.5.7.3.3'),
  timeStamping: oid('1.3.6.1.5.5.7.3.8'),
} as const;
const ANY_PURPOSE = oid('2.5.29.37.0');

/** Certificates from signer to root; chains in use have three or four. */
const MAX_LENGTH = 10;
/** Steps of one search, and signatures checked in it: far more than an honest file needs. */
const MAX_STEPS = 200;
const MAX_CHECKS = 24;

export interface Chain {
  /** Signer first. Ends at a trusted root unless a fault says otherwise. */
  readonly certificates: readonly Certificate[];
  readonly faults: ReadonlySet<SignatureFault>;
}

interface ChainQuestion {
  readonly signer: Certificate;
  /** What the message carries, in any order. */
  readonly carried: readonly Certificate[];
  readonly roots: Roots;
  /** Object identifier in the form of `oid`. */
  readonly purpose: string;
  /** Milliseconds since 1970, UTC. */
  readonly at: number;
}

/**
 * The chain that Windows built, checked as it is. It is not exchanged for another one of the same keys: what Windows says
 * of revoked and disallowed certificates is about this one, and so is what a rule may compare with.
 */
export async function checkChain(
  signer: Certificate,
  machine: MachineChain,
  { purpose, at }: Pick<ChainQuestion, 'purpose' | 'at'>,
  turns: Turns,
): Promise<Chain> {
  const certificates = [signer];
  const faults = new Set<SignatureFault>();
  const [first, ...above] = machine.certificates;
  const isOfSigner = first !== undefined && Buffer.compare(first, signer.der) === 0;
  for (const der of isOfSigner ? above : []) {
    const issuer = machineCertificate(der);
    const last = certificates.at(-1) ?? signer;
    if (issuer === undefined || certificates.length === MAX_LENGTH || !last.isIssuedBy(issuer.subject)) {
      faults.add('chainInvalid');
      break;
    }
    const signed = await last.isSignedBy(issuer, turns);
    if (signed !== 'good') faults.add(signed === 'unsupported' ? 'unsupported' : 'chainInvalid');
    certificates.push(issuer);
  }
  const isComplete = isOfSigner && machine.endsAtRoot;
  if (!isComplete) {
    const endsAtItself = await isSelfSigned(certificates.at(-1) ?? signer, turns);
    faults.add(endsAtItself ? 'rootUntrusted' : 'chainIncomplete');
  }
  for (const fault of pathFaults(certificates, { purpose, at }, isComplete)) faults.add(fault);
  return { certificates, faults };
}

async function isSelfSigned(certificate: Certificate, turns: Turns): Promise<boolean> {
  return certificate.isIssuedBy(certificate.subject) && (await certificate.isSignedBy(certificate, turns)) === 'good';
}

/**
 * The best chain there is: one without fault, else one that reaches a root, else the longest.
 * @throws what `turns` throws
 */
export function buildChain(question: ChainQuestion, turns: Turns): Promise<Chain> {
  return new Search(question, turns).run();
}

class Search {
  readonly #question: ChainQuestion;
  readonly #turns: Turns;
  readonly #checked = new Map<Certificate, Map<Certificate, 'good' | 'bad' | 'unsupported'>>();
  #steps = 0;
  #checks = 0;
  #best: Chain | undefined;

  constructor(question: ChainQuestion, turns: Turns) {
    this.#question = question;
    this.#turns = turns;
  }

  async run(): Promise<Chain> {
    await this.#extend([this.#question.signer]);
    return this.#best ?? { certificates: [this.#question.signer], faults: new Set(['chainIncomplete']) };
  }

  async #extend(path: readonly Certificate[]): Promise<void> {
    const last = path.at(-1);
    this.#steps += 1;
    if (last === undefined || this.#steps > MAX_STEPS || this.#isDone()) return;
    const { roots, carried } = this.#question;
    if (roots.has(last)) {
      this.#offer(path, []);
      return;
    }
    const faults = new Set<SignatureFault>();
    let extended = false;
    const isSelfIssued = last.isIssuedBy(last.subject);
    // Roots first, and the real ones before what the file brings along.
    for (const issuer of [...roots.withSubject(last.issuer), ...carried]) {
      if (!last.isIssuedBy(issuer.subject) || path.some((one) => one.equals(issuer))) continue;
      const signed = await this.#isSigned(last, issuer);
      if (signed === 'good' && path.length < MAX_LENGTH) {
        extended = true;
        await this.#extend([...path, issuer]);
      } else {
        faults.add(signed === 'unsupported' ? 'unsupported' : 'chainInvalid');
      }
    }
    if (extended) return;
    if (isSelfIssued && (await this.#isSigned(last, last)) === 'good') this.#offer(path, ['rootUntrusted']);
    else this.#offer(path, faults.size === 0 ? ['chainIncomplete'] : [...faults]);
  }

  async #isSigned(certificate: Certificate, issuer: Certificate): Promise<'good' | 'bad' | 'unsupported'> {
    const known = this.#checked.get(certificate) ?? new Map<Certificate, 'good' | 'bad' | 'unsupported'>();
    this.#checked.set(certificate, known);
    let result = known.get(issuer);
    if (result === undefined) {
      this.#checks += 1;
      result = this.#checks > MAX_CHECKS ? 'bad' : await certificate.isSignedBy(issuer, this.#turns);
      known.set(issuer, result);
    }
    return result;
  }

  #isDone(): boolean {
    return this.#best?.faults.size === 0;
  }

  #offer(certificates: readonly Certificate[], faults: readonly SignatureFault[]): void {
    const isComplete = faults.length === 0;
    const all = new Set([...faults, ...pathFaults(certificates, this.#question, isComplete)]);
    const chain = { certificates, faults: all };
    if (this.#best === undefined || isBetter(chain, this.#best)) this.#best = chain;
  }
}

/** That a chain does not reach a trusted root weighs more than all else. */
const INCOMPLETE: readonly SignatureFault[] = ['rootUntrusted', 'chainIncomplete'];

function isBetter(one: Chain, other: Chain): boolean {
  const rank = ({ certificates, faults }: Chain): readonly number[] => [
    INCOMPLETE.some((fault) => faults.has(fault)) ? 1 : 0,
    faults.size,
    -certificates.length,
  ];
  const [left, right] = [rank(one), rank(other)];
  const differing = left.findIndex((value, index) => value !== right[index]);
  return differing !== -1 && (left[differing] ?? 0) < (right[differing] ?? 0);
}

/** What is wrong with the certificates of a path, apart from where it ends. */
function pathFaults(
  path: readonly Certificate[],
  question: Pick<ChainQuestion, 'purpose' | 'at'>,
  isComplete: boolean,
): Set<SignatureFault> {
  const faults = new Set<SignatureFault>();
  path.forEach((certificate, index) => {
    const isRoot = isComplete && index === path.length - 1;
    if (certificate.notAfter < question.at) faults.add('expired');
    if (certificate.notBefore > question.at) faults.add('notYetValid');
    if (certificate.hasUnknownCritical) faults.add('chainInvalid');
    if (certificate.hasNameConstraints && !isRoot) faults.add('unsupported');
    // Nobody relies on the signature that a trusted root has from itself.
    const { digest } = certificate.algorithm;
    if (!isRoot && digest !== undefined && isWeak(digest)) faults.add('weakDigest');
    if (!servesPurpose(certificate, question.purpose, index === 0)) faults.add('usage');
    if (index > 0 && !mayIssue(certificate, path.slice(1, index), isRoot)) faults.add('chainInvalid');
  });
  return faults;
}

/**
 * A signer must name the purpose; an authority without purposes serves all. One that makes timestamps may name no other
 * (RFC 3161 2.3), or whoever signs files could date them too.
 */
function servesPurpose({ usages, keyUsage }: Certificate, purpose: string, isSigner: boolean): boolean {
  if (isSigner && keyUsage !== undefined && (keyUsage & KEY_USAGE.digitalSignature) === 0) return false;
  if (usages === undefined) return !isSigner;
  if (isSigner && purpose === PURPOSE.timeStamping && usages.size > 1) return false;
  return usages.has(purpose) || (!isSigner && usages.has(ANY_PURPOSE));
}

/** @param below authorities between this one and the signer */
function mayIssue(certificate: Certificate, below: readonly Certificate[], isRoot: boolean): boolean {
  const { constraints, keyUsage } = certificate;
  // Roots older than X.509 version 3 have no extensions at all.
  if (constraints === undefined) return isRoot && certificate.version < 3;
  if (!constraints.isAuthority) return false;
  if (keyUsage !== undefined && (keyUsage & KEY_USAGE.certificateSign) === 0) return false;
  const counted = below.filter((one) => !one.isIssuedBy(one.subject)).length;
  return constraints.pathLength === undefined || counted <= constraints.pathLength;
}
