/** A registry key tree as read, independent of Windows. */

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

/** Compares names of keys and values without case. */
export function sameRegistryName(left: string, right: string): boolean {
  return foldRegistryName(left) === foldRegistryName(right);
}

/**
 * Upper-cases each UTF-16 unit that upper-cases to one unit, which is how Windows compares names: no locale, no full
 * folding. Dotless i and long s stay as they are; Unicode would make ASCII letters of them, Windows does not.
 */
export function foldRegistryName(name: string): string {
  let folded = '';
  for (let index = 0; index < name.length; index += 1) {
    const unit = name.charAt(index);
    const upper = unit.toUpperCase();
    folded += upper.length === 1 && unit !== '\u0131' && unit !== '\u017f' ? upper : unit;
  }
  return folded;
}
