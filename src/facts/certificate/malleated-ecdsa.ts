/**
 * The second form of a certificate that was signed by ECDSA: where (r, s) is a signature, (r, n-s) is another one of the
 * same key over the same bytes (ANSI X9.62; n is the order of the curve), and anybody can compute it. Such a
 * certificate says and proves the same, but has another digest, by which a Deny rule would miss it.
 */
import { element } from '../der/definite.ts';
import { DerReader, TAG } from '../der/reader.ts';
import type { Certificate } from './certificate.ts';

/** FIPS 186-4 D.1.2, by the names that Node.js gives the curves. */
const ORDERS: ReadonlyMap<string | undefined, bigint> = new Map([
  ['prime256v1', BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551')],
  [
    'secp384r1',
    BigInt('0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
  ],
  [
    'secp521r1',
    BigInt(
      '0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
    ),
  ],
]);

/**
 * @param issuer whose key signed the certificate
 * @returns DER of the other form; undefined: there is none, because it was signed in another way
 */
export function malleatedCertificate(certificate: Certificate, issuer: Certificate): Uint8Array | undefined {
  const order = ORDERS.get(issuer.key?.asymmetricKeyDetails?.namedCurve);
  if (certificate.algorithm.family !== 'ecdsa' || order === undefined) return undefined;
  const place = 'signature of a certificate';
  const parts = new DerReader(certificate.der, place).sequence();
  const [signed, algorithm] = [parts.any(), parts.any()];
  const numbers = new DerReader(parts.bits(), place).sequence();
  const r = numbers.next(TAG.integer);
  const s = BigInt(`0x${Buffer.from(numbers.next(TAG.integer).content).toString('hex')}`);
  const signature = element(TAG.sequence, Buffer.concat([r.raw, element(TAG.integer, integerOctets(order - s))]));
  const bits = element(TAG.bitString, Buffer.concat([Uint8Array.of(0), signature]));
  return element(TAG.sequence, Buffer.concat([signed.raw, algorithm.raw, bits]));
}

/** X.690 8.3: with a leading zero where the number would be negative without it. */
function integerOctets(number: bigint): Buffer {
  const digits = number.toString(16);
  const octets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return (octets[0] ?? 0) < 0x80 ? octets : Buffer.concat([Uint8Array.of(0), octets]);
}
