/**
 * Policies in .reg files, version 5.00 and REGEDIT4. The format has no published grammar; what is read here is what
 * regedit.exe writes and imports ("How to add, modify, or delete registry subkeys and values by using a .reg file").
 * regedit.exe leaves out what it does not understand; here such a line refuses the file, because it could be a rule.
 */
import { EpmError } from '../../../model/errors.ts';
import { LIMITS } from '../../declaration/limits.ts';
import type { ReadPolicies } from '../format.ts';
import { fullKeyName, isOfPolicy, OtherKeys, policiesIn } from '../../registry/policy-keys.ts';
import { REG_HEADER } from './reg-writer.ts';
import { RegistryTree } from '../../registry/registry-tree.ts';
import { decodeValue } from '../../registry/registry-value.ts';
import { decodePolicyText } from '../input.ts';

const HEADER_4 = 'REGEDIT4';
const REG_SZ = 1;
const REG_BINARY = 3;

/** True when the text starts as every .reg file does. */
export function isRegText(text: string): boolean {
  const start = text.replace(/^\ufeff/, '').trimStart();
  return start.startsWith(REG_HEADER) || start.startsWith(HEADER_4);
}

/**
 * Reads what the registry holds after the file was imported into an empty one.
 * @param input UTF-16 with byte order mark, or UTF-8
 * @throws EpmError EPM_POLICY_INVALID with the line when the file is not of this format
 */
export function readRegFile(input: Uint8Array): ReadPolicies {
  const text = decodePolicyText(input).replace(/^\ufeff/, '');
  if (text.length > LIMITS.policyFile) throw invalid(`It has more than ${LIMITS.policyFile} characters.`);
  if (!isRegText(text)) throw invalid(`Its first line is neither "${REG_HEADER}" nor "${HEADER_4}".`);
  const tree = new RegistryTree();
  const others = new OtherKeys();
  new RegParser(text, tree, others).run();
  return policiesIn(tree, others.problems());
}

function invalid(reason: string, line?: number): EpmError {
  const where = line === undefined ? '' : ` at line ${line}`;
  return new EpmError('EPM_POLICY_INVALID', `The .reg file cannot be read${where}. ${reason}`, {
    hint: 'Export it with regedit.exe or `reg export`, or write it with `epm policy convert`.',
    ...(line === undefined ? {} : { data: { line } }),
  });
}

/** Reads a file from start to end and carries out what it says. Every step moves on, so that it ends. */
class RegParser {
  readonly #text: string;
  readonly #tree: RegistryTree;
  readonly #others: OtherKeys;
  readonly #isVersion4: boolean;
  #at: number;
  /** From 1. */
  #line = 1;
  /** Full name of the key that values belong to; undefined: no key yet, or one that was deleted. */
  #key: string | undefined;
  #keyIsOurs = false;

  constructor(text: string, tree: RegistryTree, others: OtherKeys) {
    this.#text = text;
    this.#tree = tree;
    this.#others = others;
    this.#at = text.length - text.trimStart().length;
    for (let index = 0; index < this.#at; index += 1) if (text[index] === '\n') this.#line += 1;
    this.#isVersion4 = text.startsWith(HEADER_4, this.#at);
    this.#at += (this.#isVersion4 ? HEADER_4 : REG_HEADER).length;
    // REGEDIT4 is in the ANSI code page of the machine that wrote it, which the file does not name.
    if (this.#isVersion4 && /[^\u0000-\u007f]/.test(text)) {
      throw invalid(
        'REGEDIT4 with characters beyond ASCII means something else on every machine; export it as version 5.00.',
      );
    }
  }

  run(): void {
    this.#endOfLine();
    while (this.#at < this.#text.length) {
      const next = this.#peek();
      if (next === '[') this.#keyLine();
      else if (next === '@' || next === '"') this.#valueLine();
      else this.#endOfLine();
    }
  }

  #peek(): string {
    return this.#text.charAt(this.#at);
  }

  #fail(reason: string): never {
    throw invalid(reason, this.#line);
  }

  #blanks(): void {
    while (this.#peek() === ' ' || this.#peek() === '\t') this.#at += 1;
  }

