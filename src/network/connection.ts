/** How senders connect. */
import { trustedCertificates } from './certificates.ts';

export interface ConnectionOptions {
  /** Milliseconds for one step: of a webhook for all of it, of a mail for each answer of the server. */
  readonly limit: number;
  /** Certificates of authorities, in PEM. */
  readonly trusted: () => string[];
}

export const CONNECTION: ConnectionOptions = { limit: 30_000, trusted: trustedCertificates };
