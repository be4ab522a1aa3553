/**
 * User principal names as Windows keeps them in HKEY_LOCAL_MACHINE, where users cannot write: of people who sign in with an
 * account of Microsoft Entra ID, and of who joined the device. Neither place is documented. Where one is missing or cannot be
 * read, the name is not known, and whatever depends on it is refused.
 */
import type { Sid } from '../../model/brands.ts';
import { isEpmError } from '../../model/errors.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import { readKey } from '../registry/key.ts';

const IDENTITIES = 'SOFTWARE\\Microsoft\\IdentityStore\\Cache';
/** Has one subkey for each join, with the name of who joined. */
const JOINS = 'SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo';

export function userPrincipalName(advapi32: Advapi32, user: Sid): string | undefined {
  return nameIn(advapi32, `${IDENTITIES}\\${user}\\IdentityCache\\${user}`, 'UserName');
}

/** @returns undefined also where several people joined it */
export function primaryUserName(advapi32: Advapi32): string | undefined {
  const joins = orNone(() => readKey(advapi32, 'HKLM', JOINS, (key) => key.subkeyNames())) ?? [];
  const names = joins.flatMap((join) => nameIn(advapi32, `${JOINS}\\${join}`, 'UserEmail') ?? []);
  return names.length === 1 ? names[0] : undefined;
}

function nameIn(advapi32: Advapi32, key: string, value: string): string | undefined {
  const data = orNone(() => readKey(advapi32, 'HKLM', key, (open) => open.value(value)?.data));
  return typeof data === 'string' && data.includes('@') ? data : undefined;
}

function orNone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}
