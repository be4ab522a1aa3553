/**
 * Branded primitive types. A branded value can only be made by its constructor, so a function that takes
 * a `Sha256` can never be handed an unchecked string.
 */
import { EpmError } from './errors.ts';

declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** SHA-256 digest as 64 lower-case hexadecimal digits. */
export type Sha256 = Brand<string, 'Sha256'>;
/** File digest (SHA-256, SHA-384 or SHA-512) as 64, 96 or 128 lower-case hexadecimal digits. */
export type FileHash = Brand<string, 'FileHash'>;
/** Security identifier in string form, `S-1-…` ([MS-DTYP] 2.4.2.1). */
export type Sid = Brand<string, 'Sid'>;
/** Version as four numbers 0–65535, most significant first. */
export type Version = readonly [number, number, number, number];

const SID_PATTERN = /^S-1-(?:0x[0-9a-f]{12}|\d{1,10})(?:-\d{1,10}){1,15}$/i;

/** @throws EpmError EPM_SID_INVALID when `text` is not a SID in string form. */
export function sid(text: string): Sid {
  if (text.length > 184 || !SID_PATTERN.test(text)) {
    throw new EpmError('EPM_SID_INVALID', `"${text.slice(0, 64)}" is not a security identifier.`, {
      hint: 'Write it as S-1-…, as `whoami /user` prints it.',
    });
  }
  return text.toUpperCase() as Sid;
}

/** @throws EpmError EPM_HASH_INVALID when `text` is not 64 hexadecimal digits. */
export function sha256(text: string): Sha256 {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw hashError(text, '64 hexadecimal digits (SHA-256)');
  return text.toLowerCase() as Sha256;
}

/** @throws EpmError EPM_HASH_INVALID when `text` is not 64, 96 or 128 hexadecimal digits. */
export function fileHash(text: string): FileHash {
  if (!/^(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})$/i.test(text)) {
    throw hashError(text, '64, 96 or 128 hexadecimal digits (SHA-256, SHA-384, SHA-512)');
  }
  return text.toLowerCase() as FileHash;
}

function hashError(text: string, expected: string): EpmError {
  return new EpmError('EPM_HASH_INVALID', `"${text.slice(0, 24)}" is not a file hash.`, {
    hint: `Give ${expected}, for example from Get-FileHash.`,
  });
}
