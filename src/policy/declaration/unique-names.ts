import { foldCase } from '../../text/compare.ts';
import { LIMITS } from './limits.ts';

/** Gives a second rule of one name, without case, the next free `name (2)`, as list entries need names of their own. */
export class UniqueNames {
  readonly #taken = new Set<string>();
  /** Number tried last for a name, so that many rules of one name do not cost their square. */
  readonly #lastNumber = new Map<string, number>();

  constructor(taken: readonly string[] = []) {
    for (const name of taken) this.#taken.add(foldCase(name));
  }

  take(name: string): string {
    const folded = foldCase(name);
    let unique = name;
    let number = this.#lastNumber.get(folded) ?? 1;
    while (this.#taken.has(foldCase(unique))) {
      number += 1;
      const suffix = ` (${number})`;
      // A cut must not leave half of a surrogate pair.
      unique = name.slice(0, LIMITS.ruleName - suffix.length).replace(/[\ud800-\udbff]$/, '') + suffix;
    }
    this.#lastNumber.set(folded, number);
    this.#taken.add(foldCase(unique));
    return unique;
  }
}
