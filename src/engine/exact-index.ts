/**
 * Rules by the attributes that compare for equality. Rules that set the same combination of attributes share one
 * table, keyed by all their values together, so a vendor's one certificate or a name like setup.exe on thousands of rules
 * does not lead to long lists. A decision looks once into the table of each combination that occurs: at most 64.
 */
import type { CertificateFacts } from '../model/file-facts.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { MatchInput } from './match-input.ts';

const ATTRIBUTES = ['name', 'path', 'productName', 'internalName', 'fileDescription', 'certificate'] as const;
type Attribute = (typeof ATTRIBUTES)[number];

const PATH = 1;
const CERTIFICATE = 5;
const NONE: readonly never[] = [];

interface Table {
  readonly mask: number;
  readonly buckets: Map<number, CompiledRule[]>;
}

/** The value of an attribute that can be looked up; undefined when the rule leaves it open or has a pattern. */
function exactValue(rule: CompiledRule, attribute: Attribute): string | undefined {
  switch (attribute) {
    case 'name':
      return rule.conditions.name?.literal;
    case 'path':
      return rule.conditions.path?.literal;
    case 'certificate':
      return rule.conditions.certificate?.sha256;
    default:
      return rule.conditions[attribute];
  }
}

export class ExactIndex {
  /** For each attribute every value that occurs, with its rules. */
  readonly #values: readonly Map<string, CompiledRule[]>[] = ATTRIBUTES.map(() => new Map());
  readonly #tables = new Map<number, Table>();
  /** Whether some rule's folder lies in a profile. */
  #profilePaths = false;

  /** Makes the values of a rule known, whether or not it is filed here. */
  register(rule: CompiledRule): void {
    for (let position = 0; position < ATTRIBUTES.length; position += 1) {
      const value = exactValue(rule, ATTRIBUTES[position] as Attribute);
      if (value === undefined) continue;
      const values = this.#values[position] as Map<string, CompiledRule[]>;
      const rules = values.get(value);
      if (rules === undefined) values.set(value, [rule]);
      else rules.push(rule);
    }
    if (rule.conditions.path?.base === 'profile') this.#profilePaths = true;
  }

  add(rule: CompiledRule, { mask, key }: ExactKey): void {
    let table = this.#tables.get(mask);
    if (table === undefined) {
      table = { mask, buckets: new Map() };
      this.#tables.set(mask, table);
    }
    const bucket = table.buckets.get(key);
    if (bucket === undefined) table.buckets.set(key, [rule]);
    else bucket.push(rule);
  }

  /** Calls back with every list that holds rules whose values are those of the file. */
  search(file: MatchInput, found: (rules: readonly CompiledRule[]) => void): void {
    if (this.#tables.size === 0) return;
    const hashes: (readonly number[] | undefined)[] = [];
    for (const { mask, buckets } of this.#tables.values()) this.#lookUp(mask, buckets, file, hashes, 0, 0, found);
  }

  /** Rules that share at least one value with the file, list by list. */
  sharing(file: MatchInput, found: (rules: readonly CompiledRule[]) => void): void {
    this.#values.forEach((values, position) => {
      for (const value of valuesOf(file, position, true)) {
        const rules = values.get(value);
        if (rules !== undefined) found(rules);
      }
    });
  }

  /** Goes through the attributes of one table; an attribute with several values in the file gives several keys. */
  #lookUp(
    mask: number,
    buckets: ReadonlyMap<number, CompiledRule[]>,
    file: MatchInput,
    hashes: (readonly number[] | undefined)[],
    position: number,
    key: number,
    found: (rules: readonly CompiledRule[]) => void,
  ): void {
    let current = position;
    while (current < ATTRIBUTES.length && (mask & (1 << current)) === 0) current += 1;
    if (current === ATTRIBUTES.length) {
      const bucket = buckets.get(key);
      if (bucket !== undefined) found(bucket);
      return;
    }
    hashes[current] ??= this.#hashesOf(file, current);
    for (const hash of hashes[current] as readonly number[]) {
      this.#lookUp(mask, buckets, file, hashes, current + 1, mix(key, hash), found);
    }
  }

  #hashesOf(file: MatchInput, position: number): readonly number[] {
    const values = valuesOf(file, position, this.#profilePaths);
    // A chain has certificates that no rule names; each one left out saves a look into every table.
    const known = position === CERTIFICATE ? values.filter((value) => this.#values[CERTIFICATE]?.has(value)) : values;
    return known.map(hashText);
  }
}

export interface ExactKey {
  readonly mask: number;
  readonly key: number;
}

/** Combination and key of a rule; undefined when it sets no attribute that compares for equality. */
export function exactKeyOf(rule: CompiledRule): ExactKey | undefined {
  let mask = 0;
  let key = 0;
  for (let position = 0; position < ATTRIBUTES.length; position += 1) {
    const value = exactValue(rule, ATTRIBUTES[position] as Attribute);
    if (value === undefined) continue;
    mask |= 1 << position;
    key = mix(key, hashText(value));
  }
  return mask === 0 ? undefined : { mask, key };
}

function valuesOf(file: MatchInput, position: number, profiles: boolean): readonly string[] {
  if (position === CERTIFICATE) return digestsOf(file);
  if (position === PATH) {
    const { text, profileText } = profiles ? file.folder : { text: file.folder.text, profileText: undefined };
    return profileText === undefined ? [text] : [text, profileText];
  }
  const value = file[ATTRIBUTES[position] as Exclude<Attribute, 'path' | 'certificate'>];
  return value === undefined ? NONE : [value];
}

function digestsOf(file: MatchInput): readonly string[] {
  const result: string[] = [];
  const add = ({ sha256 }: CertificateFacts): void => {
    if (!result.includes(sha256)) result.push(sha256);
  };
  // Asked for every decision, so no list is made of what is only walked through.
  for (const { leaf, issuers, extraCertificates } of file.signatures) {
    add(leaf);
    for (const certificate of issuers) add(certificate);
    if (extraCertificates !== undefined) for (const certificate of extraCertificates) add(certificate);
  }
  return result;
}

/**
 * FNV-1a over UTF-16 units. Different texts may share a hash: whoever finds a rule compares all its attributes anyway,
 * so a collision costs one comparison and nothing else.
 */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash;
}

function mix(key: number, hash: number): number {
  const mixed = Math.imul(key ^ hash, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}
