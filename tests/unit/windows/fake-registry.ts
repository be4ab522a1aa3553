/** A registry in memory behind the functions of advapi32.dll and of the native part, so that the adapter's own code runs as it is. */
import type { Advapi32 } from '../../../src/windows/dll/advapi32.ts';
import type { ValueReader } from '../../../src/windows/registry/values.ts';

export interface FakeValue {
  readonly type: number;
  readonly data: Uint8Array;
}

export interface FakeKey {
  readonly values: Map<string, FakeValue>;
  readonly keys: Map<string, FakeKey>;
  /** Error that opening the key gives. */
  error?: number;
  /** Error that listing the values gives. */
  valuesError?: number;
  /** Self-relative security descriptor; default: owned and written by SYSTEM and administrators. */
  security?: Uint8Array;
}

export function fakeKey(values: Record<string, FakeValue> = {}, keys: Record<string, FakeKey> = {}): FakeKey {
  return { values: new Map(Object.entries(values)), keys: new Map(Object.entries(keys)) };
}

export const text = (value: string): FakeValue => ({ type: 1, data: Buffer.from(`${value}\0`, 'utf16le') });
export const number = (value: number): FakeValue => {
  const data = Buffer.alloc(4);
  data.writeUInt32LE(value);
  return { type: 4, data };
};

const FILE_NOT_FOUND = 2;
const INSUFFICIENT_BUFFER = 122;
const MORE_DATA = 234;
const NO_MORE_ITEMS = 259;

export class FakeRegistry {
  readonly roots = new Map<number, FakeKey>([
    [0x80000002 | 0, fakeKey()],
    [0x80000003 | 0, fakeKey()],
  ]);
  readonly open = new Map<number, FakeKey>();
  #next = 100;
  #listed: { key: FakeKey; entries: readonly (readonly [string, FakeValue])[] } | undefined;

  get machine(): FakeKey {
    return this.roots.get(0x80000002 | 0) ?? fakeKey();
  }
  get users(): FakeKey {
    return this.roots.get(0x80000003 | 0) ?? fakeKey();
  }

  /** Makes a key and its parents. */
  put(root: FakeKey, path: string, key: FakeKey): void {
    const names = path.split('\\');
    const last = names.pop() ?? '';
    let at = root;
    for (const name of names) {
      const next = at.keys.get(name) ?? fakeKey();
      at.keys.set(name, next);
      at = next;
    }
    at.keys.set(last, key);
  }

  find(root: FakeKey, path: string): FakeKey | undefined {
    return path
      .split('\\')
      .filter((name) => name !== '')
      .reduce<FakeKey | undefined>((key, name) => find(key?.keys, name), root);
  }

