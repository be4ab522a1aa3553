/**
 * JSON as a tree that knows its places, read within bounds. JSON.parse alone is not enough for policy: it keeps the last
 * of two equal names without a word, turns `__proto__` into a surprise for careless code, and gives no lines.
 *
 * Written by hand, because Graph exports are megabytes of few facts: a tree with a position for each token (momoa 3.3)
 * takes five times the time and the memory, and needs a second pass over the text before it for the depth. What is
 * accepted is exactly RFC 8259, as JSON.parse accepts it, and comments where they are asked for; a fuzz test compares
 * both.
 */
import { foldCase } from './compare.ts';

interface Placed {
  /** Line, from 1, on which the value starts. */
  readonly line: number;
}
export interface JsonObject extends Placed {
  readonly type: 'Object';
  /** In the order of the text; a name given twice is there twice. */
  readonly members: readonly JsonMember[];
  /** UTF-16 units from the first brace to the last. */
  readonly length: number;
}
interface JsonArray extends Placed {
  readonly type: 'Array';
  readonly elements: readonly JsonNode[];
}
interface JsonString extends Placed {
  readonly type: 'String';
  readonly value: string;
}
interface JsonNumber extends Placed {
  readonly type: 'Number';
  readonly value: number;
}
interface JsonBoolean extends Placed {
  readonly type: 'Boolean';
  readonly value: boolean;
}
interface JsonNull extends Placed {
  readonly type: 'Null';
}
export type JsonNode = JsonObject | JsonArray | JsonString | JsonNumber | JsonBoolean | JsonNull;

export interface JsonMember {
  readonly name: string;
  /** The name for comparison without case. */
  readonly folded: string;
  readonly value: JsonNode;
}

/** Why a text is not read, in the form of a diagnostic, which this layer does not know. */
export interface JsonFault {
  readonly code: 'notJson' | 'tooDeep';
  readonly severity: 'error';
  readonly message: string;
  /** `offset` in UTF-16 units from the start, `line` and `column` from 1. */
  readonly place: { readonly offset: number; readonly line: number; readonly column: number };
}

export type JsonText = { readonly root: JsonNode } | { readonly fault: JsonFault };

interface JsonOptions {
  /** Whether comments are tolerated: from two slashes to the end of the line, or between a slash with a star and its end. */
  readonly comments: boolean;
  /** Greatest nesting of objects and arrays, which bounds the recursion. */
  readonly maxDepth: number;
}

/** Parses one JSON text. Never throws. */
export function parseJson(text: string, options: JsonOptions): JsonText {
  const parser = new Parser(text, options);
  try {
    return { root: parser.parse() };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { fault: { code: error.code, severity: 'error', message: error.message, place: parser.place } };
  }
}

class JsonSyntaxError extends Error {
  readonly code: JsonFault['code'];

  constructor(code: JsonFault['code'], message: string) {
    super(message);
    this.code = code;
  }
}

const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SLASH = 0x2f;
const LINE_FEED = 0x0a;

class Parser {
  readonly #text: string;
  readonly #options: JsonOptions;
  /** Names with their folded form: a text has few, however long it is. */
  readonly #names = new Map<string, string>();
  #offset = 0;
  #line = 1;
  #lineStart = 0;
  #depth = 0;

  constructor(text: string, options: JsonOptions) {
    this.#text = text;
    this.#options = options;
  }

