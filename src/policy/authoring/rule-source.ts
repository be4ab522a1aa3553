/** What a rule can be made of: facts of a file, an audit record, or a support request. */
import { TEXT_FACTS, type TextFact } from '../../engine/attributes/index.ts';
import { refusalOf } from '../../engine/answer.ts';
import { bestSignature } from '../../engine/signatures.ts';
import type { AuditRecord } from '../../model/audit-record.ts';
import { defined } from '../../model/defined.ts';
import {
  type CertificateFacts,
  FAULT_WORDS,
  type FileFacts,
  type FileRefusal,
  type SignatureFacts,
  type SignatureFault,
} from '../../model/file-facts.ts';
import type { StatedRequest } from '../../model/support-request.ts';
import { noRule } from './no-rule.ts';

/** What a file says of itself. */
export type Texts = { readonly [Name in TextFact]?: string };

/** What a rule can be made of. */
export interface RuleSource extends Texts {
  readonly path: string;
  readonly sha256?: string;
  readonly version?: string;
  /** Original name of the version resource, by which a renamed interpreter is known. */
  readonly originalName?: string;
  /** The certificate that signed the file: SHA-256 of the DER, and the DER in base64 where it is known. */
  readonly publisher?: { readonly sha256: string } & Partial<Omit<CertificateFacts, 'sha256'>>;
  /** Who signed it where no signature holds, and why none does: only a Deny rule may name that certificate. */
  readonly badPublisher?: { readonly leaf: CertificateFacts; readonly why: string };
  readonly arguments?: readonly string[];
  /** An installer package whose texts its signature does not cover, as far as is known (decision M10). */
  readonly hasUnsignedTexts?: true;
  /** A package with payload beside it. */
  readonly hasExternalFiles?: true;
  /** The arguments were too long to be recorded whole. */
  readonly argumentsAreCut?: true;
}

/** Faults with which a certificate says nothing about who made the file. */
const BROKEN: readonly SignatureFault[] = ['digestMismatch', 'signatureInvalid', 'weakDigest', 'unsupported'];

function holds({ faults }: SignatureFacts): boolean {
  return !(faults ?? []).some((fault) => BROKEN.includes(fault));
}

/**
 * The source that facts of a file are. The best signature that holds is taken.
 * @throws EpmError EPM_RULE_SOURCE for a file that no rule ever elevates
 */
export function sourceOfFacts(facts: FileFacts): RuleSource {
  const refusal = refusalOf(facts, { blockInternetFiles: false });
  if (refusal !== undefined && !isRefusedInPlace(facts)) {
    const message = `"${facts.name}" is refused whatever a rule says. ${refusal.message}`;
    throw noRule('fileRefused', message, refusal.hint ?? 'Get the file again from who made it, or use another one.');
  }
  const signature = bestSignature(facts.signatures.filter(holds));
  const bad = signature === undefined ? bestSignature(facts.signatures) : undefined;
  const version = facts.fixedVersion?.join('.') ?? facts.fileVersionText;
  return {
    path: facts.path,
    sha256: facts.sha256,
    ...defined({ version }),
    ...texts(facts),
    ...defined({
      originalName: facts.originalName,
      publisher: signature?.leaf,
      badPublisher: bad && { leaf: bad.leaf, why: whyBroken(bad) },
    }),
    ...(facts.type === 'msi' && facts.installer?.textsSigned !== true ? { hasUnsignedTexts: true } : {}),
    ...(facts.installer?.externalFiles === undefined ? {} : { hasExternalFiles: true }),
  };
}

/** Refused for the place that it is in; elsewhere a rule may elevate it. */
export function isRefusedInPlace({ refusal }: FileFacts): boolean {
  return refusal !== undefined && PLACES.includes(refusal.reason);
}

const PLACES: readonly FileRefusal['reason'][] = ['networkFile', 'volumeRefused', 'reparsePoint'];

function whyBroken({ faults = [], digestAlgorithm }: SignatureFacts): string {
  const fault = BROKEN.find((one) => faults.includes(one));
  if (fault === 'weakDigest' && (digestAlgorithm === 'sha1' || digestAlgorithm === 'md5')) {
    const digest = digestAlgorithm === 'sha1' ? 'SHA-1' : 'MD5';
    return `it uses ${digest}, which can be forged, so that another file could carry it. Windows still shows it; no rule but a Deny takes it`;
  }
  return fault === undefined ? 'it does not hold' : FAULT_WORDS[fault];
}

/** @throws EpmError EPM_RULE_SOURCE when the record is not about a file */
export function sourceOfRecord(record: AuditRecord): RuleSource {
  if (record.filePath === undefined) {
    throw noRule('recordWithoutFile', `Audit record ${record.sequence} is not about a file.`);
  }
  return {
    path: record.filePath,
    ...defined({ sha256: record.hash, version: record.fileVersion }),
    ...texts(record),
    ...(record.certificatePayload === undefined ? {} : { publisher: { sha256: record.certificatePayload } }),
    ...defined({ arguments: record.arguments }),
    ...(/\.msi$/i.test(record.filePath) ? { hasUnsignedTexts: true } : {}),
    ...(record.argumentsDigest === undefined ? {} : { argumentsAreCut: true as const }),
  };
}

/** The source that a support request is. */
export function sourceOfRequest({ applicationDetail: file, arguments: vector }: StatedRequest): RuleSource {
  const [leaf] = file.certificateChain ?? [];
  const names = defined({
    fileDescription: file.fileDescription,
    productName: file.productName,
    internalName: file.productInternalName,
  });
  return {
    path: file.filePath,
    sha256: file.fileHash,
    ...defined({ version: file.productVersion, publisher: file.publisherTrusted === true ? leaf : undefined }),
    ...texts(names),
    arguments: vector,
    ...(/\.msi$/i.test(file.filePath) ? { hasUnsignedTexts: true } : {}),
  };
}

/** The texts of a file that are not empty. */
export function texts(from: Texts): Texts {
  const found = TEXT_FACTS.map((name) => [name, from[name]?.trim()] as const).filter(
    ([, value]) => value !== undefined && value !== '',
  );
  return Object.fromEntries(found);
}
