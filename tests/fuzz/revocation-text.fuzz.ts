/** Any bytes as the text of a revocation: read or refused with a code and a reason, and never in a second form. */
import { publicKeyText } from '../../src/requests/ed25519.ts';
import { ApproverKeys } from '../../src/requests/grants/approver-keys.ts';
import {
  readRevocationText,
  REVOCATION_PREFIX,
  writeRevocationText,
} from '../../src/requests/grants/revocation-text.ts';
import { GRANT } from '../unit/requests/statements.ts';
import { corpusOf, fixedKey, fuzzText } from './signed-text.ts';

const key = fixedKey(7);
const keys = new ApproverKeys([{ publicKey: publicKeyText(key) }]);
const { id, requestId, device, from: time } = GRANT;
const TEXTS = [
  writeRevocationText({ of: id, device, time, reason: 'Wrong file' }, key),
  writeRevocationText({ of: requestId, device, time }, key),
  writeRevocationText({ of: requestId, device: { kind: 'group', name: 'Laptops' }, time: 0, reason: 'Ü' }, key),
];
const [MODEL = ''] = TEXTS;

export const corpus = corpusOf(TEXTS);

export function fuzz(bytes: Uint8Array): ReturnType<typeof fuzzText> {
  const kind = {
    prefix: REVOCATION_PREFIX,
    code: 'EPM_REVOCATION_TEXT_INVALID',
    key,
    read: readRevocationText,
    isSigned: ({ signed }: ReturnType<typeof readRevocationText>) => keys.signersOf(signed).length > 0,
    write: ({ statement }: ReturnType<typeof readRevocationText>) => writeRevocationText(statement, key),
  } as const;
  return fuzzText(kind, bytes, MODEL);
}
