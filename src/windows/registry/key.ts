/** Opened registry keys. Every function closes what it opened, also when it throws. */
import { EpmError } from '../../model/errors.ts';
import type { RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { scratch } from '../dll/scratch.ts';
import { textFromUtf16 } from '../dll/text.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { decodeValue } from '../../policy/registry/registry-value.ts';
import { type ValueReader, valuesOf } from './values.ts';

/** What reading all values of a key needs. */
export type RegistryDlls = Pick<WindowsDlls, 'advapi32'> & { readonly native: ValueReader };

/** Predefined keys (winreg.h); as 32-bit numbers, which Windows sign-extends the same way. */
export const ROOTS = { HKLM: 0x80000002 | 0, HKU: 0x80000003 | 0 } as const;
export type Root = keyof typeof ROOTS;

/** REG_OPTION_NON_VOLATILE and REG_OPTION_VOLATILE (winnt.h). */
const LIFETIMES = { lasting: 0, untilRestart: 1 } as const;
/** KEY_READ, and KEY_WRITE added for writing. */
const READ = 0x20019;
const WRITE = 0x20006;
/** KEY_WOW64_64KEY and KEY_WOW64_32KEY: the registry as 64-bit and as 32-bit programs see it. */
const VIEWS = { 64: 0x100, 32: 0x200 } as const;
type RegistryView = keyof typeof VIEWS;

/** The flag of a view, for functions that take it by itself. */
export function registryViewFlag(view: RegistryView): number {
  return VIEWS[view];
}

/** Longest name of a key and of a value, in characters ("Registry Element Size Limits"). */
const MAX_KEY_NAME = 255;
const MAX_VALUE_NAME = 16_383;
/** OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION. */
const OWNER_GROUP_DACL = 7;

/** `HKLM\Software\…`, for people. */
export function keyPath(root: Root, name: string): string {
  return name === '' ? root : `${root}\\${name}`;
}

export interface OpenKey {
  readonly path: string;
  /** Names of the subkeys, in the order the registry keeps them. */
  subkeyNames(): readonly string[];
  /** @throws EpmError EPM_WINDOWS_API also when a value is larger than any that is read */
  values(native: ValueReader): readonly RegistryValue[];
  /** Names of the values, also of those whose data is too large to be read. */
  valueNames(): readonly string[];
  value(name: string): RegistryValue | undefined;
  /** Self-relative security descriptor with owner, group and DACL. */
  security(): Uint8Array;
}

/**
 * Opens a key for reading and hands it to `use`.
 * @returns undefined when the key does not exist
 * @throws EpmError EPM_WINDOWS_API with `data.win32`, ERROR_ACCESS_DENIED (5) included: a key that is there and cannot
 * be read is never taken for an absent one
 */
export function readKey<T>(
  advapi32: Advapi32,
  root: Root,
  name: string,
  use: (key: OpenKey) => T,
  view: RegistryView = 64,
): T | undefined {
  const path = keyPath(root, name);
  const handle: [number] = [0];
  const opened = advapi32.RegOpenKeyExW(ROOTS[root], name, 0, READ | VIEWS[view], handle);
  if (opened === WIN32.FILE_NOT_FOUND || opened === WIN32.PATH_NOT_FOUND || opened === WIN32.KEY_DELETED)
    return undefined;
  if (opened !== WIN32.SUCCESS)
    throw windowsError(
      'RegOpenKeyExW',
      opened,
      'EPM_WINDOWS_API',
      `The key ${path} cannot be opened (Windows error ${opened}).`,
      { key: path },
    );
  try {
    return use({
      path,
      subkeyNames: () => subkeyNames(advapi32, handle[0], path),
      values: (native) => valuesOf(native, handle[0], path),
      valueNames: () => valueNames(advapi32, handle[0], path),
      value: (valueName) => oneValue(advapi32, handle[0], path, valueName),
      security: () => security(advapi32, handle[0], path),
    });
  } finally {
    advapi32.RegCloseKey(handle[0]);
  }
}

/**
 * Opens a key for writing, making it and its parents when they are absent, and hands it to `use`.
 * @param lifetime of a key that is made
 * @throws EpmError EPM_NOT_ADMINISTRATOR when access is denied; EPM_WINDOWS_API otherwise
 */
export function writeKey<T>(
  advapi32: Advapi32,
  root: Root,
  name: string,
  use: (handle: number) => T,
  lifetime: keyof typeof LIFETIMES = 'lasting',
  view: RegistryView = 64,
): T {
  const path = keyPath(root, name);
  const handle: [number] = [0];
  const made = advapi32.RegCreateKeyExW(
    ROOTS[root],
    name,
    0,
    null,
    LIFETIMES[lifetime],
    READ | WRITE | VIEWS[view],
    null,
    handle,
    [0],
  );
  if (made === WIN32.ACCESS_DENIED) {
    throw new EpmError('EPM_NOT_ADMINISTRATOR', `The key ${path} may be changed by administrators only.`);
  }
  if (made !== WIN32.SUCCESS)
    throw windowsError(
      'RegCreateKeyExW',
      made,
      'EPM_WINDOWS_API',
      `The key ${path} cannot be opened for writing (Windows error ${made}).`,
      { key: path },
    );
  try {
    return use(handle[0]);
  } finally {
    advapi32.RegCloseKey(handle[0]);
  }
}

function subkeyNames(advapi32: Advapi32, handle: number, path: string): readonly string[] {
  const names: string[] = [];
  const buffer = new Uint8Array((MAX_KEY_NAME + 1) * 2);
  for (let index = 0; ; index += 1) {
    const length: [number] = [MAX_KEY_NAME + 1];
    const result = advapi32.RegEnumKeyExW(handle, index, buffer, length, null, null, null, null);
    if (result === WIN32.NO_MORE_ITEMS) return names;
    if (result !== WIN32.SUCCESS) throw readError('RegEnumKeyExW', path, result);
    names.push(textFromUtf16(buffer, length[0]));
  }
}

function valueNames(advapi32: Advapi32, handle: number, path: string): readonly string[] {
  const names: string[] = [];
  const name = scratch((MAX_VALUE_NAME + 1) * 2);
  for (let index = 0; ; index += 1) {
    const length: [number] = [MAX_VALUE_NAME + 1];
    const result = advapi32.RegEnumValueW(handle, index, name, length, null, null, null, null);
    if (result === WIN32.NO_MORE_ITEMS) return names;
    if (result !== WIN32.SUCCESS) throw readError('RegEnumValueW', path, result);
    names.push(textFromUtf16(name, length[0]));
  }
}

function oneValue(advapi32: Advapi32, handle: number, path: string, name: string): RegistryValue | undefined {
  const data = scratch(64 * 1024);
  const type: [number] = [0];
  const length: [number] = [data.length];
  const result = advapi32.RegQueryValueExW(handle, name, null, type, data, length);
  if (result === WIN32.FILE_NOT_FOUND) return undefined;
  if (result !== WIN32.SUCCESS) throw readError('RegQueryValueExW', path, result);
  return decodeValue(name, type[0], data.subarray(0, length[0]));
}

function security(advapi32: Advapi32, handle: number, path: string): Uint8Array {
  let descriptor = new Uint8Array(1024);
  for (;;) {
    const length: [number] = [descriptor.length];
    const result = advapi32.RegGetKeySecurity(handle, OWNER_GROUP_DACL, descriptor, length);
    if (result === WIN32.SUCCESS) return descriptor.subarray(0, length[0]);
    // [MS-DTYP] 2.4.5: an ACL is at most 64 KiB.
    if (result !== WIN32.INSUFFICIENT_BUFFER || length[0] <= descriptor.length || length[0] > 0x20000) {
      throw readError('RegGetKeySecurity', path, result);
    }
    descriptor = new Uint8Array(length[0]);
  }
}

function readError(call: string, path: string, win32: number): EpmError {
  return windowsError(call, win32, 'EPM_WINDOWS_API', `The key ${path} cannot be read (Windows error ${win32}).`, {
    key: path,
  });
}
