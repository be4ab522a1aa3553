/** A grant as the text that people paste, scan and put into policies (decision G3). */
import type { KeyObject } from 'node:crypto';
import { createHash } from 'node:crypto';
import {
  GRANT_FIELDS,
  type GrantDevice,
  type GrantKind,
  type GrantStatement,
  type GrantValue,
} from '../../model/grant.ts';
import { publicKeyText } from '../ed25519.ts';
import { readSignedText, type SignedText, textError, type TextForm, writeSignedText } from '../signed-text.ts';
import { StatementForm, type ValueCodec } from '../statement.ts';
import { digest, fixedBytes, guid, isBytesOf, sid, text, texts, wholeNumber } from '../values.ts';
import { parseJustification } from '../justification.ts';

export const GRANT_PREFIX = 'EPM1.';
const KEY_ID_BYTES = 4;

const FORM: TextForm = {
  prefix: GRANT_PREFIX,
  name: 'The grant',
  code: 'EPM_GRANT_INVALID',
  keyIdBytes: KEY_ID_BYTES,
};

/** UTF-16 units of the longest name of a file in NTFS, and of a group of devices. */
const MAX_NAME = 255;
/** Seconds: the end of the year 9999. */
const LAST_TIME = 253_402_300_799;

/** Characters that no name of a file has in Windows ("Naming Files, Paths, and Namespaces", Microsoft Learn). */
const NO_FILE_NAME = /[\p{Cc}"*/:<>?\\|]/u;

const name = text(MAX_NAME);
const seconds = wholeNumber(0, LAST_TIME);

const CODECS = {
  grantId: fixedBytes(8, 'hex'),
  requestId: fixedBytes(16, 'base64url'),
  device: {
    write: (device) => (device.kind === 'device' ? guid.write(device.id) : name.write(device.name)),
    read: readDevice,
  },
  sid,
  digest,
  fileName: {
    write: (value) => name.write(value),
    read(value) {
      const found = name.read(value);
      return found === undefined || NO_FILE_NAME.test(found) ? undefined : found;
    },
  },
  arguments: texts,
  time: {
    write: (milliseconds) => milliseconds / 1000,
    read(value) {
      const found = seconds.read(value);
      return found === undefined ? undefined : found * 1000;
    },
  },
  uses: wholeNumber(1, 65_535),
  reason: { write: (value) => value, read: (value) => (isOneLine(value) ? value : undefined) },
} as const satisfies { readonly [K in GrantKind]: ValueCodec<GrantValue<K>> };

const STATEMENT = new StatementForm<GrantStatement>(GRANT_FIELDS, CODECS);

/** A grant that was read. Whether it counts is another matter: first somebody has to find who signed it. */
export interface ReadGrant {
  readonly statement: GrantStatement;
  readonly signed: SignedText;
}

/**
 * @param key private key of the approver, Ed25519
 * @throws EpmError EPM_GRANT_INVALID, with `data.reason` and the member that cannot be stated
 */
export function writeGrantText(statement: GrantStatement, key: KeyObject): string {
  requireInterval(statement);
  const text = writeSignedText(FORM, STATEMENT.write(FORM, statement), keyIdOf(publicKeyText(key)), key);
  if (text === undefined) throw textError(FORM, 'tooLong');
  return text;
}

/**
 * @param text from anywhere, white space included
 * @throws EpmError EPM_GRANT_INVALID, with `data.reason`: one of TEXT_FAULTS
 */
export function readGrantText(text: string): ReadGrant {
  const signed = readSignedText(FORM, text);
  const statement = STATEMENT.read(FORM, signed.payload);
  requireInterval(statement);
  return { statement, signed };
}

/** What a grant says of its key: the first bytes of the SHA-256 of the public one. Several keys may have the same. */
export function keyIdOf(publicKey: string): Uint8Array {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest().subarray(0, KEY_ID_BYTES);
}

function requireInterval({ from, until }: GrantStatement): void {
  if (until <= from) throw textError(FORM, 'member', 'until');
}

function readDevice(value: unknown): GrantDevice | undefined {
  if (isBytesOf(value, 16)) return { kind: 'device', id: guid.read(value) ?? '' };
  const group = name.read(value);
  return group === undefined ? undefined : { kind: 'group', name: group };
}

function isOneLine(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > 1024) return false;
  try {
    return parseJustification(value) === value;
  } catch {
    return false;
  }
}
