/**
 * Rules by the attributes that compare for equality. A rule is filed under its values together, so a vendor's one
 * certificate or a name like setup.exe on thousands of rules does not lead to long lists. A decision looks once for each
 * combination of attributes that occurs.
 */
import type { DetectionAttribute } from '../model/rule.ts';
import { ATTRIBUTE_LIST, ATTRIBUTES } from './attributes/index.ts';
import type { ExactColumn } from './attributes/attribute.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { HashTable, mixHashes } from './hash-table.ts';
import { KeyList } from './key-list.ts';
import type { MatchInput } from './match-input.ts';

/** The columns of all attributes; a combination of them is a number with one bit for each. */
const COLUMNS: readonly (readonly [DetectionAttribute, ExactColumn<unknown>])[] = ATTRIBUTE_LIST.flatMap(
  ([name, { exact }]) => (exact ?? []).map((column) => [name, column] as const),
);
const IDENTITIES = combine(([, { isIdentity }]) => isIdentity === true);
const ALONE = combine(([, { isAlone }]) => isAlone === true);
const MANY = combine(([, { isMany }]) => isMany === true);
const PACKAGE_TEXTS = combine(([name]) => ATTRIBUTES[name].isPackageText === true);

function combine(counts: (column: (typeof COLUMNS)[number]) => boolean): number {
  return COLUMNS.reduce((bits, column, position) => (counts(column) ? bits | (1 << position) : bits), 0);
}

function positionsOf(combination: number): readonly number[] {
  return COLUMNS.map((_, position) => position).filter((position) => (combination & (1 << position)) !== 0);
}

/** What the hashes of the values of a combination are mixed into. */
function seedOf(combination: number): number {
  return mixHashes(combination, 0x2545f491);
}

/** The values of one rule after the other, so that nothing is made for each. */
export class ExactValues {
  readonly #hashes = new Int32Array(COLUMNS.length);
  #present = 0;

  read(rule: CompiledRule): void {
    this.#present = 0;
    for (let position = 0; position < COLUMNS.length; position += 1) {
      const [name, column] = COLUMNS[position] as (typeof COLUMNS)[number];
      const condition = rule.conditions[name];
      const hash = condition === undefined ? undefined : column.ofRule(condition);
      if (hash === undefined) continue;
      this.#hashes[position] = hash;
      this.#present |= 1 << position;
    }
  }

  /** The columns that the rule is filed under; 0 when nothing of it compares for equality. */
  get combination(): number {
    const identity = this.#present & IDENTITIES;
    if (identity !== 0) return identity;
    const alone = this.#present & ALONE;
    // The lowest bit.
    return alone === 0 ? this.#present : alone & -alone;
  }

