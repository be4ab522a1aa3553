/** A revocation as the text that approvers sign and any carrier brings to its devices. */
import type { KeyObject } from 'node:crypto';
import {
  REVOCATION_FIELDS,
  type RevocationKind,
  type RevocationStatement,
  type RevocationValue,
} from '../../model/revocation-statement.ts';
import { publicKeyText } from '../ed25519.ts';
import { readSignedText, type SignedText, textError, type TextForm, writeSignedText } from '../signed-text.ts';
import { StatementForm, type ValueCodec } from '../statement.ts';
import { TEXT_KINDS } from '../text-kinds.ts';
import { fixedBytes, isBytesOf } from '../values.ts';
import { device, KEY_ID_BYTES, keyIdOf, reason, time } from './grant-values.ts';

export const REVOCATION_PREFIX = TEXT_KINDS.revocation.prefix;

const FORM: TextForm = {
  prefix: REVOCATION_PREFIX,
  name: 'The revocation',
  code: 'EPM_REVOCATION_TEXT_INVALID',
  keyIdBytes: KEY_ID_BYTES,
};

const GRANT_ID_BYTES = 8;
const GRANT_ID = /^[0-9a-f]{16}$/;
const grantId = fixedBytes(GRANT_ID_BYTES, 'hex');
const requestId = fixedBytes(16, 'base64url');

const CODECS = {
  subject: {
    write: (value) => (GRANT_ID.test(value) ? grantId : requestId).write(value),
    read: (value) => (isBytesOf(value, GRANT_ID_BYTES) ? grantId : requestId).read(value),
  },
  device,
  time,
  reason,
} as const satisfies { readonly [K in RevocationKind]: ValueCodec<RevocationValue<K>> };

const STATEMENT = new StatementForm<RevocationStatement>(REVOCATION_FIELDS, CODECS);

/** A revocation that was read. Who signed it is another matter. */
export interface ReadRevocation {
  readonly statement: RevocationStatement;
  readonly signed: SignedText;
}

/**
 * @param key private key of an approver, Ed25519
 * @throws EpmError EPM_REVOCATION_TEXT_INVALID, with `data.reason` and the member that cannot be stated
 */
export function writeRevocationText(statement: RevocationStatement, key: KeyObject): string {
  const text = writeSignedText(FORM, STATEMENT.write(FORM, statement), keyIdOf(publicKeyText(key)), key);
  if (text === undefined) throw textError(FORM, 'tooLong');
  return text;
}

/**
 * @param text from anywhere, white space included
 * @throws EpmError EPM_REVOCATION_TEXT_INVALID, with `data.reason`: one of TEXT_FAULTS
 */
export function readRevocationText(text: string): ReadRevocation {
  const signed = readSignedText(FORM, text);
  return { statement: STATEMENT.read(FORM, signed.payload), signed };
}
