/**
 * Elements of a small XML document, in one pass and without a tree: no document type is taken, hence there are no
 * entities to expand, and the depth is bounded. (The reader of policy documents lies in a layer this one does not know,
 * and the library behind it makes a tree of whatever comes.)
 */
import type { Turns } from '../turns.ts';

interface XmlStart {
  /** Without prefix. */
  readonly name: string;
  /** URI, or the empty text. */
  readonly namespace: string;
  /** By name as written, prefix included; declarations of namespaces are not among them. */
  readonly attributes: ReadonlyMap<string, string>;
}

export interface XmlEvents {
  open(element: XmlStart): void;
  close(): void;
  /** Makes the error for a document that is not accepted. */
  malformed(problem: string): Error;
}

const MAX_DEPTH = 32;
/** Of a tag, besides one for each of its characters. */
const TAG_STEPS = 64;
/** A handful is usual; the bound keeps looking for doubled names cheap. */
const MAX_ATTRIBUTES = 64;

const NAME = /[^\s<>/="'&?!]+/y;
const ATTRIBUTE = /\s+([^\s<>/="'&?!]+)\s*=\s*("[^"<]*"|'[^'<]*')/y;
const TAG_END = /\s*(\/?)>/y;
const REFERENCE = /&(?:#([0-9]{1,7})|#x([0-9a-fA-F]{1,6})|(lt|gt|amp|quot|apos));|&/g;
const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
/** Markup without elements: how it starts, and what ends it. Anything else that starts with `<!` is not accepted. */
const SKIPPED: readonly (readonly [string, string])[] = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
];

interface OpenElement {
  readonly tag: string;
  /** Namespaces that this element declares, by prefix. */
  readonly declared: ReadonlyMap<string, string>;
}

/**
 * Tells `events` of every element in order. Text is skipped.
 * @throws what `events.malformed` makes, when the elements are not nested properly, there is not exactly one root, a
 *   document type is declared, or a limit is passed; what `turns` throws
 */
export async function scanXml(text: string, events: XmlEvents, turns: Turns): Promise<void> {
  const stack: OpenElement[] = [];
  let at = 0;
  let roots = 0;
  for (;;) {
    const next = text.indexOf('<', at);
    const between = text.slice(at, next === -1 ? text.length : next);
    if (stack.length === 0 && between.trim() !== '') throw events.malformed('The XML has text outside of its root.');
    if (next === -1) break;
    const skipped = SKIPPED.find(([start]) => text.startsWith(start, next));
    if (skipped !== undefined) {
      const [start, end] = skipped;
      const found = text.indexOf(end, next + start.length);
      if (found === -1) throw events.malformed('The XML ends inside of a comment, an instruction or a section.');
      at = found + end.length;
    } else if (text.startsWith('</', next)) {
      at = closeTag(text, next, stack, events);
    } else {
      if (stack.length === 0 && (roots += 1) > 1) throw events.malformed('The XML has more than one root.');
      at = openTag(text, next, stack, events);
    }
    const turn = turns.take(TAG_STEPS + at - next);
    if (turn !== undefined) await turn;
  }
  if (stack.length > 0) throw events.malformed('The XML ends before its root does.');
  if (roots === 0) throw events.malformed('The XML has no root.');
}

function closeTag(text: string, start: number, stack: OpenElement[], events: XmlEvents): number {
  const tag = matchAt(NAME, text, start + 2)?.[0];
  const end = tag === undefined ? undefined : matchAt(TAG_END, text, start + 2 + tag.length);
  if (end === undefined || end[1] !== '' || stack.pop()?.tag !== tag) {
    throw events.malformed('The XML closes an element that is not open.');
  }
  events.close();
  return TAG_END.lastIndex;
}

function openTag(text: string, start: number, stack: OpenElement[], events: XmlEvents): number {
  const tag = matchAt(NAME, text, start + 1)?.[0];
  if (tag === undefined) throw events.malformed('The XML has markup that is not accepted, such as a document type.');
  if (stack.length === MAX_DEPTH) throw events.malformed(`The XML is nested more than ${MAX_DEPTH} deep.`);
  const attributes = new Map<string, string>();
  let at = start + 1 + tag.length;
  for (let found = matchAt(ATTRIBUTE, text, at); found !== undefined; found = matchAt(ATTRIBUTE, text, at)) {
    const [whole, name = '', quoted = ''] = found;
    if (attributes.has(name) || attributes.size === MAX_ATTRIBUTES) {
      throw events.malformed('The XML has an element with an attribute twice, or with too many.');
    }
    attributes.set(name, decodeReferences(quoted.slice(1, -1), events));
    at += whole.length;
  }
  const end = matchAt(TAG_END, text, at);
  if (end === undefined) throw events.malformed('The XML has a tag that does not end.');
  at = TAG_END.lastIndex;
  const declared = takeDeclarations(attributes);
  const colon = tag.indexOf(':');
  const prefix = tag.slice(0, Math.max(colon, 0));
  // Looked for from the inside out: a copy for each element would cost as much as there are prefixes around it.
  const namespace = declared.get(prefix) ?? stack.findLast((each) => each.declared.has(prefix))?.declared.get(prefix);
  if (namespace === undefined && colon !== -1) throw events.malformed('The XML has a prefix that is not declared.');
  events.open({ name: tag.slice(colon + 1), namespace: namespace ?? '', attributes });
  if (end[1] === '/') events.close();
  else stack.push({ tag, declared });
  return at;
}

/** Moves the declarations of namespaces out of the attributes. */
function takeDeclarations(attributes: Map<string, string>): ReadonlyMap<string, string> {
  const declared = new Map<string, string>();
  for (const [name, value] of attributes) {
    if (name !== 'xmlns' && !name.startsWith('xmlns:')) continue;
    declared.set(name.slice('xmlns:'.length), value);
    attributes.delete(name);
  }
  return declared;
}

function decodeReferences(text: string, events: XmlEvents): string {
  return text.replace(REFERENCE, (_, decimal?: string, hexadecimal?: string, name?: string) => {
    if (name !== undefined) return PREDEFINED[name] ?? '';
    const codePoint = decimal === undefined ? parseInt(hexadecimal ?? '', 16) : Number(decimal);
    if (!(codePoint <= 0x10ffff)) throw events.malformed('The XML refers to an entity or character it does not have.');
    return String.fromCodePoint(codePoint);
  });
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
