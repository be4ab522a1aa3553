/** "Image File Execution Options" of the registry. */
import type {
  ImageOption,
  ImageOptions,
  OptionChange,
  OptionFilter,
  OptionView,
} from '../../agent/launch/image-options.ts';
import { OPTION_VIEWS } from '../../agent/launch/image-options.ts';
import type { RegistryValue } from '../../policy/registry/registry-snapshot.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import { WIN32, windowsError } from '../dll/win32-error.ts';
import { keyPath, type OpenKey, readKey, registryViewFlag, writeKey } from '../registry/key.ts';
import { setValue } from '../registry/write.ts';

const OPTIONS = 'SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Image File Execution Options';
const DEBUGGER = 'Debugger';
const USE_FILTER = 'UseFilter';
const FILTER_PATH = 'FilterFullPath';

export function createImageOptions(advapi32: Advapi32): ImageOptions {
  return {
    names: () => [...new Set(OPTION_VIEWS.flatMap((view) => namesOf(advapi32, view)))],
    read: (names) => OPTION_VIEWS.flatMap((view) => names.flatMap((name) => readName(advapi32, view, name))),
    apply: (change) => apply(advapi32, change),
  };
}

function namesOf(advapi32: Advapi32, view: OptionView): readonly string[] {
  return readKey(advapi32, 'HKLM', OPTIONS, (key) => key.subkeyNames(), view) ?? [];
}

/** One, or none: there may be nothing for the name, or nothing any more. */
function readName(advapi32: Advapi32, view: OptionView, name: string): readonly ImageOption[] {
  const path = `${OPTIONS}\\${name}`;
  const option = readKey(advapi32, 'HKLM', path, (key) => readOption(advapi32, view, name, key), view);
  return option === undefined ? [] : [option];
}

function readOption(advapi32: Advapi32, view: OptionView, name: string, key: OpenKey): ImageOption {
  const filters = key.subkeyNames().flatMap((subkey): OptionFilter[] => {
    const path = `${OPTIONS}\\${name}\\${subkey}`;
    const filter = readKey(
      advapi32,
      'HKLM',
      path,
      (open) => ({
        key: subkey,
        path: text(open.value(FILTER_PATH)),
        debugger: text(open.value(DEBUGGER)),
        hasOthers: hasOthers(open, [FILTER_PATH, DEBUGGER]),
      }),
      view,
    );
    return filter === undefined ? [] : [filter];
  });
  return {
    view,
    name,
    debugger: text(key.value(DEBUGGER)),
    hasOthers: hasOthers(key, [DEBUGGER, USE_FILTER]),
    usesFilter: isOn(key.value(USE_FILTER)),
    filters,
  };
}

function hasOthers(key: OpenKey, known: readonly string[]): boolean {
  const folded = known.map((name) => name.toUpperCase());
  return key.valueNames().some((name) => !folded.includes(name.toUpperCase()));
}

/** A value of another type is somebody else's, whatever it says. */
function text(value: RegistryValue | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value.type === 'REG_SZ' ? value.data : `(${value.type})`;
}

function isOn(value: RegistryValue | undefined): boolean {
  return value?.type === 'REG_DWORD' && value.data !== 0;
}

function apply(advapi32: Advapi32, change: OptionChange): void {
  const path = `${OPTIONS}\\${change.name}`;
  const set = (key: string, value: RegistryValue): void =>
    writeKey(advapi32, 'HKLM', key, (open) => setValue(advapi32, 'HKLM', key, open, value), 'lasting', change.view);
  switch (change.what) {
    case 'setDebugger': {
      set(path, { name: DEBUGGER, type: 'REG_SZ', data: change.value });
      return;
    }
    case 'setUseFilter': {
      set(path, { name: USE_FILTER, type: 'REG_DWORD', data: 1 });
      return;
    }
    case 'setFilter': {
      const subkey = `${path}\\${change.key}`;
      set(subkey, { name: FILTER_PATH, type: 'REG_SZ', data: change.path });
      set(subkey, { name: DEBUGGER, type: 'REG_SZ', data: change.value });
      return;
    }
    case 'removeDebugger': {
      removeValue(advapi32, change.view, path, DEBUGGER);
      return;
    }
    case 'removeUseFilter': {
      removeValue(advapi32, change.view, path, USE_FILTER);
      return;
    }
    case 'removeFilter': {
      removeKey(advapi32, change.view, path, change.key);
      return;
    }
    case 'removeEmpty':
      if (isEmpty(advapi32, change.view, path)) removeKey(advapi32, change.view, OPTIONS, change.name);
  }
}

function isEmpty(advapi32: Advapi32, view: OptionView, path: string): boolean {
  const entries = readKey(advapi32, 'HKLM', path, (key) => [...key.valueNames(), ...key.subkeyNames()].length, view);
  return entries === 0;
}

function removeValue(advapi32: Advapi32, view: OptionView, path: string, name: string): void {
  // Both views may be one: then it is gone with the first, and perhaps its key too.
  if (readKey(advapi32, 'HKLM', path, () => true, view) === undefined) return;
  const result = writeKey(advapi32, 'HKLM', path, (open) => advapi32.RegDeleteValueW(open, name), 'lasting', view);
  check('RegDeleteValueW', path, result);
}

/** A key that has subkeys stays: none of EPM's has. */
function removeKey(advapi32: Advapi32, view: OptionView, parent: string, name: string): void {
  if (readKey(advapi32, 'HKLM', `${parent}\\${name}`, () => true, view) === undefined) return;
  const flag = registryViewFlag(view);
  const result = writeKey(
    advapi32,
    'HKLM',
    parent,
    (open) => advapi32.RegDeleteKeyExW(open, name, flag, 0),
    'lasting',
    view,
  );
  check('RegDeleteKeyExW', `${parent}\\${name}`, result);
}

function check(call: string, path: string, result: number): void {
  if (result === WIN32.SUCCESS || result === WIN32.FILE_NOT_FOUND) return;
  const key = keyPath('HKLM', path);
  throw windowsError(call, result, 'EPM_WINDOWS_API', `The key ${key} cannot be changed (Windows error ${result}).`, {
    key,
  });
}
