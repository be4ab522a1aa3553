/** Judges the signatures of a file: by our own verifier, and by Windows where there is one. Both must agree. */
import { defined } from '../model/defined.ts';
import type { CertificateFacts, FileRefusal, SignatureFacts, SignatureFault } from '../model/file-facts.ts';
import { EpmError, isEpmError } from '../model/errors.ts';
import { readCatalog, verifySignature } from './authenticode/index.ts';
import type { Content, ContentSignature } from './content.ts';
import { MalformedContent } from './malformed.ts';
import { type CatalogHashes, type CatalogSignature, catalogUnreadable, type SignatureTrust } from './trust.ts';
import { Turns } from './turns.ts';

/** Milliseconds a verdict of the machine is good for: roots, distrust and revocation lists change under a running agent. */
export const VERDICT_TIME = 10 * 60_000;

export interface Judges {
  /** Windows, for the opened file. Without it and without roots no signature is trusted. */
  readonly trust?: SignatureTrust | undefined;
  /** DER of roots to trust, in place of the machine's. */
  readonly roots?: readonly Uint8Array[] | undefined;
  /** Aborted when nobody waits for the answer: no further question is asked. */
  readonly signal?: AbortSignal;
}

export interface Judgement {
  readonly signatures: readonly SignatureFacts[];
  /** A certificate in the file cannot be read: the file is refused, not taken for an unsigned one (AC-41). */
  readonly refusal?: FileRefusal;
  /** Milliseconds since 1970: from then on the signatures are to be judged again. */
  readonly until: number;
}

/**
 * @param now milliseconds since 1970
 * @throws EpmError EPM_REQUEST_CANCELLED, EPM_AGENT_BUSY
 */
export async function judgeSignatures(content: Content, judges: Judges, now: number): Promise<Judgement> {
  const { signatures, catalogHashes } = content;
  const turns = new Turns({ check: () => checkWanted(judges.signal) });
  const judged: SignatureFacts[] = [];
  try {
    for (const [index, signature] of signatures.entries()) {
      checkWanted(judges.signal);
      judged.push(await judge(signature, index, judges, now, turns));
    }
  } catch (error) {
    if (error instanceof MalformedContent) return { signatures: [], refusal: error.toRefusal(), until: Infinity };
    throw error;
  }
  checkWanted(judges.signal);
  if (catalogHashes !== undefined && judges.trust !== undefined) {
    try {
      const found = await judges.trust.catalogs(catalogHashes);
      for (const catalog of found) {
        const listed = await catalogSignature(catalog, catalogHashes, now, turns);
        if (listed !== undefined) judged.push(listed);
      }
    } catch (error) {
      if (!isEpmError(error) || endsRequest(error)) throw error;
      return { signatures: [], refusal: catalogsUnknown(error), until: now };
    }
  }
  // An answer that Windows did not give is asked for again by the next request.
  const unchecked = judged.some(({ faults, machine }) => wasNotAnswered(faults, machine));
  const machineUntil = judges.trust === undefined ? Infinity : now + (unchecked ? 0 : VERDICT_TIME);
  return { signatures: judged, until: Math.min(machineUntil, nextBoundary(judged, now)) };
}

/** A question may take as long as half a minute, and a file may carry several signatures. */
function checkWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) {
    throw new EpmError('EPM_REQUEST_CANCELLED', 'The check of the signatures was cancelled.');
  }
}

async function judge(
  { signature, digest }: ContentSignature,
  index: number,
  { trust, roots = [] }: Judges,
  now: number,
  turns: Turns,
): Promise<SignatureFacts> {
  if (trust === undefined) return verifySignature(signature, { digest, roots, now }, turns);
  const { message, leaf, certificates } = signature;
  const others = certificates.filter((certificate) => Buffer.compare(certificate, leaf) !== 0);
  const answer = await orUnchecked(() => trust.judge({ message, leaf, others, index }));
  const own = await verifySignature(signature, { digest, roots: [], machine: answer?.chains, now }, turns);
  return agreed(own, answer?.verdict);
}

/** Taken for an unsigned file, it could escape a Deny rule by certificate. */
function catalogsUnknown({ message, hint }: EpmError): FileRefusal {
  return { reason: 'unreadable', message: `Its signature by a catalog could not be checked. ${message}`, hint };
}

/**
 * A catalog that Windows found, verified like an embedded signature; undefined: it does not list the file.
 * @throws EpmError EPM_SIGNATURE_UNCHECKED when it cannot be read
 */
async function catalogSignature(
  { name, message, verdict, chains }: CatalogSignature,
  { sha256, sha1 }: CatalogHashes,
  now: number,
  turns: Turns,
): Promise<SignatureFacts | undefined> {
  try {
    const catalog = await readCatalog(message, turns);
    const digest = [sha256, sha1].find((hash) => catalog.lists(hash));
    if (digest === undefined) return undefined;
    const own = await verifySignature(catalog.signature, { digest, roots: [], machine: chains, now }, turns);
    const facts = agreed(own, verdict);
    return { ...(digest === sha1 ? weak(facts) : facts), origin: 'catalog', catalog: name };
  } catch (error) {
    if (error instanceof MalformedContent) throw catalogUnreadable(name, error.toRefusal().message, error);
    throw error;
  }
}

/** Listed by SHA-1 only: whatever else the catalog lists by a better digest does not help this file. */
function weak(facts: SignatureFacts): SignatureFacts {
  const faults = new Set<SignatureFault>([...(facts.faults ?? []), 'weakDigest']);
  return { ...facts, trusted: false, digestAlgorithm: 'sha1', faults: [...faults] };
}

/** Both answers in one: trusted only by both, and revocation by the machine, which alone can ask for it. */
function agreed(own: SignatureFacts, verdict: SignatureFacts['machine']): SignatureFacts {
  const faults = new Set<SignatureFault>(own.faults);
  if (verdict?.trusted !== true) faults.add('machineRefused');
  if (verdict?.revocation === 'revoked') faults.add('revoked');
  return {
    ...own,
    trusted: own.trusted && verdict?.trusted === true,
    revocation: verdict?.revocation ?? 'unknown',
    faults: [...faults],
    ...defined({ machine: verdict }),
  };
}

/** The request is over, which says nothing about a signature. */
function endsRequest({ code }: EpmError): boolean {
  return code === 'EPM_REQUEST_CANCELLED' || code === 'EPM_AGENT_BUSY';
}

/** Undefined when Windows could not be asked: the signature then counts for nothing, and the other facts stand. */
async function orUnchecked<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isEpmError(error) && !endsRequest(error)) return undefined;
    throw error;
  }
}

function wasNotAnswered(faults: SignatureFacts['faults'], machine: SignatureFacts['machine']): boolean {
  return machine === undefined && faults?.includes('machineRefused') === true;
}

/** The next time at which a certificate begins or ceases to be valid. */
function nextBoundary(signatures: readonly SignatureFacts[], now: number): number {
  const certificates = signatures.flatMap(({ leaf, issuers }): readonly CertificateFacts[] => [leaf, ...issuers]);
  const times = certificates.flatMap(({ notBefore, notAfter }) => [
    ...(notBefore === undefined ? [] : [notBefore]),
    // Valid up to and including that second.
    ...(notAfter === undefined ? [] : [notAfter + 1]),
  ]);
  return Math.min(Infinity, ...times.filter((time) => time > now));
}
