/** Certificates: reading them, and what is said of them. */
import type { CertificateFacts } from '../../model/file-facts.ts';
import { Certificate } from './certificate.ts';

export { readCertificate } from './read.ts';

/**
 * Facts of one certificate.
 * @param der one certificate in DER, nothing behind it
 * @param options.withDer whether `der` of the facts is given
 * @throws MalformedContent
 */
export function certificateFacts(der: Uint8Array, options: { readonly withDer?: boolean } = {}): CertificateFacts {
  return factsOf(new Certificate(der), options);
}

/** The same of a certificate that was read already. */
export function factsOf(certificate: Certificate, { withDer = false } = {}): CertificateFacts {
  return {
    sha256: certificate.sha256,
    ...certificate.texts,
    serialNumber: Buffer.from(certificate.serial).toString('hex'),
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    ...(withDer ? { der: Buffer.from(certificate.der).toString('base64') } : {}),
  };
}
