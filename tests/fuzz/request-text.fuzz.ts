/** Any bytes as the text of a support request: read or refused with a code and a reason, and never in a second form. */
import { publicKeyText } from '../../src/requests/ed25519.ts';
import { readRequestText, REQUEST_PREFIX, writeRequestText } from '../../src/requests/request-text.ts';
import { certificate, requestOf } from '../unit/requests/statements.ts';
import { corpusOf, fixedKey, fuzzText } from './signed-text.ts';

const key = fixedKey(9);
const FULL = requestOf(publicKeyText(key));
const { fileHash, fileName, filePath } = FULL.applicationDetail;
const { requestedByUserPrincipalName: _n, fromInternet: _i, rule: _r, ...rest } = FULL;
const certificateChain = [certificate('Example Ltd', 40), certificate('Example Root', 20)];
const TEXTS = [
  writeRequestText({ ...FULL, applicationDetail: { ...FULL.applicationDetail, certificateChain } }, key),
  writeRequestText({ ...rest, arguments: [], applicationDetail: { fileHash, fileName, filePath } }, key),
];
const [MODEL = ''] = TEXTS;

export const corpus = corpusOf(TEXTS);

export function fuzz(bytes: Uint8Array): ReturnType<typeof fuzzText> {
  const kind = {
    prefix: REQUEST_PREFIX,
    code: 'EPM_REQUEST_TEXT_INVALID',
    key,
    read: readRequestText,
    isSigned: () => true,
    write: ({ request }: ReturnType<typeof readRequestText>) => writeRequestText(request, key),
  } as const;
  return fuzzText(kind, bytes, MODEL);
}
