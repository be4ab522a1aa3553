/**
 * Long work on a hostile file lets other work of the process go on, and looks whether anybody still waits for it: a
 * loop over what a file holds counts its steps here, so that no file makes a stretch longer than another.
 */
import type { ByteSource } from './byte-source.ts';

/** Steps between two looks. A step is about as much as reading one number: a turn takes a millisecond or two. */
export const STEPS_PER_TURN = 65_536;

export class Turns {
  readonly #source: Pick<ByteSource, 'check'>;
  #left = STEPS_PER_TURN;

  /** @param source whose limits are looked at after each turn */
  constructor(source: Pick<ByteSource, 'check'>) {
    this.#source = source;
  }

  /**
   * Counts steps that are done, or about to be done.
   * @returns what to wait for when the turn is over, so that a loop waits only then; it rejects as the source's `check`
   */
  take(steps: number): Promise<void> | undefined {
    this.#left -= steps;
    return this.#left > 0 ? undefined : this.#pass();
  }

  async #pass(): Promise<void> {
    this.#left = STEPS_PER_TURN;
    await new Promise((resolve) => setImmediate(resolve));
    this.#source.check?.();
  }
}

/** Items sorted at once; the rest is merging. */
const SORTED_AT_ONCE = 1024;
/** Steps that sorting or merging an item takes. */
const SORT_STEPS = 128;

/**
 * Sorts in turns.
 * @param keyOf compared by UTF-16 units; no two items have the same
 */
export async function sortInTurns<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  turns: Turns,
): Promise<readonly T[]> {
  let parts: Keyed<T>[][] = [];
  for (let start = 0; start < items.length; start += SORTED_AT_ONCE) {
    const part = items.slice(start, start + SORTED_AT_ONCE).map((item) => ({ item, key: keyOf(item) }));
    parts.push(part.sort((a, b) => (a.key < b.key ? -1 : 1)));
    await turns.take(part.length * SORT_STEPS);
  }
  while (parts.length > 1) {
    const merged: Keyed<T>[][] = [];
    for (let at = 0; at < parts.length; at += 2) merged.push(await merge(parts[at] ?? [], parts[at + 1] ?? [], turns));
    parts = merged;
  }
  return (parts[0] ?? []).map(({ item }) => item);
}

interface Keyed<T> {
  readonly item: T;
  readonly key: string;
}

async function merge<T>(left: readonly Keyed<T>[], right: readonly Keyed<T>[], turns: Turns): Promise<Keyed<T>[]> {
  const merged: Keyed<T>[] = [];
  let [atLeft, atRight] = [0, 0];
  for (;;) {
    const [one, other] = [left[atLeft], right[atRight]];
    if (one === undefined && other === undefined) return merged;
    if (other === undefined || (one !== undefined && one.key < other.key)) {
      if (one !== undefined) merged.push(one);
      atLeft += 1;
    } else {
      merged.push(other);
      atRight += 1;
    }
    const turn = turns.take(SORT_STEPS / 8);
    if (turn !== undefined) await turn;
  }
}
