/**
 * What places of policy held when they were read last. A delivery changes a few of thousands of values; what is the same
 * is the same object again, so that nobody reads, checks, digests or compiles it a second time.
 */
import { isDeepStrictEqual } from 'node:util';
import type { PolicyDocument } from '../../model/policy.ts';
import { digestOf, type DigestMemory } from '../declaration/policy-digest.ts';
import type { RuleMemory } from './registry-policy.ts';
import type { RegistrySnapshot, RegistryValue } from './registry-snapshot.ts';

/** What a place of policy comes to. */
export interface PolicyPlace {
  /** None, or one. */
  readonly policies: readonly PolicyDocument[];
  /** The place carries a digest, which its policy fits. */
  readonly isWhole?: true;
}

export class PolicyMemory {
  readonly digests: DigestMemory = new WeakMap();
  readonly rules: RuleMemory = new WeakMap();
  readonly #trees = new Map<string, RegistrySnapshot>();
  readonly #places = new WeakMap<RegistrySnapshot, PolicyPlace>();

  /** The tree of a place with what is known of it; the very tree that was there before when nothing changed. */
  known(path: string, tree: RegistrySnapshot): RegistrySnapshot {
    const known = withKnown(tree, this.#trees.get(path));
    this.#trees.set(path, known);
    return known;
  }

  /** What a tree came to; undefined while that is not known. @param tree as {@link known} answers it */
  placeOf(tree: RegistrySnapshot): PolicyPlace | undefined {
    return this.#places.get(tree);
  }

  keep(tree: RegistrySnapshot, place: PolicyPlace): PolicyPlace {
    this.#places.set(tree, place);
    return place;
  }

  /**
   * Whether a place was whole when it was read last, with this very digest. Then it is still, or it does not fit its digest:
   * before another one is there, nothing that is there counts.
   */
  isWholeWith(path: string, digest: RegistryValue): boolean {
    const tree = this.#trees.get(path);
    const before = tree === undefined || this.#places.get(tree)?.isWhole !== true ? undefined : digestOf(tree);
    return before !== undefined && isSame(digest, before);
  }

  /** Forgets the places that are gone. @param paths of those that are there */
  forgetOthers(paths: ReadonlySet<string>): void {
    for (const path of this.#trees.keys()) if (!paths.has(path)) this.#trees.delete(path);
  }
}

function withKnown(tree: RegistrySnapshot, before: RegistrySnapshot | undefined): RegistrySnapshot {
  if (before === undefined) return tree;
  const byName = new Map(before.values.map((value) => [value.name, value]));
  const values = tree.values.map((value, index) => {
    const sameIndex = before.values[index];
    const other = sameIndex?.name === value.name ? sameIndex : byName.get(value.name);
    return other !== undefined && isSame(value, other) ? other : value;
  });
  const subkeys = tree.subkeys.map((subkey) => {
    const other = before.subkeys.find(({ name }) => name === subkey.name);
    const key = withKnown(subkey.key, other?.key);
    return key === other?.key ? other : { name: subkey.name, key };
  });
  const isUnchanged =
    values.length === before.values.length &&
    subkeys.length === before.subkeys.length &&
    values.every((value, index) => value === before.values[index]) &&
    subkeys.every((subkey, index) => subkey === before.subkeys[index]);
  return isUnchanged ? before : { values, subkeys };
}

function isSame(left: RegistryValue, right: RegistryValue): boolean {
  return left.type === right.type && (left.data === right.data || isDeepStrictEqual(left.data, right.data));
}
