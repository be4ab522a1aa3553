/** The text format regedit.exe imports ("Windows Registry Editor Version 5.00"). */
import type { PortableScope } from '../../../model/policy.ts';
import { LISTS, POLICY_DIGEST, POLICY_ID } from '../../declaration/lists.ts';
import { SETTING_ENTRIES } from '../../declaration/settings.ts';
import { policyKeyOf } from '../../registry/policy-keys.ts';
import type { RegistrySnapshot, RegistryValue } from '../../registry/registry-snapshot.ts';
import { encodeValue } from '../../registry/registry-value.ts';

const LINE = '\r\n';
export const REG_HEADER = 'Windows Registry Editor Version 5.00';

/** One change of a registry. Keys are named in full, `HKEY_LOCAL_MACHINE\…`. */
type RegistryChange =
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'deleteKey'; readonly key: string }
  | { readonly kind: 'set'; readonly key: string; readonly value: RegistryValue }
  | { readonly kind: 'delete'; readonly key: string; readonly name: string };

/**
 * The changes that make the key of a policy hold exactly this one, so that rules that are gone from the policy are gone
 * from the registry too. What lies in the device's key beside its policy stays: places of users, and approvals.
 */
export function replacePolicy(scope: PortableScope, content: RegistrySnapshot): readonly RegistryChange[] {
  const key = policyKeyOf(scope);
  if (scope.kind === 'user') return [{ kind: 'deleteKey', key }, ...keyChanges(key, content)];
  const names = [
    POLICY_DIGEST.valueName,
    POLICY_ID.valueName,
    ...SETTING_ENTRIES.map(([, { valueName }]) => valueName),
  ];
  const gone = names.filter((name) => content.values.every((value) => value.name !== name));
  const digest = content.values.filter(({ name }) => name === POLICY_DIGEST.valueName);
  const others = content.values.filter((value) => !digest.includes(value));
  return [
    // The new digest comes before anything of the old policy goes, so that the place counts again when it is whole.
    ...keyChanges(key, { values: digest, subkeys: [] }),
    ...Object.values(LISTS)
      .filter((list) => list !== LISTS.grants)
      .map(({ subkey }): RegistryChange => ({
        kind: 'deleteKey',
        key: `${key}\\${subkey}`,
      })),
    ...gone.map((name): RegistryChange => ({ kind: 'delete', key, name })),
    ...keyChanges(key, { values: others, subkeys: content.subkeys }),
  ];
}

function keyChanges(key: string, content: RegistrySnapshot): readonly RegistryChange[] {
  return [
    { kind: 'key', key },
    ...content.values.map((value): RegistryChange => ({ kind: 'set', key, value })),
    ...content.subkeys.flatMap((subkey) => keyChanges(`${key}\\${subkey.name}`, subkey.key)),
  ];
}

/** The changes as text, in their order; neighbours in one key share its heading. */
export function regText(changes: readonly RegistryChange[]): string {
  const lines = [REG_HEADER];
  let heading = '';
  const under = (next: string): void => {
    if (next !== heading) lines.push('', next);
    heading = next;
  };
  for (const change of changes) {
    under(change.kind === 'deleteKey' ? `[-${change.key}]` : `[${change.key}]`);
    if (change.kind === 'set') lines.push(`${nameText(change.value.name)}=${dataText(change.value)}`);
    else if (change.kind === 'delete') lines.push(`${nameText(change.name)}=-`);
  }
  return `${lines.join(LINE)}${LINE}${LINE}`;
}

/** The text as regedit.exe writes files: UTF-16LE with byte order mark. */
export function regBytes(text: string): Uint8Array {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}

function nameText(name: string): string {
  return name === '' ? '@' : quoted(name);
}

function dataText(value: RegistryValue): string {
  if (value.type === 'REG_SZ' && !hasControl(value.data)) return quoted(value.data);
  if (value.type === 'REG_DWORD') return `dword:${value.data.toString(16).padStart(8, '0')}`;
  const { type, data } = encodeValue(value);
  // regedit.exe writes binary data, type 3, without its number.
  return `hex${type === 3 ? '' : `(${type.toString(16)})`}:${bytesText(data)}`;
}

/** Control characters would end the line, or the text. */
function hasControl(text: string): boolean {
  return /[\u0000-\u001f]/.test(text);
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function bytesText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(',');
}
