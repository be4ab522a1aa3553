/** A registry key tree as read, independent of Windows. */
import { foldCase } from '../../text/compare.ts';

/** One value. Types are the names winnt.h gives them; `REG_OTHER` is any type EPM never uses, with its raw bytes. */
export type RegistryValue =
  | { readonly name: string; readonly type: 'REG_SZ' | 'REG_EXPAND_SZ'; readonly data: string }
  | { readonly name: string; readonly type: 'REG_DWORD'; readonly data: number }
  | { readonly name: string; readonly type: 'REG_QWORD'; readonly data: bigint }
  | { readonly name: string; readonly type: 'REG_MULTI_SZ'; readonly data: readonly string[] }
  | { readonly name: string; readonly type: 'REG_BINARY' | 'REG_NONE' | 'REG_OTHER'; readonly data: Uint8Array };

/** One key. The default value of a key has the empty name. */
export interface RegistrySnapshot {
  readonly values: readonly RegistryValue[];
  readonly subkeys: readonly { readonly name: string; readonly key: RegistrySnapshot }[];
}

/** Compares names of keys and values without case, as Windows does. */
export function sameRegistryName(left: string, right: string): boolean {
  return foldCase(left) === foldCase(right);
}
