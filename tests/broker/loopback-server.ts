/** The certificate of a server on this machine, for `localhost` and 127.0.0.1. */
import * as der from '../corpus/der.ts';
import { type Identity, makeCertificate } from '../corpus/pki.ts';

const SERVER_AUTHENTICATION = '1.3.6.1.5.5.7.3.1';
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17';

export function loopbackServer(issuer: Identity): Identity {
  // Names by RFC 5280, 4.2.1.6.
  const names = der.sequence(
    { tag: 0x82, value: Buffer.from('localhost') },
    { tag: 0x87, value: Buffer.of(127, 0, 0, 1) },
  );
  return makeCertificate({
    commonName: 'localhost',
    issuer,
    usages: [SERVER_AUTHENTICATION],
    extensions: [[SUBJECT_ALTERNATIVE_NAME, false, names]],
  });
}
