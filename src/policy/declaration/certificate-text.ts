/**
 * Certificates as people and policies write them: a digest, DER in base64 with or without line breaks, PEM, or PEM in
 * base64. Only the frame of the certificate (RFC 5280 4.1) is checked here: rules compare the digest of the whole DER,
 * so nothing inside it has an effect on a decision.
 */
import { createHash } from 'node:crypto';
import { compareCodePoints } from '../../text/compare.ts';
import { sha256 as toSha256, type Sha256 } from '../../model/brands.ts';
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import type { PolicyCertificate } from '../../model/policy.ts';
import { LIMITS } from './limits.ts';
import { isName } from './schema.ts';

type CertificateText =
  { readonly sha256: Sha256; readonly der?: string } | { readonly problem: 'tooLong' | 'several' | 'unreadable' };

const SEQUENCE = 0x30;
const BIT_STRING = 0x03;
/** PEM in base64 is a third longer than PEM, which is a third longer than DER, and has lines and a frame. */
const LONGEST_TEXT = LIMITS.certificate * 2 + 4096;

/**
 * Reads one entry of a list of certificates.
 * @param text 64 hexadecimal digits, base64 of DER or of PEM, or PEM; white space around does not count
 * @returns the digest, and the certificate as DER in base64 on one line where it was given
 */
export function readCertificateText(text: string): CertificateText {
  if (text.length > LONGEST_TEXT) return { problem: 'tooLong' };
  const trimmed = text.trim();
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return { sha256: toSha256(trimmed) };
  const der = derOf(trimmed, true);
  if (der === undefined) return { problem: 'unreadable' };
  if (der === 'several') return { problem: 'several' };
  if (!hasCertificateFrame(der)) return { problem: 'unreadable' };
  const base64 = der.toString('base64');
  if (base64.length > LIMITS.certificate) return { problem: 'tooLong' };
  return { sha256: createHash('sha256').update(der).digest('hex') as Sha256, der: base64 };
}

function derOf(text: string, mayBePemInBase64: boolean): Buffer | 'several' | undefined {
  const blocks = text.split('-----BEGIN CERTIFICATE-----');
  if (blocks.length > 2) return 'several';
  if (blocks.length === 2) {
    const [body, rest] = (blocks[1] ?? '').split('-----END CERTIFICATE-----');
    return rest === undefined ? undefined : bytesOf(body ?? '');
  }
  const bytes = bytesOf(text);
  const isPem = bytes?.subarray(0, 5).toString('latin1') === '-----';
  return isPem && mayBePemInBase64 ? derOf(bytes.toString('latin1'), false) : bytes;
}

/** Buffer.from takes anything for base64, so the text is checked first. */
function bytesOf(base64: string): Buffer | undefined {
  const dense = base64.replace(/\s+/g, '');
  if (dense === '' || dense.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(dense)) return undefined;
  return Buffer.from(dense, 'base64');
}

/** Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, signatureAlgorithm SEQUENCE, signature BIT STRING }, and no more. */
function hasCertificateFrame(der: Uint8Array): boolean {
  const outer = elementAt(der, 0, der.length);
  if (outer?.tag !== SEQUENCE || outer.end !== der.length) return false;
  let offset = outer.start;
  for (const tag of [SEQUENCE, SEQUENCE, BIT_STRING]) {
    const element = elementAt(der, offset, outer.end);
    if (element?.tag !== tag) return false;
    offset = element.end;
  }
  return offset === outer.end;
}

/** One element of DER (X.690 8.1) with a definite length of at most four bytes, within `limit`. */
function elementAt(der: Uint8Array, offset: number, limit: number): { tag: number; start: number; end: number } | null {
  const tag = der[offset];
  const first = der[offset + 1];
  if (tag === undefined || first === undefined || offset + 2 > limit) return null;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || count > 4 || offset + 2 + count > limit) return null;
  let length = count === 0 ? first : 0;
  for (let index = 0; index < count; index += 1) length = length * 256 + (der[offset + 2 + index] ?? 0);
  const start = offset + 2 + count;
  return start + length > limit ? null : { tag, start, end: start + length };
}

/** What a list of certificates says: digests by name for the rules, entries for the document, and what is wrong. */
export interface CertificateList {
  /** Undefined as a value: the entry exists and cannot be read. */
  readonly digests: ReadonlyMap<string, Sha256 | undefined>;
  /** In canonical order, by code points of the name. */
  readonly certificates: readonly PolicyCertificate[];
  /** By the name of the entry; a name occurs more than once where its list lets it. */
  readonly problems: readonly (readonly [name: string, Diagnostic])[];
}

/** @param entries name and text; undefined as a text: not a text at all */
export function readCertificateList(entries: Iterable<readonly [string, string | undefined]>): CertificateList {
  const digests = new Map<string, Sha256 | undefined>();
  const certificates: PolicyCertificate[] = [];
  const problems: [string, Diagnostic][] = [];
  for (const [name, text] of entries) {
    const read: CertificateText = text === undefined ? { problem: 'unreadable' } : readCertificateText(text);
    if ('problem' in read || !isName(name)) {
      digests.set(name, undefined);
      const message =
        'problem' in read ? EXPLANATIONS[read.problem] : 'The name is blank or has characters that are not allowed.';
      problems.push([name, diagnostic('certificateUnreadable', `${message} Rules that refer to it are rejected.`)]);
      continue;
    }
    digests.set(name, read.sha256);
    certificates.push({ name, ...read });
  }
  certificates.sort((left, right) => compareCodePoints(left.name, right.name));
  return { digests, certificates, problems };
}

const EXPLANATIONS = {
  tooLong: `The certificate is longer than ${LIMITS.certificate} characters of base64.`,
  several: 'The entry holds several certificates; give each an entry of its own.',
  unreadable: 'The entry must be 64 hexadecimal digits (SHA-256) or one certificate, in base64 or PEM.',
} as const;

/** The text an entry is written as: the certificate where it is known, else its digest. */
export function certificateText(certificate: PolicyCertificate): string {
  return certificate.der ?? certificate.sha256;
}

/** Entries in canonical order as names and texts. */
export function certificateEntries(
  certificates: readonly PolicyCertificate[] | undefined,
): readonly (readonly [name: string, text: string])[] {
  return [...(certificates ?? [])]
    .sort((left, right) => compareCodePoints(left.name, right.name))
    .map((certificate) => [certificate.name, certificateText(certificate)] as const);
}
