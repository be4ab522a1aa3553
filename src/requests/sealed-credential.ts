/**
 * A credential on its way to the agent. The agent makes a key for each question; whoever answers encrypts to it, so that
 * nothing that copies the message, such as a trace or a crash dump of a client, holds the credential for longer than the
 * question lives.
 *
 * Standard parts that Windows PowerShell's .NET Framework has too (module/Private/Credential.ps1):
 * - key agreement: ECDH on P-256 with a new key of the sender (NIST SP 800-56A);
 * - keys: SHA-256(counter, 32 bits big-endian ‖ shared secret ‖ info), counter 1 to encrypt and 2 to authenticate
 *   (the one-step derivation of NIST SP 800-56C); info = label ‖ ticket ‖ key of the agent ‖ key of the sender;
 * - encryption: AES-256-CBC, then HMAC-SHA-256 over the initialisation vector and the ciphertext.
 * Sealed: key of the sender (65 bytes) ‖ initialisation vector (16) ‖ ciphertext ‖ HMAC (32), in base64.
 */
import {
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  type ECDH,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { EpmError } from '../model/errors.ts';
import { MAX_CREDENTIAL } from './credential.ts';

const CURVE = 'prime256v1';
const CIPHER = 'aes-256-cbc';
const LABEL = 'EPM credential 1';
/** An uncompressed point: 4, x, y. */
const POINT = 65;
const BLOCK = 16;
const MAC = 32;

/** Characters of the longest sealed credential. */
export const MAX_SEALED = Math.ceil((POINT + BLOCK + MAX_CREDENTIAL + BLOCK + MAC) / 3) * 4;

/** The agent's key of one question. It opens once; then, and when it is dropped, nobody can open what was sealed to it. */
export class CredentialKey {
  #ecdh: ECDH | undefined = createECDH(CURVE);
  /** Base64 of the point, for the client. */
  readonly publicKey: string;

  constructor() {
    this.publicKey = this.#key().generateKeys('base64', 'uncompressed');
  }

  /**
   * Uses the key up, whatever comes of it.
   * @param ticket of the question that the key was made for
   * @returns what was sealed, which the caller overwrites after use
   * @throws EpmError EPM_CREDENTIAL_INVALID; the message is the same for every reason
   */
  open(ticket: string, sealed: string): Uint8Array {
    const ecdh = this.#key();
    this.#ecdh = undefined;
    const bytes = Buffer.from(sealed, 'base64');
    if (bytes.length < POINT + BLOCK + BLOCK + MAC || bytes[0] !== 4) throw unreadable();
    const point = bytes.subarray(0, POINT);
    const vector = bytes.subarray(POINT, POINT + BLOCK);
    const body = bytes.subarray(POINT, -MAC);
    let keys: Keys;
    try {
      keys = derive(ecdh.computeSecret(point), ticket, this.publicKey, point);
    } catch {
      // Not a point of the curve.
      throw unreadable();
    }
    try {
      if (!timingSafeEqual(macOf(keys, body), bytes.subarray(-MAC))) throw unreadable();
      const decipher = createDecipheriv(CIPHER, keys.encryption, vector);
      return joined(decipher.update(body.subarray(BLOCK)), decipher.final());
    } catch {
      throw unreadable();
    } finally {
      wipe(keys.encryption, keys.authentication);
    }
  }

  #key(): ECDH {
    if (this.#ecdh === undefined) throw unreadable();
    return this.#ecdh;
  }
}

/**
 * @param credential bytes of {@link writeCredential}; the caller overwrites them
 * @param ticket of the answer that asked for it
 * @param agentKey of the same answer, base64
 * @throws EpmError EPM_CREDENTIAL_INVALID when that is no key
 */
export function sealCredential(credential: Uint8Array, ticket: string, agentKey: string): string {
  const own = createECDH(CURVE);
  const point = own.generateKeys();
  let keys: Keys;
  try {
    keys = derive(own.computeSecret(agentKey, 'base64'), ticket, agentKey, point);
  } catch (cause) {
    throw new EpmError('EPM_CREDENTIAL_INVALID', 'The key to encrypt the credential to is none.', {
      cause,
      data: { reason: 'key' },
    });
  }
  try {
    const vector = randomBytes(BLOCK);
    const cipher = createCipheriv(CIPHER, keys.encryption, vector);
    const body = Buffer.concat([vector, cipher.update(credential), cipher.final()]);
    return Buffer.concat([point, body, macOf(keys, body)]).toString('base64');
  } finally {
    wipe(keys.encryption, keys.authentication);
  }
}

/** Overwrites what held a secret. */
export function wipe(...secrets: readonly (Uint8Array | undefined)[]): void {
  for (const secret of secrets) secret?.fill(0);
}

interface Keys {
  readonly encryption: Buffer;
  readonly authentication: Buffer;
}

function derive(shared: Buffer, ticket: string, agentKey: string, point: Uint8Array): Keys {
  try {
    const info = Buffer.concat([Buffer.from(LABEL + ticket, 'ascii'), Buffer.from(agentKey, 'base64'), point]);
    const key = (counter: number): Buffer =>
      createHash('sha256')
        .update(Uint8Array.of(0, 0, 0, counter))
        .update(shared)
        .update(info)
        .digest();
    return { encryption: key(1), authentication: key(2) };
  } finally {
    wipe(shared);
  }
}

function macOf({ authentication }: Keys, body: Uint8Array): Buffer {
  return createHmac('sha256', authentication).update(body).digest();
}

/** One buffer of two, which are overwritten. */
function joined(first: Buffer, second: Buffer): Uint8Array {
  const whole = Buffer.concat([first, second]);
  wipe(first, second);
  return whole;
}

function unreadable(): EpmError {
  return new EpmError('EPM_CREDENTIAL_INVALID', 'The credential cannot be read with the key of the question.', {
    data: { reason: 'unreadable' },
  });
}
