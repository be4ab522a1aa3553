/**
 * Whether records that only Windows can write say what the policy key of a user's hive says (decision D1). Both ways
 * count: what is in the hive and in no record is the user's own, and where something of a record is missing, it may be
 * what a grant was narrowed by.
 */
import { isDeepStrictEqual } from 'node:util';
import { foldCase } from '../../text/compare.ts';
import type { RegistrySnapshot, RegistryValue } from './registry-snapshot.ts';

/** @param records each what one kind of management put into the key; where they differ, either may have won */
export function confirmedBy(hive: RegistrySnapshot, records: readonly RegistrySnapshot[]): boolean {
  const found = valuesOf(hive);
  const recorded = records.map((record) => valuesOf(record));
  const hasRecord = [...found].every(([name, value]) =>
    recorded.some((record) => {
      const other = record.get(name);
      return other !== undefined && isSame(value, other);
    }),
  );
  return hasRecord && recorded.every((record) => [...record.keys()].every((name) => found.has(name)));
}

/** Every value of a tree by its path, which case does not change. A key without values says nothing. */
function valuesOf(tree: RegistrySnapshot, path = ''): ReadonlyMap<string, RegistryValue> {
  const values = new Map<string, RegistryValue>();
  for (const value of tree.values) values.set(`${path}\\\\${foldCase(value.name)}`, value);
  for (const { name, key } of tree.subkeys) {
    for (const [inner, value] of valuesOf(key, `${path}\\${foldCase(name)}`)) values.set(inner, value);
  }
  return values;
}

function isSame(left: RegistryValue, right: RegistryValue): boolean {
  return left.type === right.type && isDeepStrictEqual(left.data, right.data);
}
