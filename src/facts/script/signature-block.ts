/**
 * The comment block at the end of a script that carries its signature:
 *
 *   # SIG # Begin signature block
 *   # MIIFqQYJKoZIhvcNAQcC…          64 characters of base64 a line
 *   # SIG # End signature block
 *
 * What Windows makes of it (pwrshsip.dll) is not documented; these are the facts that open implementations agree on
 * (osslsigncode script.c, jsign, OpenAuthenticode, which compares its results with Windows): the block starts with the
 * CRLF before its first line, everything before that CRLF is signed, as UTF-16LE text with the byte order mark as
 * U+FEFF where the file has one, and the last line is followed by one or two line-end characters and nothing else.
 * PowerShell's own parser knows the first line in any case and spacing and refuses code after it
 * (TokenAfterEndOfValidScriptText). A block that is not exactly so does not count here.
 */
import type { ScriptFacts } from '../../model/file-facts.ts';
import type { Turns } from '../turns.ts';
import type { ScriptText } from './encoding.ts';
import { scan } from './scan.ts';

type SignatureBlock =
  | { readonly state: 'none' }
  | { readonly state: Exclude<NonNullable<ScriptFacts['signatureBlock']>, 'counted'> }
  | {
      readonly state: 'counted';
      /** DER of the PKCS#7 message. */
      readonly message: Uint8Array;
      /** Characters of the text, from its beginning, that are signed. */
      readonly signedLength: number;
    };

const BEGIN = '# SIG # Begin signature block';
const END = '# SIG # End signature block';
/** Characters of base64. A message with a long chain and a timestamp has about 15,000; nested ones a few times that. */
const MAX_BASE64 = 1024 * 1024;
/** What Windows accepts after the last line. */
const ALLOWED_ENDS: readonly string[] = ['\r', '\n', '\r\n', '\n\r', '\r\r', '\n\n'];

/** The first line as PowerShell's tokenizer knows it: white space and case do not matter. */
const TIGHT_BEGIN = '#sig#beginsignatureblock';
const BLANK = /[^\S\r\n]/;
/** Steps of a place where it could begin. */
const CANDIDATE_STEPS = 4;

/**
 * Finds the block in the text of a script; it may hold such lines in a string.
 * @throws what `turns` throws
 */
export async function findSignatureBlock(
  { text, encoding, byteOrderMark }: ScriptText,
  turns: Turns,
): Promise<SignatureBlock> {
  const [first, second] = await findBegins(text, turns);
  if (first === undefined) return { state: 'none' };
  if (second !== undefined) return { state: 'several' };
  const start = first - 2;
  const body = first + BEGIN.length + 2;
  if (start < 0 || text.slice(start, body) !== `\r\n${BEGIN}\r\n`) return { state: 'misplaced' };
  // Only UTF-8 and UTF-16 have a form that Windows signs, and text that depends on the machine has no digest.
  if (!(encoding === 'utf8' || encoding === 'utf16le' || encoding === 'utf16be')) return { state: 'encodingUnclear' };
  const end = text.indexOf(END, body);
  if (end === -1) return { state: 'malformed' };
  if (!ALLOWED_ENDS.includes(text.slice(end + END.length))) return { state: 'misplaced' };
  const message = end - body > 2 * MAX_BASE64 ? undefined : decodeLines(text.slice(body, end));
  // The mark alone is no script, and a block at the very beginning signs nothing.
  if (message === undefined || start === (byteOrderMark ? 1 : 0)) return { state: 'malformed' };
  return { state: 'counted', message, signedLength: start };
}

/** Where the first two of them begin. */
async function findBegins(text: string, turns: Turns): Promise<readonly number[]> {
  const begins: number[] = [];
  let from = 0;
  while (begins.length < 2) {
    const at = text.indexOf('#', from);
    if (at === -1) break;
    const result = endOfBegin(text, at, 0, turns);
    const end = result instanceof Promise ? await result : result;
    if (end !== undefined) begins.push(at);
    const turn = turns.take((end ?? at) - from + CANDIDATE_STEPS);
    from = end ?? at + 1;
    if (turn !== undefined) await turn;
  }
  return begins;
}

/** Where such a line ends of which so many characters were found before `at`; undefined: it is none. */
function endOfBegin(
  text: string,
  at: number,
  found: number,
  turns: Turns,
): number | undefined | Promise<number | undefined> {
  let index = at;
  for (let matched = found; matched < TIGHT_BEGIN.length; matched += 1) {
    if (matched > 0) {
      const next = scan(text, index, (each) => !BLANK.test(text[each] ?? ''), turns);
      if (next instanceof Promise) return next.then((place) => endOfBegin(text, place, matched, turns));
      index = next;
    }
    if (lowerAscii(text.charCodeAt(index)) !== TIGHT_BEGIN.charCodeAt(matched)) return undefined;
    index += 1;
  }
  return index;
}

/** Other letters have no lower case here: U+212A is no K. */
function lowerAscii(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

/** Each line `# `, 1 to 64 characters of base64, CRLF; undefined when it is anything else. */
function decodeLines(text: string): Uint8Array | undefined {
  const lines = text.split('\r\n');
  if (lines.pop() !== '' || lines.length === 0) return undefined;
  if (!lines.every((line) => /^# [A-Za-z0-9+/]{0,64}={0,2}$/.test(line) && line.length <= 66)) return undefined;
  const base64 = lines.map((line) => line.slice(2)).join('');
  if (base64.length > MAX_BASE64) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  // Node passes over what it cannot decode; only text that comes back the same was base64.
  return bytes.length > 0 && bytes.toString('base64') === base64 ? bytes : undefined;
}
