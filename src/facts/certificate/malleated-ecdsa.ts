/**
 * The second form of a certificate that was signed by ECDSA: where (r, s) is a signature, (r, n-s) is another one of the
 * same key over the same bytes (ANSI X9.62; n is the order of the curve), and anybody can compute it. Such a
 * certificate says and proves the same, but has another digest, by which a Deny rule would miss it.
 */
import { element } from '../der/definite.ts';
import { type DerElement, DerReader, TAG } from '../der/reader.ts';
import { MalformedContent } from '../malformed.ts';
import type { Certificate } from './certificate.ts';

/** Of P-256, P-384 and P-521: FIPS 186-4 D.1.2. */
const ORDERS: readonly bigint[] = [
  BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'),
  BigInt('0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973'),
  BigInt(
    '0x01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409',
  ),
];
/** Bytes of the longest number below these orders, with the zero that keeps it from being negative. */
const MAX_NUMBER = 67;

/**
 * The curve is that of the shortest order above both numbers: that a signature of a longer one has two numbers so small
 * is as likely as guessing a key. So the issuer need not be known.
 * @returns DER of the other form; undefined: there is none, because it was signed in another way
 */
export function malleatedCertificate(certificate: Certificate): Uint8Array | undefined {
  if (certificate.algorithm.family !== 'ecdsa') return undefined;
  const place = 'signature of a certificate';
  const parts = new DerReader(certificate.der, place).sequence();
  const [signed, algorithm] = [parts.any(), parts.any()];
  const numbers = signatureNumbers(parts.bits(), place);
  if (numbers === undefined) return undefined;
  const [r, s] = [valueOf(numbers[0]), valueOf(numbers[1])];
  const order = ORDERS.find((each) => r < each && s < each);
  if (order === undefined || s === 0n) return undefined;
  const signature = element(
    TAG.sequence,
    Buffer.concat([numbers[0].raw, element(TAG.integer, integerOctets(order - s))]),
  );
  const bits = element(TAG.bitString, Buffer.concat([Uint8Array.of(0), signature]));
  return element(TAG.sequence, Buffer.concat([signed.raw, algorithm.raw, bits]));
}

/** Undefined: no signature of these curves, as a certificate that nobody verifies may have. */
function signatureNumbers(bits: Uint8Array, place: string): readonly [DerElement, DerElement] | undefined {
  try {
    const reader = new DerReader(bits, place).sequence();
    const numbers = [reader.next(TAG.integer), reader.next(TAG.integer)] as const;
    const fits = numbers.every(({ content }) => content.length > 0 && content.length <= MAX_NUMBER);
    return fits ? numbers : undefined;
  } catch (error) {
    if (error instanceof MalformedContent) return undefined;
    throw error;
  }
}

function valueOf({ content }: DerElement): bigint {
  return BigInt(`0x${Buffer.from(content).toString('hex')}`);
}

/** X.690 8.3: with a leading zero where the number would be negative without it. */
function integerOctets(number: bigint): Buffer {
  const digits = number.toString(16);
  const octets = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return (octets[0] ?? 0) < 0x80 ? octets : Buffer.concat([Uint8Array.of(0), octets]);
}
