/**
 * Graph JSON as exporters write it: names in camel or Pascal case, and members that an SDK does not know by type moved
 * into `AdditionalProperties`. An object is opened as if all were written one way; names that then fall together are
 * kept side by side, so that nothing is chosen without a word.
 */
import { displayText } from '../../../text/display.ts';
import { pointerStep } from '../../../text/json-pointer.ts';
import { diagnostic, pointerPlace, type Diagnostic } from '../../../model/diagnostic.ts';
import type { DiagnosticCode, Severity } from '../../../model/diagnostic-codes.ts';
import type { JsonMember, JsonNode } from '../../../text/json-text.ts';

/** A value and its JSON pointer from the root of the input. */
export interface Located {
  readonly node: JsonNode;
  readonly pointer: string;
}

/** Members that stand in one object of the text, and its JSON pointer. */
interface Part {
  readonly members: readonly JsonMember[];
  readonly base: string;
}

const FLATTENED = 'ADDITIONALPROPERTIES';
/** Up to so many members, comparing each with each costs less than a set. */
const FEW = 24;
const NONE: readonly string[] = [];

export class GraphObject implements Located {
  readonly node: JsonNode;
  readonly pointer: string;
  readonly #parts: readonly Part[];
  /** Names given more than once, as written. */
  readonly collisions: readonly string[];

  constructor(target: Located, parts: readonly Part[]) {
    this.node = target.node;
    this.pointer = target.pointer;
    this.#parts = parts;
    this.collisions = collisionsOf(parts);
  }

  /** Every value of that name. */
  all(name: string): readonly Located[] {
    const folded = name.toUpperCase();
    const found: Located[] = [];
    for (const { members, base } of this.#parts) {
      for (const member of members) if (member.folded === folded) found.push(locatedMember(member, base));
    }
    return found;
  }

  /** The value of that name; undefined when there is none, or null, or more than one. */
  one(name: string): Located | undefined {
    const [only, second] = this.all(name);
    return second !== undefined || only?.node.type === 'Null' ? undefined : only;
  }

  /** The text of that name; undefined when it is none. */
  text(name: string): string | undefined {
    const value = this.one(name);
    return value?.node.type === 'String' ? value.node.value : undefined;
  }
}

function locatedMember({ name, value }: JsonMember, base: string): Located {
  return { node: value, pointer: base + pointerStep(name) };
}

function collisionsOf(parts: readonly Part[]): readonly string[] {
  const [only, second] = parts;
  const members = second === undefined ? (only?.members ?? []) : parts.flatMap((part) => part.members);
  if (members.length <= FEW && !hasEqualNames(members)) return NONE;
  const seen = new Set<string>();
  return members.flatMap(({ name, folded }) => {
    if (seen.has(folded)) return [name];
    seen.add(folded);
    return [];
  });
}

function hasEqualNames(members: readonly JsonMember[]): boolean {
  for (let index = 1; index < members.length; index += 1) {
    const folded = members[index]?.folded;
    for (let before = 0; before < index; before += 1) if (members[before]?.folded === folded) return true;
  }
  return false;
}

/** Undefined when the value is no object. */
export function openObject(target: Located): GraphObject | undefined {
  if (target.node.type !== 'Object') return undefined;
  const parts: Part[] = [];
  addParts(parts, target.node.members, target.pointer);
  return new GraphObject(target, parts);
}

/** Recursion ends with the text's nesting, which the parser bounds. */
function addParts(parts: Part[], members: readonly JsonMember[], base: string): void {
  const index = members.findIndex(({ folded }) => folded === FLATTENED);
  const flattened = members[index];
  const isAlone = members.findLastIndex(({ folded }) => folded === FLATTENED) === index;
  if (flattened?.value.type !== 'Object' || !isAlone) {
    parts.push({ members, base });
    return;
  }
  parts.push({ members: members.toSpliced(index, 1), base });
  addParts(parts, flattened.value.members, base + pointerStep(flattened.name));
}

/** Elements of a list; undefined when the value is none. */
export function elementsOf({ node, pointer }: Located): readonly Located[] | undefined {
  if (node.type !== 'Array') return undefined;
  return node.elements.map((element, index) => ({ node: element, pointer: `${pointer}/${index}` }));
}

/** What is said about one thing, up to a limit, so that hostile input cannot make a report of any length. */
export class Diagnostics {
  readonly #severity: Severity;
  readonly #limit: number;
  readonly #found: Diagnostic[] = [];

  /** @param severity of every one of them: whether what is said keeps a rule from being taken depends on who says it */
  constructor(severity: Severity, limit: number) {
    this.#severity = severity;
    this.#limit = limit;
  }

  get found(): readonly Diagnostic[] {
    return this.#found;
  }

  isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** @param severity where it is not that of the others */
  add(code: DiagnosticCode, at: Located, message: string, severity = this.#severity): void {
    if (this.#found.length > this.#limit) return;
    const place = pointerPlace(at.pointer, at.node.line);
    const added =
      this.#found.length < this.#limit
        ? diagnostic(code, message, place)
        : diagnostic('moreFindings', 'There is more of this kind, which is not listed.', place);
    this.#found.push({ ...added, severity });
  }
}

/** Reports every name of the object that is given more than once. @returns whether there is one */
export function reportCollisions(object: GraphObject, diagnostics: Diagnostics): boolean {
  for (const name of object.collisions) {
    diagnostics.add('givenTwice', object, `"${shownText(name)}" is given more than once; case does not count.`);
  }
  return object.collisions.length > 0;
}

/** Text of the input, fit for a message. */
export function shownText(text: string): string {
  return displayText(text, 200);
}
