/**
 * Line comments of a script, found without PowerShell's tokenizer.
 *
 * As long as the text is plain (comments, strings, here-strings, words) this follows it exactly and leaves out what is
 * inside of strings and block comments. At the first thing that needs more than that (an expression inside a string or
 * a word, an escaped character, `#` or a quote inside a word, verbatim arguments after `--%`, text of an unknown code
 * page) it stops following, and from there on every `#` counts as the beginning of a comment. So of a script that
 * PowerShell accepts it can name too much, never too little.
 */

const SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b";
const DOUBLE_QUOTES = '"\u201c\u201d\u201e';
/** Characters after which a new token starts: separators, and white space as PowerShell knows it. */
const BEFORE_TOKEN = /[(){};,|&\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/**
 * Calls back with every place where a line comment begins, and its end.
 * @param isAnsi characters above U+007F are bytes of an unknown code page
 */
export function eachComment(text: string, isAnsi: boolean, found: (start: number, end: number) => void): void {
  const word = /[\w.:\\/=+*!?^~[\]-]+/y;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let startsToken = true;
  while (at < text.length) {
    word.lastIndex = at;
    if (word.test(text)) {
      at = word.lastIndex;
      startsToken = false;
      continue;
    }
    const character = text[at] ?? '';
    const next = follow(text, at, character, startsToken, isAnsi);
    if (next === undefined) {
      everyNumberSign(text, at, found);
      return;
    }
    if (character === '#') found(at, next);
    const isBlockComment = character === '<' && next - at > 1;
    startsToken = isBlockComment || character === '#' || character === '`' || BEFORE_TOKEN.test(character);
    at = next;
  }
}

/** Where the scan goes on; undefined: it cannot follow. */
function follow(
  text: string,
  at: number,
  character: string,
  startsToken: boolean,
  isAnsi: boolean,
): number | undefined {
  if (isAnsi && character > '\u007f') return undefined;
  if (character === '#') return startsToken ? lineEnd(text, at) : undefined;
  if (character === '<' && text[at + 1] === '#') {
    const end = startsToken ? text.indexOf('#>', at + 2) : -1;
    return end === -1 ? undefined : end + 2;
  }
  // Between words a backtick at the end of a line continues it; any other makes part of a word.
  if (character === '`') return startsToken && /^`\r?\n/.test(text.slice(at, at + 3)) ? at + 1 : undefined;
  if (character === '$' && (text[at + 1] === '{' || (text[at + 1] === '(' && !startsToken))) return undefined;
  if (character === '%' && /[-\u2013\u2014\u2015]{2}$/.test(text.slice(Math.max(0, at - 2), at))) return undefined;
  if (character === '@' && isQuote(text[at + 1])) return startsToken ? hereStringEnd(text, at) : undefined;
  if (isQuote(character)) return startsToken ? stringEnd(text, at) : undefined;
  return at + 1;
}

function isQuote(character: string | undefined): boolean {
  return character !== undefined && (SINGLE_QUOTES + DOUBLE_QUOTES).includes(character);
}

function lineEnd(text: string, at: number): number {
  const end = /[\r\n]/g;
  end.lastIndex = at;
  return end.exec(text)?.index ?? text.length;
}

/** A doubled quote stands for itself. Kinds of one quote mix freely. */
function stringEnd(text: string, at: number): number | undefined {
  const isSingle = SINGLE_QUOTES.includes(text[at] ?? '');
  const quotes = isSingle ? SINGLE_QUOTES : DOUBLE_QUOTES;
  for (let index = at + 1; index < text.length; index += 1) {
    const character = text[index] ?? '';
    if (!isSingle && (character === '`' || (character === '$' && text[index + 1] === '('))) return undefined;
    if (!quotes.includes(character)) continue;
    if (!quotes.includes(text[index + 1] ?? '-')) return index + 1;
    index += 1;
  }
  return undefined;
}

/** `@'` or `@"` at the end of a line, up to a line that begins with `'@` or `"@`. */
function hereStringEnd(text: string, at: number): number | undefined {
  const isSingle = SINGLE_QUOTES.includes(text[at + 1] ?? '');
  const head = lineEnd(text, at);
  if (head - at > 1024 || !/^[ \t]*$/.test(text.slice(at + 2, head))) return undefined;
  const foot = new RegExp(`[\\r\\n][${isSingle ? SINGLE_QUOTES : DOUBLE_QUOTES}]@`, 'g');
  foot.lastIndex = head;
  const end = foot.exec(text);
  if (end === null) return undefined;
  const content = text.slice(head, end.index);
  return !isSingle && (content.includes('$(') || content.includes('`')) ? undefined : end.index + 3;
}

function everyNumberSign(text: string, from: number, found: (start: number, end: number) => void): void {
  let end = from;
  for (let at = text.indexOf('#', from); at !== -1; at = text.indexOf('#', at + 1)) {
    if (at >= end) end = lineEnd(text, at);
    found(at, end);
  }
}
