/**
 * Rules by the attributes that compare for equality. Rules that set the same combination of attributes share one
 * table, keyed by all their values together, so a vendor's one certificate or a name like setup.exe on thousands of rules
 * does not lead to long lists. A decision looks once into the table of each combination that occurs: at most 64.
 */
import type { CompiledRule } from './compiled-rule.ts';
import type { Prepared } from './prepared.ts';

const ATTRIBUTES = ['name', 'path', 'productName', 'internalName', 'fileDescription', 'certificate'] as const;
type Attribute = (typeof ATTRIBUTES)[number];

const PATH = 1;
const CERTIFICATE = 5;

/** One value of one attribute, and every rule that sets it. */
interface Entry {
  readonly id: number;
  readonly rules: CompiledRule[];
}

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
  readonly #entries: readonly Map<string, Entry>[] = ATTRIBUTES.map(() => new Map());
  readonly #tables = new Map<number, Table>();

  /** Makes the value of every rule known; its key can be asked for afterwards. */
  register(rule: CompiledRule): void {
    ATTRIBUTES.forEach((attribute, position) => {
      const value = exactValue(rule, attribute);
      if (value === undefined) return;
      const entries = this.#entries[position] as Map<string, Entry>;
      const entry = entries.get(value);
      if (entry === undefined) entries.set(value, { id: entries.size + 1, rules: [rule] });
      else entry.rules.push(rule);
    });
  }

  /** Combination and key of a registered rule; undefined when it sets no attribute that compares for equality. */
  keyOf(rule: CompiledRule): { readonly mask: number; readonly key: number } | undefined {
    let mask = 0;
    let key = 0;
    ATTRIBUTES.forEach((attribute, position) => {
      const value = exactValue(rule, attribute);
      const id = value === undefined ? undefined : this.#entries[position]?.get(value)?.id;
      if (id === undefined) return;
      mask |= 1 << position;
      key = mix(key, id);
    });
    return mask === 0 ? undefined : { mask, key };
  }

  add(rule: CompiledRule, mask: number, key: number): void {
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
  search(file: Prepared, found: (rules: readonly CompiledRule[]) => void): void {
    if (this.#tables.size === 0) return;
    const values = this.#valuesOf(file);
    for (const { mask, buckets } of this.#tables.values()) lookUp(mask, buckets, values, 0, 0, found);
  }

  /** Rules that share at least one value with the file, list by list. */
  sharing(file: Prepared, found: (rules: readonly CompiledRule[]) => void): void {
    for (const entries of this.#valuesOf(file)) entries.forEach((entry) => found(entry.rules));
  }

  /** For each attribute the known values that the file has: two for a path in a profile, several for certificates. */
  #valuesOf(file: Prepared): readonly (readonly Entry[])[] {
    return this.#entries.map((entries, position) => {
      if (entries.size === 0) return [];
      if (position === CERTIFICATE) return certificateEntries(entries, file);
      if (position === PATH) return known(entries, [file.folder.text, file.folder.profileText]);
      const attribute = ATTRIBUTES[position] as Exclude<Attribute, 'path' | 'certificate'>;
      return known(entries, [file[attribute]]);
    });
  }
}

function lookUp(
  mask: number,
  buckets: ReadonlyMap<number, CompiledRule[]>,
  values: readonly (readonly Entry[])[],
  position: number,
  key: number,
  found: (rules: readonly CompiledRule[]) => void,
): void {
  let current = position;
  while (current < values.length && (mask & (1 << current)) === 0) current += 1;
  if (current === values.length) {
    const bucket = buckets.get(key);
    if (bucket !== undefined) found(bucket);
    return;
  }
  for (const { id } of values[current] as readonly Entry[]) {
    lookUp(mask, buckets, values, current + 1, mix(key, id), found);
  }
}

/** Different values may mix to one key; whoever finds a rule compares all its attributes anyway. */
function mix(key: number, id: number): number {
  const mixed = Math.imul(key ^ id, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
}

function known(entries: ReadonlyMap<string, Entry>, values: readonly (string | undefined)[]): Entry[] {
  const result: Entry[] = [];
  for (const value of values) {
    const entry = value === undefined ? undefined : entries.get(value);
    if (entry !== undefined) result.push(entry);
  }
  return result;
}

function certificateEntries(entries: ReadonlyMap<string, Entry>, file: Prepared): Entry[] {
  const result: Entry[] = [];
  const add = (sha256: string): void => {
    const entry = entries.get(sha256);
    if (entry !== undefined && !result.includes(entry)) result.push(entry);
  };
  for (const signature of file.signatures) {
    add(signature.leaf.sha256);
    for (const certificate of signature.others) add(certificate.sha256);
  }
  return result;
}
