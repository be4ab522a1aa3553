/** Names and profile folders of accounts. */
import { type Sid, sid } from '../../model/brands.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { Kernel32, Pointer } from '../dll/kernel32.ts';
import { textFromUtf16 } from '../dll/text.ts';
import { readKey } from '../registry/key.ts';
import { sidText } from '../security/descriptor.ts';
import { expandFolder, PROFILE_LIST } from './folders.ts';

/** `DOMAIN\name`; undefined when Windows knows no name for the SID. */
export function accountName(kernel32: Kernel32, advapi32: Advapi32, user: Sid): string | undefined {
  const pointer: [Pointer] = [null];
  if (advapi32.ConvertStringSidToSidW(user, pointer) === 0) return undefined;
  try {
    // UNLEN and DNLEN of lmcons.h are 256 and 15; a DNS domain name has up to 255 characters.
    const [name, domain] = [new Uint8Array(1024), new Uint8Array(1024)];
    const [nameLength, domainLength]: [[number], [number]] = [[512], [512]];
    const found = advapi32.LookupAccountSidW(null, pointer[0], name, nameLength, domain, domainLength, [0]);
    if (found === 0) return undefined;
    return `${textFromUtf16(domain, domainLength[0])}\\${textFromUtf16(name, nameLength[0])}`;
  } finally {
    kernel32.LocalFree(pointer[0]);
  }
}

/** SidTypeUser (winnt.h, SID_NAME_USE). */
const SID_TYPE_USER = 1;
/** SECURITY_MAX_SID_SIZE (winnt.h). */
const MAX_SID_SIZE = 68;

/** SID of the user of a name, `DOMAIN\\name` or `name`; undefined when Windows knows no user of it. */
export function accountSid(advapi32: Advapi32, name: string): Sid | undefined {
  const [bytes, domain] = [new Uint8Array(MAX_SID_SIZE), new Uint8Array(1024)];
  const use: [number] = [0];
  const found = advapi32.LookupAccountNameW(null, name, bytes, [bytes.length], domain, [512], use);
  return found === 0 || use[0] !== SID_TYPE_USER ? undefined : sid(sidText(bytes));
}

/** Folder of the user's entry in the profile list; undefined when there is none. */
export function profileFolder(advapi32: Advapi32, systemRoot: string, user: Sid): string | undefined {
  const data = readKey(advapi32, 'HKLM', `${PROFILE_LIST}\\${user}`, (key) => key.value('ProfileImagePath')?.data);
  return typeof data === 'string' ? expandFolder(data, systemRoot) : undefined;
}

/** What there is of a user's profile. */
export interface ProfileState {
  /** Of the profile list; undefined: it has no entry. */
  readonly folder: string | undefined;
  readonly isLoaded: boolean;
}

export function profileState(advapi32: Advapi32, systemRoot: string, user: Sid): ProfileState {
  return {
    folder: profileFolder(advapi32, systemRoot, user),
    isLoaded: readKey(advapi32, 'HKU', user, () => true) === true,
  };
}
