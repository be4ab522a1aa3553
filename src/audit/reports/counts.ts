/** Counting elevations that have the same values in some columns. */
import { foldCase } from '../../text/compare.ts';
import type { Cell, Row } from './report.ts';

interface Group {
  readonly values: Row;
  count: number;
  readonly users: Set<string>;
}

export class Counts {
  readonly #groups = new Map<string, Group>();

  /** @param values by which it is grouped, compared without case, and shown as the first had them */
  add(values: Row, userSid: string | undefined): void {
    const key = JSON.stringify(Object.values(values).map(keyOf));
    let group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, (group = { values, count: 0, users: new Set() }));
    group.count += 1;
    if (userSid !== undefined) group.users.add(userSid);
  }

  /** The largest first; of equals the one that came first. */
  largest(limit = Infinity): readonly { readonly values: Row; readonly count: number; readonly users: number }[] {
    const sorted = [...this.#groups.values()].sort((one, other) => other.count - one.count);
    return sorted.slice(0, limit).map(({ values, count, users }) => ({ values, count, users: users.size }));
  }
}

function keyOf(value: Cell): string | number | boolean {
  return typeof value === 'string' ? foldCase(value) : (value ?? '');
}
