/** Hives of people that are loaded: somebody of that account is signed in, or a service runs as it. */
import type { Advapi32 } from '../dll/advapi32.ts';
import { readKey } from './key.ts';

/** Local and domain accounts (S-1-5-21) and Entra accounts (S-1-12-1). Not `…_Classes`. */
const USER_HIVE = /^S-1-(?:5-21|12-1)(?:-\d{1,10}){4}$/i;

export const isUserHive = (name: string): boolean => USER_HIVE.test(name);

/** SIDs of the hives below HKEY_USERS. @throws EpmError EPM_WINDOWS_API */
export function loadedUserHives(advapi32: Advapi32): readonly string[] {
  return readKey(advapi32, 'HKU', '', (key) => key.subkeyNames().filter(isUserHive)) ?? [];
}
