/**
 * JSON with positions, read within bounds. JSON.parse alone is not enough for policy: it keeps the last of two equal
 * keys without a word, turns `__proto__` into a surprise for careless code, and gives no line numbers.
 */
import { parse, type MemberNode, type ValueNode } from '@humanwhocodes/momoa';

export type JsonNode = ValueNode;

/** Why a text is not read, in the form of a diagnostic, which this layer does not know. */
export interface JsonFault {
  readonly code: 'notJson' | 'tooDeep';
  readonly severity: 'error';
  readonly message: string;
  /** `offset` in UTF-16 units from the start, `line` and `column` from 1. */
  readonly place: { readonly offset: number; readonly line: number; readonly column: number };
}

export type JsonText = { readonly root: JsonNode } | { readonly fault: JsonFault };

export interface JsonOptions {
  /** Whether comments are tolerated. */
  readonly comments: boolean;
  /** Greatest nesting of objects and arrays. */
  readonly maxDepth: number;
}

/** Parses one JSON text. Never throws. */
export function parseJson(text: string, options: JsonOptions): JsonText {
  const tooDeep = findDepthExcess(text, options);
  if (tooDeep !== undefined) {
    const message = `Objects and lists are nested more than ${options.maxDepth} deep.`;
    return { fault: faultAt(text, tooDeep, 'tooDeep', message) };
  }
  try {
    return { root: parse(text, { mode: options.comments ? 'jsonc' : 'json' }).body };
  } catch (error) {
    const offset = offsetOf(error) ?? text.length;
    return { fault: faultAt(text, offset, 'notJson', 'This is not valid JSON.') };
  }
}

function faultAt(text: string, offset: number, code: JsonFault['code'], message: string): JsonFault {
  return { code, severity: 'error', message, place: { offset, ...lineAndColumn(text, offset) } };
}

/** Offset of the first bracket beyond the depth. The parser recurses, so this is asked before it runs. */
function findDepthExcess(text: string, options: JsonOptions): number | undefined {
  let depth = 0;
  for (const { offset, character } of structure(text, options.comments)) {
    if (character === '{' || character === '[') {
      depth += 1;
      if (depth > options.maxDepth) return offset;
    } else if (character === '}' || character === ']') {
      depth -= 1;
    }
  }
  return undefined;
}

/**
 * Brackets and commas outside of texts and comments. Written by hand, because it must see texts of any length before
 * a parser does: a regular expression's stack overflows on long ones.
 */
function* structure(text: string, comments: boolean): Generator<{ offset: number; character: string }> {
  let offset = 0;
  while (offset < text.length) {
    const character = text.charAt(offset);
    if (character === '"') {
      offset = endOfText(text, offset + 1);
      continue;
    }
    if (comments && text.startsWith('//', offset)) {
      offset = endOrIndex(text, text.indexOf('\n', offset));
      continue;
    }
    if (comments && text.startsWith('/*', offset)) {
      offset = endOrIndex(text, text.indexOf('*/', offset + 2)) + 2;
      continue;
    }
    if ('[]{},'.includes(character)) yield { offset, character };
    offset += 1;
  }
}

/** Offset behind the closing quote of a JSON text that starts at `offset`. */
function endOfText(text: string, offset: number): number {
  let position = offset;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === '"') return position + 1;
    position += character === '\\' ? 2 : 1;
  }
  return position;
}

function endOrIndex(text: string, index: number): number {
  return index === -1 ? text.length : index;
}

function offsetOf(error: unknown): number | undefined {
  if (typeof error === 'object' && error !== null && 'offset' in error && typeof error.offset === 'number') {
    return error.offset;
  }
  return undefined;
}

/** Line and column, both from 1, of an offset. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf('\n');
  return { line: before.split('\n').length, column: offset - lastBreak };
}

/** Name of a member. JSON modes know no bare identifiers, so both kinds of node are read alike. */
export function memberName(member: MemberNode): string {
  return member.name.type === 'String' ? member.name.value : member.name.name;
}

/** Members of an object by name; a name given twice has several nodes. */
export function membersOf(node: JsonNode): ReadonlyMap<string, readonly JsonNode[]> | undefined {
  if (node.type !== 'Object') return undefined;
  const members = new Map<string, JsonNode[]>();
  for (const member of node.members) {
    const name = memberName(member);
    const found = members.get(name);
    if (found === undefined) members.set(name, [member.value]);
    else found.push(member.value);
  }
  return members;
}

/** True when the node or anything inside it names a member twice. */
export function hasDuplicates(node: JsonNode): boolean {
  if (node.type === 'Array') return node.elements.some((element) => hasDuplicates(element.value));
  if (node.type !== 'Object') return false;
  const members = membersOf(node);
  return members === undefined || [...members.values()].some((nodes) => nodes.length > 1 || nodes.some(hasDuplicates));
}

/** The plain value. Objects have no prototype, so that no member name means anything to the language. */
export function valueOf(node: JsonNode): unknown {
  switch (node.type) {
    case 'Object': {
      const value = Object.create(null) as Record<string, unknown>;
      for (const member of node.members) value[memberName(member)] = valueOf(member.value);
      return value;
    }
    case 'Array':
      return node.elements.map((element) => valueOf(element.value));
    case 'String':
    case 'Number':
    case 'Boolean':
      return node.value;
    case 'Null':
      return null;
    default:
      // NaN and Infinity exist in JSON5 only, which is never asked for.
      return undefined;
  }
}

/** Line, from 1, on which the node starts. */
export function lineOf(node: JsonNode): number {
  return node.loc.start.line;
}

/** One step of a JSON pointer (RFC 6901). */
export function pointerStep(name: string | number): string {
  return `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The names of a JSON pointer, outermost first. */
export function pointerNames(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The node a JSON pointer leads to, or the last one on the way that is there. Of a name given twice the last counts. */
export function nodeAt(root: JsonNode, pointer: string): JsonNode {
  let node = root;
  for (const name of pointerNames(pointer)) {
    const next: JsonNode | undefined =
      node.type === 'Array' ? node.elements[Number(name)]?.value : membersOf(node)?.get(name)?.at(-1);
    if (next === undefined) break;
    node = next;
  }
  return node;
}

/**
 * The longest part of a broken JSON object that can be read: every member that ends before the fault.
 * Returns the object's text closed after the last whole member, and what follows it.
 */
export function readableStart(text: string, faultOffset: number): { readonly object: string; readonly rest: string } {
  let depth = 0;
  let end = -1;
  for (const { offset, character } of structure(text, false)) {
    if (offset >= faultOffset) break;
    if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      // The object is complete and something stands behind it.
      if (depth === 0) return { object: text.slice(0, offset + 1), rest: '' };
    } else if (depth === 1) end = offset;
  }
  return end === -1 ? { object: '{}', rest: text } : { object: `${text.slice(0, end)}}`, rest: text.slice(end + 1) };
}
