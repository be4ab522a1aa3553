/** Any text as JSON: accepted exactly where JSON.parse accepts it, with the same values, and salvaged where it is broken. */
import { deepStrictEqual } from 'node:assert';
import { readableStart } from '../../src/text/json-salvage.ts';
import { parseJson, valueOf, type JsonNode } from '../../src/text/json-text.ts';

const MAX_DEPTH = 8;

export const corpus: readonly string[] = [
  '{"a":[1,-0.5e+3,true,false,null,"x\\u0041\\n\\"\\\\"],"b":{"c":{}},"a":2}',
  '// first\n{ /* a\n b */ "a" : 1, // "b"\r\n "u": "// no comment /* */", "e": [] }\n//',
  '[[[[[[[["deep"]]]]]]]]',
  '{"__proto__":{"x":1},"constructor":0,"":"\u2028\ud800"}',
  '\t\r\n [ 0 , "é€😀" ] ',
  '{"type":"deny","fileName":"a.exe","arguments":["/x, }{ ]["',
];

/** @throws on a finding. */
export function fuzz(bytes: Uint8Array): void {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  compare(text, text, false);
  const plain = withoutComments(text);
  if (plain !== undefined) compare(text, plain, true);
  requireSalvaged(text);
}

/** @param plain the same text as JSON.parse takes it */
function compare(text: string, plain: string, comments: boolean): void {
  const parsed = parseJson(text, { comments, maxDepth: MAX_DEPTH });
  let expected: unknown;
  try {
    expected = JSON.parse(plain);
  } catch {
    if ('root' in parsed) throw new Error('JSON.parse refuses what the reader accepts.');
    requirePlace(text, parsed.fault.place);
    return;
  }
  if ('root' in parsed) {
    // What is written again has neither `__proto__` nor equal names to differ by.
    deepStrictEqual(JSON.parse(JSON.stringify(valueOf(parsed.root))), JSON.parse(JSON.stringify(expected)));
    requireLines(parsed.root, 1, text.split('\n').length);
  } else if (parsed.fault.code !== 'tooDeep') throw new Error('JSON.parse accepts what the reader refuses.');
  else requirePlace(text, parsed.fault.place);
}

function requirePlace(text: string, place: { offset: number; line: number; column: number }): void {
  const before = text.slice(0, place.offset).split('\n');
  deepStrictEqual([place.line, place.column], [before.length, (before.at(-1) ?? '').length + 1]);
}

/** Lines never go back, and lie in the text. */
function requireLines(node: JsonNode, from: number, to: number): number {
  if (node.line < from || node.line > to) throw new Error(`A value is on line ${node.line} of ${to}.`);
  const children =
    node.type === 'Array' ? node.elements : node.type === 'Object' ? node.members.map(({ value }) => value) : [];
  return children.reduce((line, child) => requireLines(child, line, to), node.line);
}

/** Whatever is salvaged of a broken object is an object, and what follows it is the rest of the text. */
function requireSalvaged(text: string): void {
  const parsed = parseJson(text, { comments: false, maxDepth: MAX_DEPTH });
  if ('root' in parsed || !text.startsWith('{')) return;
  const { object, rest } = readableStart(text, parsed.fault.place.offset);
  const salvaged = parseJson(object, { comments: false, maxDepth: MAX_DEPTH });
  if (!('root' in salvaged) || salvaged.root.type !== 'Object') throw new Error(`Not an object: ${object}`);
  if (!text.endsWith(rest)) throw new Error('The rest is not that of the text.');
}

/** The text with a blank in place of each comment; undefined: a comment has no end, or a slash begins none. */
function withoutComments(text: string): string | undefined {
  let plain = '';
  for (const [part] of text.matchAll(/"(?:[^"\\]|\\[^])*"?|\/\/[^\n]*|\/\*[^]*?\*\/|[^"/]+|[^]/g)) {
    if (part === '/') return undefined;
    plain += part.startsWith('/') ? ' ' : part;
  }
  return plain;
}