  /** White space and comments up to the next thing that means something; at least the rest of this line must be that. */
  #endOfLine(): void {
    this.#blanks();
    if (this.#peek() === ';') this.#at = this.#lineEnd();
    if (this.#at < this.#text.length && !this.#newLine()) this.#fail('This is neither a key, a value nor a comment.');
    this.#blanks();
  }

  #newLine(): boolean {
    const start = this.#at;
    if (this.#peek() === '\r') this.#at += 1;
    if (this.#peek() === '\n') this.#at += 1;
    if (this.#at === start) return false;
    this.#line += 1;
    return true;
  }

  #lineEnd(): number {
    const rest = /[\r\n]/g;
    rest.lastIndex = this.#at;
    return rest.exec(this.#text)?.index ?? this.#text.length;
  }

  #keyLine(): void {
    const end = this.#lineEnd();
    // Names of keys may hold brackets; the last one ends the name.
    const close = this.#text.lastIndexOf(']', end - 1);
    if (close <= this.#at) this.#fail('The name of the key has no end.');
    const isDeletion = this.#text.charAt(this.#at + 1) === '-';
    const written = this.#text.slice(this.#at + (isDeletion ? 2 : 1), close);
    const key = fullKeyName(written);
    if (key === undefined || !RegistryTree.canHold(key)) this.#fail(`"${written.slice(0, 64)}" is no name of a key.`);
    this.#at = close + 1;
    this.#keyIsOurs = isOfPolicy(key);
    if (isDeletion) {
      this.#tree.deleteKey(key);
      this.#key = undefined;
    } else {
      this.#key = key;
      if (this.#keyIsOurs) this.#tree.create(key);
      else this.#others.add(key, this.#line);
    }
    this.#endOfLine();
  }

  #valueLine(): void {
    if (this.#key === undefined) this.#fail('The value belongs to no key.');
    let name = '';
    if (this.#peek() === '@') this.#at += 1;
    else name = this.#quoted();
    this.#blanks();
    if (this.#peek() !== '=') this.#fail('The name of a value is not followed by "=".');
    this.#at += 1;
    this.#blanks();
    if (this.#peek() === '-') {
      this.#at += 1;
      if (this.#keyIsOurs) this.#tree.deleteValue(this.#key, name);
    } else {
      const value = this.#data(name);
      if (this.#keyIsOurs) this.#tree.set(this.#key, value);
    }
    this.#endOfLine();
  }

  #data(name: string): ReturnType<typeof decodeValue> {
    if (this.#peek() === '"') return { name, type: 'REG_SZ', data: this.#quoted() };
    const start = /(?:dword:[ \t]*([0-9a-f]{1,8})|hex(?:\(([0-9a-f]{1,8})\))?:)/iy;
    start.lastIndex = this.#at;
    const found = start.exec(this.#text);
    if (found === null) this.#fail('The data of the value is of no known format.');
    this.#at = start.lastIndex;
    if (found[1] !== undefined) return { name, type: 'REG_DWORD', data: Number.parseInt(found[1], 16) };
    const type = found[2] === undefined ? REG_BINARY : Number.parseInt(found[2], 16);
    return decodeValue(name, type, this.#bytes(type));
  }

  /** A text in quotation marks; regedit.exe writes line breaks inside as they are. */
  #quoted(): string {
    let text = '';
    const stop = /["\\]/g;
    stop.lastIndex = this.#at + 1;
    for (let from = this.#at + 1; ; from = stop.lastIndex) {
      const found = stop.exec(this.#text);
      if (found === null) this.#fail('The text has no closing quotation mark.');
      text += this.#text.slice(from, found.index);
      if (found[0] === '"') break;
      const escaped = this.#text.charAt(found.index + 1);
      // Any other character keeps its backslash, as regedit.exe reads it.
      text += escaped === '\\' || escaped === '"' ? escaped : `\\${escaped}`;
      stop.lastIndex = found.index + 2;
    }
    for (const character of this.#text.slice(this.#at, stop.lastIndex)) if (character === '\n') this.#line += 1;
    this.#at = stop.lastIndex;
    return text;
  }

  /** Two digits a byte with commas between; a backslash at the end of a line continues the next one. */
  #bytes(type: number): Uint8Array {
    const bytes: number[] = [];
    for (let needsByte = false; ;) {
      this.#continuations();
      const digits = /[0-9a-f]{1,2}/iy;
      digits.lastIndex = this.#at;
      const found = digits.exec(this.#text);
      if (found === null) {
        if (needsByte) this.#fail('A byte is missing behind a comma.');
        break;
      }
      bytes.push(Number.parseInt(found[0], 16));
      this.#at = digits.lastIndex;
      this.#continuations();
      needsByte = this.#peek() === ',';
      if (!needsByte) break;
      this.#at += 1;
    }
    // Version 4 holds texts in eight bits a character (expandable and multiple ones are written as bytes).
    const isText = type === REG_SZ || type === 2 || type === 7;
    return this.#isVersion4 && isText ? Uint8Array.from(bytes.flatMap((byte) => [byte, 0])) : Uint8Array.from(bytes);
  }

  #continuations(): void {
    for (;;) {
      this.#blanks();
      if (this.#peek() !== '\\') return;
      this.#at += 1;
      this.#blanks();
      if (!this.#newLine()) this.#fail('A backslash that continues a line is not at its end.');
    }
  }
}
