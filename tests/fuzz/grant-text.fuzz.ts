/** Any bytes as the text of a grant: read or refused with a code and a reason, and never in a second form. */
import { publicKeyText } from '../../src/requests/ed25519.ts';
import { ApproverKeys } from '../../src/requests/grants/approver-keys.ts';
import { GRANT_PREFIX, readGrantText, writeGrantText } from '../../src/requests/grants/grant-text.ts';
import { GRANT } from '../unit/requests/statements.ts';
import { corpusOf, fixedKey, fuzzText } from './signed-text.ts';

const key = fixedKey(7);
const keys = new ApproverKeys([{ publicKey: publicKeyText(key) }]);
const { requester: _, ...forAnyUser } = GRANT;
const TEXTS = [
  writeGrantText(GRANT, key),
  writeGrantText({ ...forAnyUser, device: { kind: 'group', name: 'Laptops' }, uses: 1, reason: 'Ticket 4711' }, key),
  writeGrantText(
    { ...GRANT, arguments: ['', '/quiet', 'A="b c"', '\u00c4\u{1f600}'], fileName: '\u00e4 b.msi', uses: 500 },
    key,
  ),
];
const [MODEL = ''] = TEXTS;

export const corpus = corpusOf(TEXTS);

export function fuzz(bytes: Uint8Array): ReturnType<typeof fuzzText> {
  const kind = {
    prefix: GRANT_PREFIX,
    code: 'EPM_GRANT_INVALID',
    key,
    read: readGrantText,
    isSigned: ({ signed }: ReturnType<typeof readGrantText>) => keys.signersOf(signed).length > 0,
    write: ({ statement }: ReturnType<typeof readGrantText>) => writeGrantText(statement, key),
  } as const;
  return fuzzText(kind, bytes, MODEL);
}
