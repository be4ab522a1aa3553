/** Registry changes as data: applied to a registry in memory, or written as a .reg file that Windows and Wine import. */
import { sameRegistryName, type RegistrySnapshot, type RegistryValue } from '../../src/policy/registry-snapshot.ts';

/** `HKLM`, or the SID of the user whose hive is meant. */
export type Hive = 'HKLM' | `S-1-${string}`;

export type RegistryOperation =
  | { readonly kind: 'set'; readonly hive: Hive; readonly key: string; readonly value: RegistryValue }
  | { readonly kind: 'delete'; readonly hive: Hive; readonly key: string; readonly name: string };

interface MutableKey {
  values: RegistryValue[];
  subkeys: { name: string; key: MutableKey }[];
}

/** Keys and values as Windows keeps them: names compare without case, keys stay when their last value goes. */
export class MemoryRegistry {
  readonly #hives = new Map<Hive, MutableKey>();

  apply(operations: readonly RegistryOperation[]): void {
    for (const operation of operations) {
      const key = this.#open(operation.hive, operation.key);
      const name = operation.kind === 'set' ? operation.value.name : operation.name;
      const rest = key.values.filter((value) => !sameRegistryName(value.name, name));
      key.values = operation.kind === 'set' ? [...rest, operation.value] : rest;
    }
  }

  /** The tree of a key; undefined when it does not exist. */
  snapshot(hive: Hive, path: string): RegistrySnapshot | undefined {
    let key: MutableKey | undefined = this.#hives.get(hive);
    for (const step of path.split('\\')) {
      key = key?.subkeys.find((subkey) => sameRegistryName(subkey.name, step))?.key;
    }
    return key;
  }

  #open(hive: Hive, path: string): MutableKey {
    let key = this.#hives.get(hive) ?? { values: [], subkeys: [] };
    this.#hives.set(hive, key);
    for (const step of path.split('\\')) {
      const found = key.subkeys.find(({ name }) => sameRegistryName(name, step));
      const subkey = found ?? { name: step, key: { values: [], subkeys: [] } };
      if (found === undefined) key.subkeys.push(subkey);
      key = subkey.key;
    }
    return key;
  }
}

/** The operations as a .reg file of version 5.00: UTF-16LE with byte order mark and CRLF, as regedit writes it. */
export function renderRegFile(operations: readonly RegistryOperation[]): Uint8Array {
  return Buffer.from(`\ufeff${renderRegText(operations)}`, 'utf16le');
}

/** The text of that file. */
export function renderRegText(operations: readonly RegistryOperation[]): string {
  const lines = ['Windows Registry Editor Version 5.00', ''];
  let header = '';
  for (const operation of operations) {
    const root = operation.hive === 'HKLM' ? 'HKEY_LOCAL_MACHINE' : `HKEY_USERS\\${operation.hive}`;
    const next = `[${root}\\${operation.key}]`;
    if (next !== header) lines.push(...(header === '' ? [] : ['']), next);
    header = next;
    const name = operation.kind === 'set' ? operation.value.name : operation.name;
    const left = name === '' ? '@' : `"${escapeReg(name)}"`;
    lines.push(`${left}=${operation.kind === 'set' ? renderData(operation.value) : '-'}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

function renderData(value: RegistryValue): string {
  switch (value.type) {
    case 'REG_SZ':
      return hasControl(value.data) ? renderBytes(1, utf16(`${value.data}\0`)) : `"${escapeReg(value.data)}"`;
    case 'REG_DWORD':
      return `dword:${value.data.toString(16).padStart(8, '0')}`;
    case 'REG_EXPAND_SZ':
      return renderBytes(2, utf16(`${value.data}\0`));
    case 'REG_MULTI_SZ':
      return renderBytes(7, utf16(`${value.data.map((line) => `${line}\0`).join('')}\0`));
    default:
      throw new Error(`A policy never writes ${value.type}.`);
  }
}

function hasControl(text: string): boolean {
  return [...text].some((character) => character < ' ');
}

function escapeReg(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}

function renderBytes(type: number, bytes: Buffer): string {
  return `hex(${type}):${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(',')}`;
}
