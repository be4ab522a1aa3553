/** A registry in memory that keeps keys and values as Windows does: names compare without case and keep their first spelling. */
import { foldCase } from '../../text/compare.ts';
import type { RegistrySnapshot, RegistryValue } from './registry-snapshot.ts';

/** Levels of keys and length of a key's name ("Registry Element Size Limits"). */
const MAX_LEVELS = 512;
const MAX_KEY_NAME = 255;

interface Key {
  readonly name: string;
  readonly values: Map<string, RegistryValue>;
  readonly subkeys: Map<string, Key>;
}

export class RegistryTree {
  readonly #root = emptyKey('');

  /** True when Windows could hold a key of this path. Every other method expects that it can. */
  static canHold(path: string): boolean {
    const steps = path.split('\\');
    return steps.length <= MAX_LEVELS && steps.every((step) => step !== '' && step.length <= MAX_KEY_NAME);
  }

  /** Makes the key, and those above it, when they are absent. */
  create(path: string): void {
    this.#open(path);
  }

  set(path: string, value: RegistryValue): void {
    const { values } = this.#open(path);
    const folded = foldCase(value.name);
    values.set(folded, { ...value, name: values.get(folded)?.name ?? value.name });
  }

  has(path: string, name: string): boolean {
    return this.#find(path)?.values.has(foldCase(name)) === true;
  }

  deleteValue(path: string, name: string): void {
    this.#find(path)?.values.delete(foldCase(name));
  }

  deleteValues(path: string): void {
    this.#find(path)?.values.clear();
  }

  /** Removes the key with everything below it. */
  deleteKey(path: string): void {
    const cut = path.lastIndexOf('\\');
    const parent = cut === -1 ? this.#root : this.#find(path.slice(0, cut));
    parent?.subkeys.delete(foldCase(path.slice(cut + 1)));
  }

  /** Names of the keys directly below. */
  subkeyNames(path: string): readonly string[] {
    return [...(this.#find(path)?.subkeys.values() ?? [])].map(({ name }) => name);
  }

  /** The tree of a key; undefined when it does not exist. */
  snapshot(path: string): RegistrySnapshot | undefined {
    const key = this.#find(path);
    return key && snapshotOf(key);
  }

  #find(path: string): Key | undefined {
    let key: Key | undefined = this.#root;
    for (const step of path.split('\\')) key = key?.subkeys.get(foldCase(step));
    return key;
  }

  #open(path: string): Key {
    let key = this.#root;
    for (const step of path.split('\\')) {
      const folded = foldCase(step);
      let next = key.subkeys.get(folded);
      if (next === undefined) {
        next = emptyKey(step);
        key.subkeys.set(folded, next);
      }
      key = next;
    }
    return key;
  }
}

function emptyKey(name: string): Key {
  return { name, values: new Map(), subkeys: new Map() };
}

/** Depth is bounded by {@link RegistryTree.canHold}. */
function snapshotOf(key: Key): RegistrySnapshot {
  return {
    values: [...key.values.values()],
    subkeys: [...key.subkeys.values()].map((subkey) => ({ name: subkey.name, key: snapshotOf(subkey) })),
  };
}