  readonly advapi32 = {
    RegOpenKeyExW: (root: number, name: string, _options: number, _access: number, result: [number]) => {
      const key = this.find(this.#key(root), name);
      if (key === undefined) return FILE_NOT_FOUND;
      if (key.error !== undefined) return key.error;
      result[0] = this.#handle(key);
      return 0;
    },
    RegCreateKeyExW: (
      root: number,
      name: string,
      _r: number,
      _c: null,
      _o: number,
      _a: number,
      _s: unknown,
      result: [number],
    ) => {
      let key = this.find(this.#key(root), name);
      if (key?.error !== undefined) return key.error;
      if (key === undefined) {
        key = fakeKey();
        this.put(this.#key(root), name, key);
      }
      result[0] = this.#handle(key);
      return 0;
    },
    RegCloseKey: (handle: number) => (this.open.delete(handle) ? 0 : 6),
    RegEnumKeyExW: (handle: number, index: number, name: Uint8Array, length: [number]) => {
      const found = [...this.#key(handle).keys.keys()][index];
      return found === undefined ? NO_MORE_ITEMS : write(found, name, length);
    },
    RegEnumValueW: (handle: number, index: number, name: Uint8Array, nameLength: [number]) => {
      const found = this.#entries(this.#key(handle))[index];
      return found === undefined ? NO_MORE_ITEMS : write(found[0], name, nameLength);
    },
    RegQueryValueExW: (handle: number, name: string, _r: null, type: [number], data: Uint8Array, length: [number]) => {
      const found = [...this.#key(handle).values].find(([key]) => key.toUpperCase() === name.toUpperCase())?.[1];
      if (found === undefined) return FILE_NOT_FOUND;
      length[0] = found.data.length;
      if (found.data.length > data.length) return MORE_DATA;
      type[0] = found.type;
      data.set(found.data);
      return 0;
    },
    RegSetValueExW: (handle: number, name: string, _r: number, type: number, data: Uint8Array) => {
      this.#key(handle).values.set(name, { type, data: Uint8Array.from(data) });
      return 0;
    },
    RegDeleteValueW: (handle: number, name: string) => (this.#key(handle).values.delete(name) ? 0 : FILE_NOT_FOUND),
    RegDeleteTreeW: (handle: number, name: string) => (this.#key(handle).keys.delete(name) ? 0 : FILE_NOT_FOUND),
    RegGetKeySecurity: (handle: number, _information: number, descriptor: Uint8Array, length: [number]) => {
      const bytes = this.#key(handle).security ?? TRUSTED_DESCRIPTOR;
      if (bytes.length > descriptor.length) {
        length[0] = bytes.length;
        return INSUFFICIENT_BUFFER;
      }
      descriptor.set(bytes);
      length[0] = bytes.length;
      return 0;
    },
  } as unknown as Advapi32;

  readonly native: ValueReader = {
    epm_registry_values: (handle, first, out, capacity, length) => {
      const key = this.#key(handle);
      if (key.valuesError !== undefined) return key.valuesError;
      const entries = this.#entries(key);
      let used = 0;
      for (const entry of entries.slice(first)) {
        const bytes = fullInformation(...entry);
        if (used + bytes.length > capacity) {
          length[0] = used === 0 ? bytes.length : used;
          return used === 0 ? MORE_DATA : 0;
        }
        out.set(bytes, used);
        used += bytes.length;
      }
      length[0] = used;
      return NO_MORE_ITEMS;
    },
  };

  /** The entries in order; asked for one by one, so not made anew each time. */
  #entries(key: FakeKey): readonly (readonly [string, FakeValue])[] {
    if (this.#listed?.key !== key || this.#listed.entries.length !== key.values.size) {
      this.#listed = { key, entries: [...key.values] };
    }
    return this.#listed.entries;
  }

  #handle(key: FakeKey): number {
    this.#next += 1;
    this.open.set(this.#next, key);
    return this.#next;
  }

  #key(handle: number): FakeKey {
    const key = this.roots.get(handle) ?? this.open.get(handle);
    if (key === undefined) throw new Error(`${handle} is no open key`);
    return key;
  }
}

function find(keys: Map<string, FakeKey> | undefined, name: string): FakeKey | undefined {
  return [...(keys ?? [])].find(([candidate]) => candidate.toUpperCase() === name.toUpperCase())?.[1];
}

function write(value: string, buffer: Uint8Array, length: [number]): number {
  buffer.set(Buffer.from(`${value}\0`, 'utf16le'));
  length[0] = value.length;
  return 0;
}

/** KEY_VALUE_FULL_INFORMATION (wdm.h), as the native part gives it: where the next one begins, type, offset and length of the data, length of the name, name, data. */
function fullInformation(name: string, { type, data }: FakeValue): Buffer {
  const nameBytes = Buffer.from(name, 'utf16le');
  const offset = (20 + nameBytes.length + 3) & ~3;
  const bytes = Buffer.alloc((offset + data.length + 7) & ~7);
  [bytes.length, type, offset, data.length, nameBytes.length].forEach((member, index) =>
    bytes.writeUInt32LE(member, index * 4),
  );
  bytes.set(nameBytes, 20);
  bytes.set(data, offset);
  return bytes;
}

/** Binary form of a SID ([MS-DTYP] 2.4.2.2). */
export function sidBytes(sid: string): Buffer {
  const [, , authority, ...parts] = sid.split('-');
  const bytes = Buffer.alloc(8 + parts.length * 4);
  bytes.writeUInt8(1, 0);
  bytes.writeUInt8(parts.length, 1);
  bytes.writeUIntBE(Number(authority), 2, 6);
  parts.forEach((part, index) => bytes.writeUInt32LE(Number(part), 8 + index * 4));
  return bytes;
}

/** A self-relative descriptor ([MS-DTYP] 2.4.6) with an owner and entries `[type, flags, mask, sid]`; null: no DACL. */
export function descriptor(
  owner: string,
  entries: readonly (readonly [number, number, number, string])[] | null,
  isProtected = false,
): Uint8Array {
  const header = Buffer.alloc(20);
  header.writeUInt8(1, 0);
  header.writeUInt16LE(0x8000 | (entries === null ? 0 : 4) | (isProtected ? 0x1000 : 0), 2);
  const ownerBytes = sidBytes(owner);
  header.writeUInt32LE(20, 4);
  if (entries === null) return Buffer.concat([header, ownerBytes]);
  const aces = entries.map(([type, flags, mask, sid]) => {
    const body = sidBytes(sid);
    const ace = Buffer.alloc(8);
    ace.writeUInt8(type, 0);
    ace.writeUInt8(flags, 1);
    ace.writeUInt16LE(8 + body.length, 2);
    ace.writeUInt32LE(mask, 4);
    return Buffer.concat([ace, body]);
  });
  const content = Buffer.concat(aces);
  const acl = Buffer.alloc(8);
  acl.writeUInt8(2, 0);
  acl.writeUInt16LE(8 + content.length, 2);
  acl.writeUInt16LE(aces.length, 4);
  header.writeUInt32LE(20 + ownerBytes.length, 16);
  return Buffer.concat([header, ownerBytes, acl, content]);
}

const KEY_ALL_ACCESS = 0xf003f;
const KEY_READ = 0x20019;
export const TRUSTED_DESCRIPTOR = descriptor('S-1-5-32-544', [
  [0, 0, KEY_ALL_ACCESS, 'S-1-5-18'],
  [0, 0, KEY_ALL_ACCESS, 'S-1-5-32-544'],
  [0, 0, KEY_READ, 'S-1-5-32-545'],
]);
