/**
 * Graph JSON as exporters write it: names in camel or Pascal case, and members that an SDK does not know by type moved
 * into `AdditionalProperties`. An object is opened as if all were written one way; names that then fall together are
 * kept side by side, so that nothing is chosen without a word.
 */
import { foldCase } from '../../engine/text-compare.ts';
import { lineOf, memberName, pointerStep, type JsonNode } from '../json-text.ts';
import type { LocatedReason } from '../policy-file.ts';

/** A value and its JSON pointer from the root of the input. */
export interface Located {
  readonly node: JsonNode;
  readonly place: string;
}

interface Member {
  readonly name: string;
  readonly folded: string;
  readonly node: JsonNode;
  readonly base: string;
}

const FLATTENED = 'ADDITIONALPROPERTIES';
/** Up to so many members, comparing each with each costs less than a set. */
const FEW = 24;

export class GraphObject implements Located {
  readonly node: JsonNode;
  readonly place: string;
  readonly #members: readonly Member[];
  /** Names given more than once, as written. */
  readonly collisions: readonly string[];

  constructor(target: Located, members: readonly Member[]) {
    this.node = target.node;
    this.place = target.place;
    this.#members = members;
    this.collisions = collisionsOf(members);
  }

  /** Every value of that name. */
  all(name: string): readonly Located[] {
    const folded = name.toUpperCase();
    return this.#members.filter((member) => member.folded === folded).map(locatedMember);
  }

  /** The value of that name; undefined when there is none, or null, or more than one. */
  one(name: string): Located | undefined {
    const folded = name.toUpperCase();
    let found: Member | undefined;
    for (const member of this.#members) {
      if (member.folded !== folded) continue;
      if (found !== undefined) return undefined;
      found = member;
    }
    return found === undefined || found.node.type === 'Null' ? undefined : locatedMember(found);
  }

  /** The text of that name; undefined when it is none. */
  text(name: string): string | undefined {
    const value = this.one(name);
    return value?.node.type === 'String' ? value.node.value : undefined;
  }
}

function locatedMember({ name, node, base }: Member): Located {
  return { node, place: base + pointerStep(name) };
}

function collisionsOf(members: readonly Member[]): readonly string[] {
  if (members.length <= FEW) {
    return members
      .filter(({ folded }, index) => members.findIndex((other) => other.folded === folded) < index)
      .map(({ name }) => name);
  }
  const seen = new Set<string>();
  return members.flatMap(({ name, folded }) => {
    if (seen.has(folded)) return [name];
    seen.add(folded);
    return [];
  });
}

/** Undefined when the value is no object. */
export function openObject(target: Located): GraphObject | undefined {
  if (target.node.type !== 'Object') return undefined;
  const members: Member[] = [];
  addMembers(members, target);
  return new GraphObject(target, members);
}

/** Recursion ends with the text's nesting, which the parser bounds. */
function addMembers(members: Member[], { node, place }: Located): void {
  if (node.type !== 'Object') return;
  let flattened = 0;
  for (const each of node.members) {
    const name = memberName(each);
    const member = { name, folded: foldCase(name), node: each.value, base: place };
    if (member.folded === FLATTENED && each.value.type === 'Object' && flattened === 0) {
      flattened += 1;
      addMembers(members, locatedMember(member));
    } else members.push(member);
  }
}

/** Elements of a list; undefined when the value is none. */
export function elementsOf({ node, place }: Located): readonly Located[] | undefined {
  if (node.type !== 'Array') return undefined;
  return node.elements.map((element, index) => ({ node: element.value, place: `${place}/${index}` }));
}

/** Findings about one thing, up to a limit, so that hostile input cannot make a report of any length. */
export class Findings {
  readonly #limit: number;
  readonly #found: LocatedReason[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  get found(): readonly LocatedReason[] {
    return this.#found;
  }

  isEmpty(): boolean {
    return this.#found.length === 0;
  }

  add(reason: string, at: Located, message: string): void {
    if (this.#found.length > this.#limit) return;
    const more = this.#found.length === this.#limit;
    this.#found.push({
      reason: more ? 'moreFindings' : reason,
      place: at.place,
      message: more ? 'There is more of this kind, which is not listed.' : message,
      line: lineOf(at.node),
    });
  }
}

/** Reports every name of the object that is given more than once. @returns whether there is one */
export function reportCollisions(object: GraphObject, findings: Findings): boolean {
  for (const name of object.collisions) {
    findings.add('givenTwice', object, `"${shown(name)}" is given more than once; case does not count.`);
  }
  return object.collisions.length > 0;
}

/** Text of the input, fit for a message. */
export function shown(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/gu, '\ufffd');
  return plain.length > 200 ? `${plain.slice(0, 200)}…` : plain;
}
