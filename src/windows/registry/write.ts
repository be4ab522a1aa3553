/** Writing a policy to the registry. */
import type { RegistrySnapshot, RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { keyPath, readKey, type Root, writeKey } from './key.ts';
import { encodeValue } from '../../policy/registry/registry-value.ts';

/**
 * Makes a key and everything below it equal to `content`; what `content` does not have is removed.
 * @param keep subkeys that stay as they are
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API
 */
export function replaceTree(
  advapi32: Advapi32,
  root: Root,
  name: string,
  content: RegistrySnapshot,
  keep: readonly string[] = [],
): void {
  writeKey(advapi32, root, name, (handle) => {
    // Values are set before others go, so that a reader in between never meets fewer rules than both states have.
    for (const value of content.values) setValue(advapi32, root, name, handle, value);
    for (const { name: subkey, key } of content.subkeys) replaceTree(advapi32, root, `${name}\\${subkey}`, key);
    const kept = new Set(content.values.map((value) => value.name.toUpperCase()));
    const keptKeys = new Set(
      [...content.subkeys.map((subkey) => subkey.name), ...keep].map((subkey) => subkey.toUpperCase()),
    );
    const present = readKey(advapi32, root, name, (key) => ({ values: key.valueNames(), subkeys: key.subkeyNames() }));
    for (const value of present?.values ?? []) {
      if (kept.has(value.toUpperCase())) continue;
      check('RegDeleteValueW', root, name, advapi32.RegDeleteValueW(handle, value));
    }
    for (const subkey of present?.subkeys ?? []) {
      if (keptKeys.has(subkey.toUpperCase())) continue;
      check('RegDeleteTreeW', root, name, advapi32.RegDeleteTreeW(handle, subkey));
    }
  });
}

/**
 * Removes a key and everything below it; one that is not there is no error.
 * @throws EpmError EPM_NOT_ADMINISTRATOR, EPM_WINDOWS_API
 */
export function removeTree(advapi32: Advapi32, root: Root, name: string): void {
  const cut = name.lastIndexOf('\\');
  writeKey(advapi32, root, name.slice(0, cut), (handle) => {
    check('RegDeleteTreeW', root, name, advapi32.RegDeleteTreeW(handle, name.slice(cut + 1)));
  });
}

/**
 * Sets one value of a key that is open for writing.
 * @throws EpmError EPM_WINDOWS_API
 */
export function setValue(advapi32: Advapi32, root: Root, name: string, handle: number, value: RegistryValue): void {
  const { type, data } = encodeValue(value);
  check('RegSetValueExW', root, name, advapi32.RegSetValueExW(handle, value.name, 0, type, data, data.length));
}

function check(call: string, root: Root, name: string, result: number): void {
  if (result === WIN32.SUCCESS || result === WIN32.FILE_NOT_FOUND) return;
  throw windowsError(
    call,
    result,
    'EPM_WINDOWS_API',
    `The key ${keyPath(root, name)} cannot be written (Windows error ${result}).`,
  );
}
