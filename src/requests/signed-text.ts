/**
 * Signed statements as texts that people paste, scan and put into policies: a prefix, then COSE_Sign1 (RFC 9052) in
 * base64url. COSE, because a grant has to fit into 300 characters and a QR code, and JSON signatures would take twice
 * that; without the tag, because the prefix says what it is.
 *
 * Nothing can be chosen: the algorithm is Ed25519 by its own number (-19, RFC 9864), the headers are the two below, and
 * the prefix is signed too, as external data, so that a signature for one kind of text never fits another. There is one
 * text for a statement and a key: Ed25519 is deterministic, and whatever is not in the one form is refused.
 */
import type { KeyObject } from 'node:crypto';
import type { ErrorCode } from '../model/error-codes.ts';
import { EpmError } from '../model/errors.ts';
import { isSignedBy, signBytes, SIGNATURE_BYTES } from './ed25519.ts';
import { type CborMap, readCbor, writeCbor } from './strict-cbor.ts';
import { textKind } from './text-kinds.ts';

/** Characters of the longest text. */
export const MAX_SIGNED_TEXT = 4096;
/** Characters of the longest paste, with its line breaks. */
export const MAX_PASTE = 4 * MAX_SIGNED_TEXT;

/** Labels of COSE headers, and the number of the algorithm. */
const ALGORITHM = 1;
const KEY_ID = 4;
const ED25519 = -19;

/** A kind of text. */
export interface TextForm {
  readonly prefix: string;
  /** As the subject of a sentence. */
  readonly name: string;
  readonly code: ErrorCode;
  /** Bytes of the key id. */
  readonly keyIdBytes: number;
}

/** Why a text is refused. */
export const TEXT_FAULTS = {
  tooLong: 'is too long',
  prefix: 'does not begin as one',
  encoding: 'is cut off or was changed: it is not base64url',
  form: 'is cut off or was changed: it is not in the one form that is signed',
  algorithm: 'names another algorithm than Ed25519',
  member: 'has a member that is missing, unknown or wrong',
  signature: 'was changed: its signature does not fit',
  device: 'names another device than the one that signed it',
} as const;

type TextFault = keyof typeof TEXT_FAULTS;

/** @param text of another kind, perhaps */
export function textError(form: TextForm, reason: TextFault, member?: string, text = ''): EpmError {
  const where = member === undefined ? '' : ` (${member})`;
  const kind = textKind(text);
  const other = kind === undefined ? '' : ` It is ${kind.what}.`;
  return new EpmError(form.code, `${form.name} ${TEXT_FAULTS[reason]}${where}.${other}`, {
    ...(kind === undefined ? {} : { hint: kind.hint }),
    data: { reason, ...(member === undefined ? {} : { member }) },
  });
}

/** A text whose form is right. Whoever signed it is not known yet. */
export class SignedText {
  readonly payload: CborMap;
  /** What the text says of the key; a hint. */
  readonly keyId: Uint8Array;
  readonly #signed: Uint8Array;
  readonly #signature: Uint8Array;

  constructor(payload: CborMap, keyId: Uint8Array, signed: Uint8Array, signature: Uint8Array) {
    this.payload = payload;
    this.keyId = keyId;
    this.#signed = signed;
    this.#signature = signature;
  }

  isSignedBy(key: KeyObject): boolean {
    return isSignedBy(this.#signed, this.#signature, key);
  }
}

/**
 * @param key private
 * @returns undefined: it would be longer than any text may be
 * @throws EpmError EPM_INTERNAL for a key of another kind
 */
export function writeSignedText(
  form: TextForm,
  payload: CborMap,
  keyId: Uint8Array,
  key: KeyObject,
): string | undefined {
  const headers = writeCbor(headersOf(keyId));
  const content = writeCbor(payload);
  const signature = signBytes(bytesToSign(form, headers, content), key);
  const bytes = writeCbor([headers, new Map(), content, signature]);
  const text = form.prefix + Buffer.from(bytes).toString('base64url');
  return text.length > MAX_SIGNED_TEXT ? undefined : text;
}

/**
 * @param text as it was pasted: white space anywhere is dropped
 * @throws EpmError of the form
 */
export function readSignedText(form: TextForm, text: string): SignedText {
  const bytes = bytesOf(form, text);
  const whole = readCbor(bytes);
  if (!Array.isArray(whole) || whole.length !== 4) throw textError(form, 'form');
  const [headers, unprotected, content, signature] = whole as readonly unknown[];
  if (!isBytes(headers) || !isMap(unprotected) || unprotected.size > 0 || !isBytes(content) || !isBytes(signature))
    throw textError(form, 'form');
  const keyId = keyIdOf(form, headers);
  const payload = readCbor(content);
  if (!isMap(payload) || signature.length !== SIGNATURE_BYTES) throw textError(form, 'form');
  return new SignedText(payload, keyId, bytesToSign(form, headers, content), signature);
}

function bytesOf(form: TextForm, text: string): Uint8Array {
  const compact = text.length > MAX_PASTE ? undefined : text.replace(/\s+/g, '');
  if (compact === undefined || compact.length > MAX_SIGNED_TEXT) throw textError(form, 'tooLong');
  if (!compact.startsWith(form.prefix)) throw textError(form, 'prefix', undefined, compact);
  const encoded = compact.slice(form.prefix.length);
  const bytes = Buffer.from(encoded, 'base64url');
  // Node passes over what is no digit, and over bits behind the last byte.
  if (bytes.toString('base64url') !== encoded) throw textError(form, 'encoding');
  return bytes;
}

function keyIdOf(form: TextForm, headers: Uint8Array): Uint8Array {
  const map = readCbor(headers);
  if (!isMap(map)) throw textError(form, 'form');
  if (map.get(ALGORITHM) !== ED25519) throw textError(form, 'algorithm');
  const keyId = map.get(KEY_ID);
  if (map.size !== 2 || !isBytes(keyId) || keyId.length !== form.keyIdBytes) throw textError(form, 'form');
  return keyId;
}

function headersOf(keyId: Uint8Array): CborMap {
  return new Map<number, number | Uint8Array>([
    [ALGORITHM, ED25519],
    [KEY_ID, keyId],
  ]);
}

/** Sig_structure of RFC 9052, 4.4. */
function bytesToSign(form: TextForm, headers: Uint8Array, content: Uint8Array): Uint8Array {
  return writeCbor(['Signature1', headers, Buffer.from(form.prefix, 'ascii'), content]);
}

function isBytes(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array;
}

function isMap(value: unknown): value is CborMap {
  return value instanceof Map;
}
