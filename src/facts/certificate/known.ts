/**
 * Certificates that were read before. Programs meet the same publishers, authorities and roots again and again, and what
 * takes time is reading their keys and checking who signed whom. A certificate is known again by the SHA-256 of its
 * bytes, so that what is kept can only be what those bytes say.
 */
import { hash } from 'node:crypto';
import { MalformedContent } from '../malformed.ts';
import { Certificate } from './certificate.ts';

/** Certificates that are kept, and bytes of the largest: about a megabyte in all. The one not met for longest goes. */
const MOST = 256;
const LARGEST = 4096;

const known = new Map<string, Certificate>();

/**
 * @param der one certificate in DER, nothing behind it
 * @param place for messages
 * @throws MalformedContent
 */
export function knownCertificate(der: Uint8Array, place: string): Certificate {
  if (der.length > LARGEST) return new Certificate(der, place);
  const digest = hash('sha256', der, 'base64');
  const found = known.get(digest);
  // A copy, for the bytes may be a piece of something large, or memory that is used again.
  const certificate = found ?? new Certificate(Uint8Array.from(der), place);
  known.delete(digest);
  known.set(digest, certificate);
  if (known.size > MOST) {
    const [oldest] = known.keys();
    if (oldest !== undefined) known.delete(oldest);
  }
  return certificate;
}

/** Undefined when it cannot be read. */
export function certificateOrNone(der: Uint8Array, place: string): Certificate | undefined {
  try {
    return knownCertificate(der, place);
  } catch (error) {
    if (error instanceof MalformedContent) return undefined;
    throw error;
  }
}
