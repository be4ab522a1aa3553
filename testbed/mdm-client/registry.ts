/** Registry changes as data: applied to a registry in memory, or written as a .reg file that Windows and Wine import. */
import { regBytes, regText } from '../../src/policy/formats/reg/reg-writer.ts';
import type { RegistrySnapshot, RegistryValue } from '../../src/policy/registry/registry-snapshot.ts';
import { RegistryTree } from '../../src/policy/registry/registry-tree.ts';

/** `HKLM`, or the SID of the user whose hive is meant. */
export type Hive = 'HKLM' | `S-1-${string}`;

export type RegistryOperation =
  | { readonly kind: 'set'; readonly hive: Hive; readonly key: string; readonly value: RegistryValue }
  | { readonly kind: 'delete'; readonly hive: Hive; readonly key: string; readonly name: string };

/** Keys stay when their last value goes. */
export class MemoryRegistry {
  readonly #tree = new RegistryTree();

  apply(operations: readonly RegistryOperation[]): void {
    for (const operation of operations) {
      const key = fullName(operation);
      if (operation.kind === 'set') this.#tree.set(key, operation.value);
      else this.#tree.deleteValue(key, operation.name);
    }
  }

  /** The tree of a key; undefined when it does not exist. */
  snapshot(hive: Hive, key: string): RegistrySnapshot | undefined {
    return this.#tree.snapshot(fullName({ hive, key }));
  }
}

function fullName({ hive, key }: { readonly hive: Hive; readonly key: string }): string {
  return hive === 'HKLM' ? `HKEY_LOCAL_MACHINE\\${key}` : `HKEY_USERS\\${hive}\\${key}`;
}

/** The operations as a .reg file of version 5.00: UTF-16LE with byte order mark and CRLF, as regedit writes it. */
export function renderRegFile(operations: readonly RegistryOperation[]): Uint8Array {
  return regBytes(renderRegText(operations));
}

/** The text of that file. */
export function renderRegText(operations: readonly RegistryOperation[]): string {
  return regText(operations.map((operation) => ({ ...operation, key: fullName(operation) })));
}
