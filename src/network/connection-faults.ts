/** What an error of a connection means for a message. */
import type { SendFault } from '../agent/notifications/send-faults.ts';

/** Codes of certificates that are not trusted or name another server (Node.js, "TLS: X509 certificate error codes"). */
const CERTIFICATE =
  /^(?:CERT_|ERR_TLS_CERT|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|HOSTNAME_MISMATCH|CRL_|ERR_SSL_|EPROTO|ETLS)/;

export function connectionFault(error: unknown): SendFault {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  if (name === 'AbortError' || name === 'TimeoutError' || code === 'ETIMEDOUT') return 'timeout';
  if (typeof code !== 'string') return 'failed';
  return CERTIFICATE.test(code) ? 'certificate' : 'unreachable';
}
