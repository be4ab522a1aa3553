/**
 * Line comments of a script, found without PowerShell's tokenizer.
 *
 * As long as the text is plain (comments, strings, here-strings, words) this follows it exactly and leaves out what is
 * inside of strings and block comments. At the first thing that needs more than that (an expression inside a string or
 * a word, an escaped character, `#` or a quote inside a word, verbatim arguments after `--%`, text of an unknown code
 * page) it stops following, and from there on every `#` counts as the beginning of a comment. So of a script that
 * PowerShell accepts it can name too much, never too little.
 */

import type { Turns } from '../turns.ts';
import { scan } from './scan.ts';

const SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b";
const DOUBLE_QUOTES = '"\u201c\u201d\u201e';
/** Characters of words; those above U+007F end one. */
const WORD = new Set(Array.from({ length: 128 }, (_, code) => code).filter(isOfWord));
function isOfWord(code: number): boolean {
  return /[\w.:\\/=+*!?^~[\]-]/.test(String.fromCharCode(code));
}
/** Characters after which a new token starts: separators, and white space as PowerShell knows it. */
const BEFORE_TOKEN = /[(){};,|&\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

/** Steps of a token. */
const TOKEN_STEPS = 48;

/** `undefined`: the scan cannot follow. What is found at once is no promise. */
type Found = number | undefined | Promise<number | undefined>;

/**
 * Calls back with every place where a line comment begins, and its end.
 * @param isAnsi characters above U+007F are bytes of an unknown code page
 * @throws what `found` and `turns` throw
 */
export async function eachComment(
  text: string,
  isAnsi: boolean,
  found: (start: number, end: number) => void,
  turns: Turns,
): Promise<void> {
  let at = text.startsWith('\ufeff') ? 1 : 0;
  let startsToken = true;
  while (at < text.length) {
    const word = scan(text, at, (index) => !WORD.has(text.charCodeAt(index)), turns);
    const end = word instanceof Promise ? await word : word;
    if (end > at) {
      startsToken = false;
      at = end;
      continue;
    }
    const character = text[at] ?? '';
    const result = follow(text, at, character, { startsToken, isAnsi, turns });
    const next = result instanceof Promise ? await result : result;
    if (next === undefined) {
      await everyNumberSign(text, at, found, turns);
      return;
    }
    if (character === '#') found(at, next);
    const isBlockComment = character === '<' && next - at > 1;
    startsToken = isBlockComment || character === '#' || character === '`' || BEFORE_TOKEN.test(character);
    const turn = turns.take(TOKEN_STEPS + next - at);
    at = next;
    if (turn !== undefined) await turn;
  }
}

interface Context {
  readonly startsToken: boolean;
  readonly isAnsi: boolean;
  readonly turns: Turns;
}

/** Where the scan goes on. */
function follow(text: string, at: number, character: string, context: Context): Found {
  const { startsToken, isAnsi, turns } = context;
  if (isAnsi && character > '\u007f') return undefined;
  if (character === '#') return startsToken ? lineEnd(text, at, turns) : undefined;
  if (character === '<' && text[at + 1] === '#') return startsToken ? blockEnd(text, at) : undefined;
  // Between words a backtick at the end of a line continues it; any other makes part of a word.
  if (character === '`') return startsToken && /^`\r?\n/.test(text.slice(at, at + 3)) ? at + 1 : undefined;
  if (character === '$' && (text[at + 1] === '{' || (text[at + 1] === '(' && !startsToken))) return undefined;
  if (character === '%' && /[-\u2013\u2014\u2015]{2}$/.test(text.slice(Math.max(0, at - 2), at))) return undefined;
  if (character === '@' && isQuote(text[at + 1])) return startsToken ? hereStringEnd(text, at, turns) : undefined;
  if (isQuote(character)) return startsToken ? stringEnd(text, at, turns) : undefined;
  return at + 1;
}

function blockEnd(text: string, at: number): number | undefined {
  const end = text.indexOf('#>', at + 2);
  return end === -1 ? undefined : end + 2;
}

function isQuote(character: string | undefined): boolean {
  return character !== undefined && (SINGLE_QUOTES + DOUBLE_QUOTES).includes(character);
}

/** What `then` makes of a place that may not be known yet. */
function after(place: number | Promise<number>, then: (index: number) => number | undefined): Found {
  return place instanceof Promise ? place.then(then) : then(place);
}

function isLineBreak(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 10 || code === 13;
}

function lineEnd(text: string, at: number, turns: Turns): number | Promise<number> {
  return scan(text, at, (index) => isLineBreak(text, index), turns);
}

/** A doubled quote stands for itself. Kinds of one quote mix freely. */
function stringEnd(text: string, at: number, turns: Turns): Found {
  const isSingle = SINGLE_QUOTES.includes(text[at] ?? '');
  const quotes = isSingle ? SINGLE_QUOTES : DOUBLE_QUOTES;
  let doubled = -1;
  let isOver = false;
  const end = scan(
    text,
    at + 1,
    (index) => {
      const character = text[index] ?? '';
      if (index === doubled) return false;
      isOver = !isSingle && (character === '`' || (character === '$' && text[index + 1] === '('));
      if (isOver || !quotes.includes(character)) return isOver;
      if (!quotes.includes(text[index + 1] ?? '-')) return true;
      doubled = index + 1;
      return false;
    },
    turns,
  );
  return after(end, (index) => (isOver || index === text.length ? undefined : index + 1));
}

/** `@'` or `@"` at the end of a line, up to a line that begins with `'@` or `"@`. */
function hereStringEnd(text: string, at: number, turns: Turns): Found {
  const isSingle = SINGLE_QUOTES.includes(text[at + 1] ?? '');
  const quotes = isSingle ? SINGLE_QUOTES : DOUBLE_QUOTES;
  const head = at + 2 + text.slice(at + 2, at + 1025).search(/[\r\n]/);
  if (head < at + 2 || !/^[ \t]*$/.test(text.slice(at + 2, head))) return undefined;
  let isOver = false;
  const foot = scan(
    text,
    head,
    (index) => {
      const character = text[index] ?? '';
      isOver = !isSingle && (character === '`' || (character === '$' && text[index + 1] === '('));
      if (isOver) return true;
      return isLineBreak(text, index) && text[index + 2] === '@' && quotes.includes(text[index + 1] ?? '-');
    },
    turns,
  );
  return after(foot, (index) => (isOver || index === text.length ? undefined : index + 3));
}

async function everyNumberSign(
  text: string,
  from: number,
  found: (start: number, end: number) => void,
  turns: Turns,
): Promise<void> {
  let end = from;
  for (let at = text.indexOf('#', from); at !== -1; at = text.indexOf('#', at + 1)) {
    if (at >= end) end = await lineEnd(text, at, turns);
    found(at, end);
    const turn = turns.take(TOKEN_STEPS);
    if (turn !== undefined) await turn;
  }
}
