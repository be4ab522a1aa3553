/**
 * JSON as a tree that knows its lines. Graph exports are megabytes of few facts, so the tree is as small as its reader
 * allows: a line per value instead of positions per token, and each distinct member name folded once. What is accepted
 * is exactly RFC 8259, as JSON.parse accepts it; equal names are kept.
 */
import { foldCase } from './compare.ts';

interface Placed {
  /** Line, from 1, on which the value starts. */
  readonly line: number;
}
export interface JsonObject extends Placed {
  readonly type: 'Object';
  readonly members: readonly JsonMember[];
}
export interface JsonArray extends Placed {
  readonly type: 'Array';
  readonly elements: readonly JsonNode[];
}
export interface JsonString extends Placed {
  readonly type: 'String';
  readonly value: string;
}
/** A number or a boolean: no setting has such a value, so that only its presence counts. */
export interface JsonOther extends Placed {
  readonly type: 'Other';
}
export interface JsonNull extends Placed {
  readonly type: 'Null';
}
export type JsonNode = JsonObject | JsonArray | JsonString | JsonOther | JsonNull;

export interface JsonMember {
  readonly name: string;
  /** The name for comparison without case. */
  readonly folded: string;
  readonly value: JsonNode;
}

export type JsonTree =
  | { readonly root: JsonNode }
  | { readonly fault: { readonly message: string; readonly line: number; readonly column: number } };

const PLAIN = /[^"\\\u0000-\u001f]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;

class JsonSyntaxError extends Error {}

/** @param maxDepth Greatest nesting of objects and arrays, which bounds the recursion. Never throws. */
export function parseTree(text: string, maxDepth: number): JsonTree {
  const parser = new Parser(text, maxDepth);
  try {
    return { root: parser.parse() };
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    return { fault: { message: error.message, ...parser.position } };
  }
}

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #folded = new Map<string, string>();
  #offset = 0;
  #line = 1;
  #lineStart = 0;
  #depth = 0;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
  }

  get position(): { readonly line: number; readonly column: number } {
    return { line: this.#line, column: this.#offset - this.#lineStart + 1 };
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
    switch (this.#text[this.#offset]) {
      case '{':
        return { type: 'Object', line, members: this.#list('}', () => this.#member()) };
      case '[':
        return { type: 'Array', line, elements: this.#list(']', () => this.#value()) };
      case '"':
        return { type: 'String', line, value: this.#string() };
      case 'n':
        this.#word('null');
        return { type: 'Null', line };
      case 't':
        this.#word('true');
        return { type: 'Other', line };
      case 'f':
        this.#word('false');
        return { type: 'Other', line };
      default:
        this.#number();
        return { type: 'Other', line };
    }
  }

  /** What stands between a bracket and its counterpart, with commas between. */
  #list<Item>(end: string, item: () => Item): readonly Item[] {
    this.#depth += 1;
    if (this.#depth > this.#maxDepth) {
      throw new JsonSyntaxError(`Objects and lists are nested more than ${this.#maxDepth} deep.`);
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
    let folded = this.#folded.get(name);
    if (folded === undefined) {
      folded = foldCase(name);
      this.#folded.set(name, folded);
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

  #number(): void {
    NUMBER.lastIndex = this.#offset;
    if (NUMBER.exec(this.#text) === null) throw this.#fault();
    this.#offset = NUMBER.lastIndex;
  }

  #word(word: string): void {
    if (!this.#text.startsWith(word, this.#offset)) throw this.#fault();
    this.#offset += word.length;
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#offset);
      if (code === 0x0a) {
        this.#line += 1;
        this.#lineStart = this.#offset + 1;
      } else if (code !== 0x20 && code !== 0x0d && code !== 0x09) return;
      this.#offset += 1;
    }
  }

  #fault(): JsonSyntaxError {
    return new JsonSyntaxError('This is not valid JSON.');
  }
}