  /** Where the parser is; after a fault, where that is. */
  get place(): JsonFault['place'] {
    return { offset: this.#offset, line: this.#line, column: this.#offset - this.#lineStart + 1 };
  }

  parse(): JsonNode {
    const root = this.#value();
    this.#skipBlanks();
    if (this.#offset < this.#text.length) throw this.#fault();
    return root;
  }

  #value(): JsonNode {
    this.#skipBlanks();
    const line = this.#line;
    const start = this.#offset;
    switch (this.#text[start]) {
      case '{': {
        const members = this.#list('}', () => this.#member());
        return { type: 'Object', line, members, length: this.#offset - start };
      }
      case '[':
        return { type: 'Array', line, elements: this.#list(']', () => this.#value()) };
      case '"':
        return { type: 'String', line, value: this.#string() };
      case 'n':
        this.#word('null');
        return { type: 'Null', line };
      case 't':
        this.#word('true');
        return { type: 'Boolean', line, value: true };
      case 'f':
        this.#word('false');
        return { type: 'Boolean', line, value: false };
      default:
        return { type: 'Number', line, value: this.#number() };
    }
  }

  /** What stands between a bracket and its counterpart, with commas between. */
  #list<Item>(end: string, item: () => Item): readonly Item[] {
    const { maxDepth } = this.#options;
    this.#depth += 1;
    if (this.#depth > maxDepth) {
      throw new JsonSyntaxError('tooDeep', `Objects and lists are nested more than ${maxDepth} deep.`);
    }
    this.#offset += 1;
    const items: Item[] = [];
    this.#skipBlanks();
    if (this.#text[this.#offset] !== end) {
      for (;;) {
        items.push(item());
        this.#skipBlanks();
        if (this.#text.charCodeAt(this.#offset) !== COMMA) break;
        this.#offset += 1;
      }
    }
    if (this.#text[this.#offset] !== end) throw this.#fault();
    this.#offset += 1;
    this.#depth -= 1;
    return items;
  }

  #member(): JsonMember {
    this.#skipBlanks();
    const name = this.#string();
    let folded = this.#names.get(name);
    if (folded === undefined) {
      folded = foldCase(name);
      this.#names.set(name, folded);
    }
    this.#skipBlanks();
    this.#word(':');
    return { name, folded, value: this.#value() };
  }

  #string(): string {
    if (this.#text.charCodeAt(this.#offset) !== QUOTE) throw this.#fault();
    const start = this.#offset;
    PLAIN.lastIndex = start + 1;
    PLAIN.exec(this.#text);
    let end = PLAIN.lastIndex;
    if (this.#text.charCodeAt(end) === QUOTE) {
      this.#offset = end + 1;
      return this.#text.slice(start + 1, end);
    }
    while (this.#text.charCodeAt(end) === BACKSLASH) {
      PLAIN.lastIndex = Math.min(end + 2, this.#text.length);
      PLAIN.exec(this.#text);
      end = PLAIN.lastIndex;
    }
    if (this.#text.charCodeAt(end) !== QUOTE) throw this.#fault();
    this.#offset = end + 1;
    try {
      return JSON.parse(this.#text.slice(start, this.#offset)) as string;
    } catch {
      this.#offset = start;
      throw this.#fault();
    }
  }

  #number(): number {
    NUMBER.lastIndex = this.#offset;
    const [digits] = NUMBER.exec(this.#text) ?? [];
    if (digits === undefined) throw this.#fault();
    this.#offset = NUMBER.lastIndex;
    return Number(digits);
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#offset)) throw this.#fault();
    this.#offset += word.length;
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#offset);
      if (code === LINE_FEED) {
        this.#line += 1;
        this.#lineStart = this.#offset + 1;
      } else if (code === SLASH && this.#options.comments) {
        this.#skipComment();
        continue;
      } else if (code !== 0x20 && code !== 0x0d && code !== 0x09) return;
      this.#offset += 1;
    }
  }

  #skipComment(): void {
    const isBlock = this.#text.startsWith('/*', this.#offset);
    if (!isBlock && !this.#text.startsWith('//', this.#offset)) throw this.#fault();
    const end = this.#text.indexOf(isBlock ? '*/' : '\n', this.#offset + 2);
    if (end === -1 && isBlock) throw this.#fault();
    const next = end === -1 ? this.#text.length : end + (isBlock ? 2 : 0);
    // No search for line feeds: it would look beyond the comment, and many comments would cost their square.
    for (let at = this.#offset; isBlock && at < next; at += 1) {
      if (this.#text.charCodeAt(at) !== LINE_FEED) continue;
      this.#line += 1;
      this.#lineStart = at + 1;
    }
    this.#offset = next;
  }

  #fault(): JsonSyntaxError {
    return new JsonSyntaxError('notJson', 'This is not valid JSON.');
  }
}

/** Members of an object by name; a name given twice has several nodes. */
export function membersOf(node: JsonNode): ReadonlyMap<string, readonly JsonNode[]> | undefined {
  if (node.type !== 'Object') return undefined;
  const members = new Map<string, JsonNode[]>();
  for (const { name, value } of node.members) {
    const found = members.get(name);
    if (found === undefined) members.set(name, [value]);
    else found.push(value);
  }
  return members;
}

/** True when the node or anything inside it names a member twice. */
export function hasDuplicates(node: JsonNode): boolean {
  if (node.type === 'Array') return node.elements.some(hasDuplicates);
  if (node.type !== 'Object') return false;
  const names = new Set(node.members.map(({ name }) => name));
  return names.size !== node.members.length || node.members.some(({ value }) => hasDuplicates(value));
}

/** The plain value. Objects have no prototype, so that no member name means anything to the language. */
export function valueOf(node: JsonNode): unknown {
  switch (node.type) {
    case 'Object': {
      const value = Object.create(null) as Record<string, unknown>;
      for (const member of node.members) value[member.name] = valueOf(member.value);
      return value;
    }
    case 'Array':
      return node.elements.map(valueOf);
    case 'String':
    case 'Number':
    case 'Boolean':
      return node.value;
    case 'Null':
      return null;
  }
}
