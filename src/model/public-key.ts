/**
 * Which public keys of Ed25519 may stand in a policy (RFC 8032, 5.1.3).
 *
 * A signature is checked by [S]B = R + [h]A. For a point A of small order [h]A is one of at most eight points, so that
 * anybody finds a signature that such a key "made" of whatever they like. OpenSSL 3.0, which Node 20 has, takes them;
 * 3.5 does not. A second way to write a point, or bytes that are no point at all, are refused too: a key has one text.
 */
import { PUBLIC_KEY_BYTES } from './approver-key.ts';

/** The prime of the field, and d of the curve -x² + y² = 1 + d·x²·y². */
const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;

/** y of one point of order 8; the other one has the opposite. */
const ORDER_EIGHT = 2707385501144840649318225287225658788936804267575313519463743609750303402022n;

/** y of the points of order 1, 2, 4 and 8; both signs of x have it. */
const SMALL_ORDER: readonly bigint[] = [1n, P - 1n, 0n, ORDER_EIGHT, P - ORDER_EIGHT];

/** @param text base64 @returns whether a policy may trust it: a point of the curve, not of small order, in its only form */
export function isUsablePublicKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== PUBLIC_KEY_BYTES || bytes.toString('base64') !== text) return false;
  const number = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
  const y = number & ((1n << 255n) - 1n);
  return y < P && !SMALL_ORDER.includes(y) && isOnCurve(y);
}

/** x² = (y² - 1) / (d·y² + 1) has a root when it is a square, by Euler's criterion; the sign of x is free then. */
function isOnCurve(y: bigint): boolean {
  const square = (y * y) % P;
  // a/b is a square exactly when a·b is.
  const product = (((square - 1n + P) % P) * ((D * square + 1n) % P)) % P;
  return power(product, (P - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let factor = base, rest = exponent; rest > 0n; rest >>= 1n, factor = (factor * factor) % P) {
    if ((rest & 1n) === 1n) result = (result * factor) % P;
  }
  return result;
}
