/** Whom a connection trusts: what Node.js brings along, and the root certificates of the machine's own store. */
import { getCACertificates } from 'node:tls';

let all: readonly string[] | undefined;

/** Read once: thousands of certificates are not taken apart for each message. */
export function trustedCertificates(): string[] {
  all ??= [...new Set([...getCACertificates('default'), ...systemCertificates()])];
  return [...all];
}

/** A store that cannot be read leaves those of Node.js. */
function systemCertificates(): readonly string[] {
  try {
    return getCACertificates('system');
  } catch {
    return [];
  }
}