  /** Hash of the values of a combination. */
  hashOf(combination: number): number {
    let hash = seedOf(combination);
    for (let position = 0; position < COLUMNS.length; position += 1) {
      if ((combination & (1 << position)) !== 0) hash = mixHashes(hash, this.#hashes[position] as number);
    }
    return hash;
  }

  /** Calls back with the hash of each value by itself. */
  each(found: (hash: number) => void): void {
    for (let position = 0; position < COLUMNS.length; position += 1) {
      if ((this.#present & (1 << position)) !== 0) found(this.hashOf(1 << position));
    }
  }
}

export class ExactIndex {
  readonly #filed: HashTable<CompiledRule>;
  /** Every value of every rule by itself. */
  readonly #values: HashTable<CompiledRule>;
  /** Combinations that occur, each with what its hashes are mixed into and the positions of its columns. */
  readonly #combinations: readonly { readonly seed: number; readonly positions: readonly number[] }[];
  /** Positions that some combination has. */
  readonly #positions: readonly number[];
  /** Filled anew for every file: hashes of its values by column, and the keys they make. */
  readonly #found = COLUMNS.map(() => new KeyList());
  readonly #keys = new KeyList();
  /**
   * Deny rules that are filed under a text, and that also match a package whose texts are unsigned, whatever these say:
   * the keys of such a file do not find them.
   */
  readonly denyingUnsigned: readonly CompiledRule[];

  /**
   * @param rules in the order in which rules under one key are found
   * @param isElsewhere whether a rule is found in another way
   * @param unfiled called with each other rule of which nothing compares for equality
   */
  constructor(
    rules: readonly CompiledRule[],
    isElsewhere: (rule: CompiledRule) => boolean,
    unfiled: (rule: CompiledRule) => void,
  ) {
    const combinations = new Set<number>();
    const filed: CompiledRule[] = [];
    const hashes: number[] = [];
    const sharing: CompiledRule[] = [];
    const valueHashes: number[] = [];
    const denyingUnsigned: CompiledRule[] = [];
    const values = new ExactValues();
    for (const rule of rules) {
      values.read(rule);
      values.each((hash) => {
        valueHashes.push(hash);
        sharing.push(rule);
      });
      if (isElsewhere(rule)) continue;
      const { combination } = values;
      if (combination === 0) {
        unfiled(rule);
        continue;
      }
      if ((combination & PACKAGE_TEXTS) !== 0 && rule.type === 'deny' && rule.takesPackages) denyingUnsigned.push(rule);
      combinations.add(combination);
      filed.push(rule);
      hashes.push(values.hashOf(combination));
    }
    this.denyingUnsigned = denyingUnsigned;
    this.#filed = new HashTable(hashes, filed);
    this.#values = new HashTable(valueHashes, sharing);
    this.#combinations = [...combinations].map((combination) => ({
      seed: seedOf(combination),
      positions: positionsOf(combination),
    }));
    this.#positions = positionsOf([...combinations].reduce((all, combination) => all | combination, 0));
  }

  /** Keys under which rules that match the file may be filed. The list is filled anew for the next file. */
  keysOf(file: MatchInput): KeyList {
    for (const position of this.#positions) this.#findValues(position, file);
    this.#keys.clear();
    for (const { seed, positions } of this.#combinations) this.#addKeys(seed, positions);
    return this.#keys;
  }

  /** Cursor of the first rule under a key; 0 when there is none. */
  first(key: number): number {
    return this.#filed.first(key);
  }

  next(cursor: number): number {
    return this.#filed.next(cursor);
  }

  ruleAt(cursor: number): CompiledRule {
    return this.#filed.valueAt(cursor);
  }

  /** Calls back with every rule that shares at least one value with the file, at most `limit` for each value. */
  sharing(file: MatchInput, limit: number, found: (rule: CompiledRule) => void): void {
    const values = new KeyList();
    COLUMNS.forEach(([, column], position) => {
      values.clear();
      column.ofFile(file, values);
      for (let index = 0; index < values.length; index += 1) {
        let cursor = this.#values.first(mixHashes(seedOf(1 << position), values.at(index)));
        for (let count = 0; cursor !== 0 && count < limit; count += 1, cursor = this.#values.next(cursor)) {
          found(this.#values.valueAt(cursor));
        }
      }
    });
  }

  #findValues(position: number, file: MatchInput): void {
    const found = this.#found[position] as KeyList;
    found.clear();
    const [, column] = COLUMNS[position] as (typeof COLUMNS)[number];
    column.ofFile(file, found);
    if (found.length < 2 || (MANY & (1 << position)) === 0) return;
    // A chain has certificates that no rule names; each one left out saves a look for every combination.
    const seed = seedOf(1 << position);
    found.keep((hash) => this.#values.first(mixHashes(seed, hash)) !== 0);
  }

  /** Adds the key of every combination of values that the file has in these columns. */
  #addKeys(seed: number, positions: readonly number[]): void {
    const keys = this.#keys;
    const start = keys.length;
    keys.add(seed);
    for (const position of positions) {
      const found = this.#found[position] as KeyList;
      keys.multiply(start, found);
    }
  }
}
