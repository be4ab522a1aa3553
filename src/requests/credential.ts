/**
 * What proves a person to Windows, as bytes: the form that is sealed for the agent. The secret in it stays in buffers,
 * which can be overwritten; it is never made a text.
 */
import { EpmError } from '../model/errors.ts';

/** A credential as Windows takes it for a logon. */
export type Credential =
  | {
      /** As CredUIPromptForWindowsCredentialsW gave it. */
      readonly form: 'buffer';
      /** Number of the authentication package that the buffer is for. */
      readonly authenticationPackage: number;
      readonly buffer: Uint8Array;
    }
  | {
      readonly form: 'password';
      /** `DOMAIN\name`, `name@domain` or `name`. */
      readonly userName: string;
      /** UTF-16, little-endian. */
      readonly password: Uint8Array;
    };

/** Bytes. A smart card's buffer has some hundred, one of Windows Hello a few thousand. */
export const MAX_CREDENTIAL_BUFFER = 16 * 1024;
/** UTF-16 units: CRED_MAX_USERNAME_LENGTH (wincred.h). */
const MAX_USER_NAME = 513;
/** UTF-16 units, more than any dialog of Windows takes (CREDUI_MAX_PASSWORD_LENGTH in wincred.h is 256). */
const MAX_PASSWORD = 512;
/** Bytes of the longest credential that is written. */
export const MAX_CREDENTIAL = 5 + MAX_CREDENTIAL_BUFFER;

const BUFFER = 1;
const PASSWORD = 2;

/**
 * One byte says the form. `buffer`: the package, 32 bits, then the buffer. `password`: the length of the name in bytes,
 * 16 bits, the name, the password. All numbers are little-endian.
 * @returns bytes that the caller overwrites after use
 * @throws EpmError EPM_CREDENTIAL_INVALID when a part is empty or too long
 */
export function writeCredential(credential: Credential): Uint8Array {
  if (credential.form === 'buffer') {
    checkLength(credential.buffer.length, MAX_CREDENTIAL_BUFFER);
    const bytes = Buffer.alloc(5 + credential.buffer.length);
    bytes.writeUInt8(BUFFER);
    bytes.writeUInt32LE(credential.authenticationPackage, 1);
    bytes.set(credential.buffer, 5);
    return bytes;
  }
  const { userName, password } = credential;
  checkLength(userName.length, MAX_USER_NAME);
  checkLength(password.length, MAX_PASSWORD * 2, 0);
  const name = Buffer.from(userName, 'utf16le');
  const bytes = Buffer.alloc(3 + name.length + password.length);
  bytes.writeUInt8(PASSWORD);
  bytes.writeUInt16LE(name.length, 1);
  bytes.set(name, 3);
  bytes.set(password, 3 + name.length);
  return bytes;
}

/**
 * @returns a credential whose secret is a part of `bytes`: overwriting those overwrites it
 * @throws EpmError EPM_CREDENTIAL_INVALID
 */
export function readCredential(bytes: Uint8Array): Credential {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.length >= 5 && view[0] === BUFFER) {
    const buffer = view.subarray(5);
    checkLength(buffer.length, MAX_CREDENTIAL_BUFFER);
    return { form: 'buffer', authenticationPackage: view.readUInt32LE(1), buffer };
  }
  if (view.length < 3 || view[0] !== PASSWORD) throw malformed('malformed');
  const length = view.readUInt16LE(1);
  const password = view.subarray(3 + length);
  if (length % 2 !== 0 || 3 + length > view.length || password.length % 2 !== 0) throw malformed('malformed');
  checkLength(length, MAX_USER_NAME * 2);
  checkLength(password.length, MAX_PASSWORD * 2, 0);
  const userName = view.toString('utf16le', 3, 3 + length);
  if (!userName.isWellFormed() || /\p{Cc}/u.test(userName)) throw malformed('malformed');
  return { form: 'password', userName, password };
}

function checkLength(length: number, maximum: number, minimum = 1): void {
  if (length < minimum) throw malformed('empty');
  if (length > maximum) throw malformed('tooLong');
}

function malformed(reason: 'malformed' | 'empty' | 'tooLong'): EpmError {
  return new EpmError('EPM_CREDENTIAL_INVALID', 'The credential does not have the form of one.', { data: { reason } });
}
