/** The text form regedit.exe imports ("Windows Registry Editor Version 5.00"). */
import type { RegistrySnapshot, RegistryValue } from '../../policy/registry-snapshot.ts';

const LINE = '\r\n';

/** @param key full name of the key, `HKEY_LOCAL_MACHINE\…` */
export function regFile(key: string, content: RegistrySnapshot): string {
  // The key is removed first, so that rules that are gone from the policy are gone from the registry too.
  return `Windows Registry Editor Version 5.00${LINE}${LINE}[-${key}]${LINE}${LINE}${keyText(key, content)}`;
}

function keyText(key: string, content: RegistrySnapshot): string {
  const values = content.values.map((value) => `${nameText(value.name)}=${dataText(value)}${LINE}`);
  const subkeys = content.subkeys.map((subkey) => keyText(`${key}\\${subkey.name}`, subkey.key));
  return `[${key}]${LINE}${values.join('')}${LINE}${subkeys.join('')}`;
}

function nameText(name: string): string {
  return name === '' ? '@' : quoted(name);
}

function dataText(value: RegistryValue): string {
  switch (value.type) {
    case 'REG_SZ':
      return quoted(value.data);
    case 'REG_DWORD':
      return `dword:${value.data.toString(16).padStart(8, '0')}`;
    case 'REG_QWORD':
      return `hex(b):${bytesText(new BigUint64Array([value.data]))}`;
    case 'REG_EXPAND_SZ':
      return `hex(2):${bytesText(Buffer.from(`${value.data}\0`, 'utf16le'))}`;
    case 'REG_MULTI_SZ':
      return `hex(7):${bytesText(Buffer.from(`${value.data.map((text) => `${text}\0`).join('')}\0`, 'utf16le'))}`;
    case 'REG_NONE':
      return `hex(0):${bytesText(value.data)}`;
    case 'REG_BINARY':
    case 'REG_OTHER':
      return `hex:${bytesText(value.data)}`;
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function bytesText(bytes: ArrayBufferView): string {
  return [...Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join(',');
}
