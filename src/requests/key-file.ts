/**
 * The file of an approver's key: PKCS#8 in PEM, encrypted with a passphrase, as OpenSSL and most other tools read it
 * (RFC 5958, RFC 8018, RFC 7914).
 *
 * Written by hand, because Node derives the key of the encryption with 2,048 rounds of PBKDF2 and takes no other number:
 * whoever gets hold of a file could try passphrases by the million. scrypt takes a quarter of a second and 16 MiB for
 * each. Reading is left to OpenSSL.
 */
import { createCipheriv, createPrivateKey, type KeyObject, randomBytes, scryptSync } from 'node:crypto';
import { EpmError } from '../model/errors.ts';

const LABEL = 'ENCRYPTED PRIVATE KEY';
const PEM = new RegExp(`^-----BEGIN ${LABEL}-----\\s([A-Za-z0-9+/=\\s]+)-----END ${LABEL}-----$`);

/** Characters. */
export const MIN_PASSPHRASE = 12;
export const MAX_PASSPHRASE = 1024;
/** Of a key file, bytes; ours have a tenth of it. */
const MAX_KEY_FILE = 4096;

/** What OpenSSL reads without being asked for more memory, with the cost that OWASP's Password Storage Cheat Sheet gives it. */
const COST = { N: 2 ** 14, r: 8, p: 5 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
const BLOCK = 16;

/** Object identifiers, DER: PBES2 and AES-256-CBC of RFC 8018, scrypt of RFC 7914. */
const PBES2 = Buffer.from('06092a864886f70d01050d', 'hex');
const SCRYPT = Buffer.from('06092b06010401da47040b', 'hex');
const AES_256_CBC = Buffer.from('060960864801650304012a', 'hex');

/**
 * @param key private, Ed25519
 * @throws EpmError EPM_APPROVER_KEY_INVALID, reason `passphrase`, when that is too short or too long
 */
export function writeKeyFile(key: KeyObject, passphrase: string): string {
  const length = Array.from(passphrase).length;
  if (length < MIN_PASSPHRASE || length > MAX_PASSPHRASE) {
    throw keyError(
      'passphrase',
      `The passphrase has ${length} characters; it needs ${MIN_PASSPHRASE} to ${MAX_PASSPHRASE}.`,
      'Take a sentence that nobody else would think of.',
    );
  }
  const salt = randomBytes(SALT_BYTES);
  const vector = randomBytes(BLOCK);
  const derived = scryptSync(passphrase, salt, KEY_BYTES, COST);
  const cipher = createCipheriv('aes-256-cbc', derived, vector);
  const plain = key.export({ type: 'pkcs8', format: 'der' });
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  derived.fill(0);
  const derivation = sequence(SCRYPT, sequence(octets(salt), number(COST.N), number(COST.r), number(COST.p)));
  const encryption = sequence(AES_256_CBC, octets(vector));
  const der = sequence(sequence(PBES2, sequence(derivation, encryption)), octets(body));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${LABEL}-----\n${lines.join('\n')}\n-----END ${LABEL}-----\n`;
}

/**
 * @returns the private key, Ed25519
 * @throws EpmError EPM_APPROVER_KEY_INVALID, with `data.reason`: `form`, `passphrase` or `kind`
 */
export function readKeyFile(text: string, passphrase: string): KeyObject {
  const pem = text.trim();
  if (text.length > MAX_KEY_FILE || !PEM.test(pem)) {
    const isPlain = pem.startsWith('-----BEGIN') && pem.includes('PRIVATE KEY') && !pem.includes(LABEL);
    throw keyError(
      'form',
      isPlain ? 'The key is not encrypted.' : 'The file is no encrypted private key in PEM (PKCS#8).',
      isPlain ? 'Encrypt it: openssl pkcs8 -topk8 -scrypt.' : 'Give the file that `epm approval-key new` wrote.',
    );
  }
  let key: KeyObject;
  try {
    key = createPrivateKey({ key: pem, passphrase });
  } catch {
    // Without the cause: a wrong passphrase and a damaged file look the same.
    throw keyError('passphrase', 'The passphrase does not open the key, or the file is damaged.', 'Try again.');
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    const kind = key.asymmetricKeyType ?? 'unknown';
    throw keyError(
      'kind',
      `The key is of kind ${kind}; approvals are signed with Ed25519.`,
      'Make a key with `epm approval-key new`.',
    );
  }
  return key;
}

function keyError(reason: 'form' | 'passphrase' | 'kind', message: string, hint: string): EpmError {
  return new EpmError('EPM_APPROVER_KEY_INVALID', message, { hint, data: { reason } });
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tagged(0x30, Buffer.concat(parts));
const octets = (bytes: Uint8Array): Buffer => tagged(0x04, bytes);

/** @param value below 2^31 */
function number(value: number): Buffer {
  const digits = value.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  return tagged(0x02, (bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.of(0), bytes]));
}

/** @param content shorter than 256 bytes, as everything here is */
function tagged(tag: number, content: Uint8Array): Buffer {
  const length = content.length < 0x80 ? [content.length] : [0x81, content.length];
  return Buffer.concat([Buffer.of(tag, ...length), content]);
}
