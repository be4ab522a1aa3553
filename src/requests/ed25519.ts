/** Keys of approvers and devices: Ed25519 (RFC 8032), of which policies and texts hold the 32 bytes only. */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { EpmError } from '../model/errors.ts';
import { isUsablePublicKey } from '../model/public-key.ts';

/** Bytes of a signature. */
export const SIGNATURE_BYTES = 64;

/** A new key, from the cryptographic generator of OpenSSL. */
export function newSigningKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/** @param key private or public @returns 32 bytes in base64 @throws EpmError EPM_INTERNAL for a key of another kind */
export function publicKeyText(key: KeyObject): string {
  requireEd25519(key);
  const { x } = (key.type === 'private' ? createPublicKey(key) : key).export({ format: 'jwk' });
  return Buffer.from(x ?? '', 'base64url').toString('base64');
}

/** @returns undefined for a key that must not be trusted, see {@link isUsablePublicKey} */
export function verifyingKey(publicKey: string): KeyObject | undefined {
  if (!isUsablePublicKey(publicKey)) return undefined;
  const x = Buffer.from(publicKey, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}

/** @throws EpmError EPM_INTERNAL for a key of another kind */
export function signBytes(bytes: Uint8Array, key: KeyObject): Uint8Array {
  requireEd25519(key);
  return sign(null, bytes, key);
}

export function isSignedBy(bytes: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  return signature.length === SIGNATURE_BYTES && verify(null, bytes, key, signature);
}

function requireEd25519({ asymmetricKeyType }: KeyObject): void {
  if (asymmetricKeyType === 'ed25519') return;
  throw new EpmError('EPM_INTERNAL', `A key of kind ${asymmetricKeyType ?? 'secret'} cannot sign.`);
}
