/** A grant as the text that people paste, scan and put into policies (decision G3). */
import type { KeyObject } from 'node:crypto';
import { GRANT_FIELDS, type GrantKind, type GrantStatement, type GrantValue } from '../../model/grant.ts';
import { publicKeyText } from '../ed25519.ts';
import { readSignedText, type SignedText, textError, type TextForm, writeSignedText } from '../signed-text.ts';
import { StatementForm, type ValueCodec } from '../statement.ts';
import { TEXT_KINDS } from '../text-kinds.ts';
import { digest, fixedBytes, sid, texts, wholeNumber } from '../values.ts';
import { device, KEY_ID_BYTES, keyIdOf, name, reason, time } from './grant-values.ts';

export const GRANT_PREFIX = TEXT_KINDS.grant.prefix;

const FORM: TextForm = {
  prefix: GRANT_PREFIX,
  name: 'The grant',
  code: 'EPM_GRANT_INVALID',
  keyIdBytes: KEY_ID_BYTES,
};

/** Characters that no name of a file has in Windows ("Naming Files, Paths, and Namespaces", Microsoft Learn). */
const NO_FILE_NAME = /[\p{Cc}"*/:<>?\\|]/u;

const CODECS = {
  grantId: fixedBytes(8, 'hex'),
  requestId: fixedBytes(16, 'base64url'),
  device,
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
  time,
  uses: wholeNumber(1, 65_535),
  reason,
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

function requireInterval({ from, until }: GrantStatement): void {
  if (until <= from) throw textError(FORM, 'member', 'until');
}
