/** Who, besides the system and administrators, may change an object. */
import type { SecurityDescriptor } from './descriptor.ts';

/**
 * Accounts that are the system or can become it anyway ([MS-DTYP] 2.4.2.4). CREATOR OWNER names the owner, which is
 * judged by itself.
 */
const TRUSTED = new Set([
  'S-1-5-18', // SYSTEM
  'S-1-5-32-544', // Administrators
  'S-1-3-0', // CREATOR OWNER
  'S-1-3-4', // OWNER RIGHTS
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464', // TrustedInstaller
]);

export function isTrusted(sid: string): boolean {
  return TRUSTED.has(sid);
}

const NOBODY: ReadonlySet<string> = new Set();

/** DELETE | WRITE_DAC | WRITE_OWNER | GENERIC_ALL | GENERIC_WRITE: the same for every kind of object. */
const COMMON_WRITE = 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000;
/** KEY_SET_VALUE | KEY_CREATE_SUB_KEY | KEY_CREATE_LINK. */
export const KEY_WRITE_RIGHTS = COMMON_WRITE | 0x02 | 0x04 | 0x20;
/** FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES. */
export const FILE_WRITE_RIGHTS = COMMON_WRITE | 0x02 | 0x04 | 0x10 | 0x100;
/** FILE_ADD_FILE | FILE_ADD_SUBDIRECTORY | FILE_DELETE_CHILD: putting files beside others and removing them. */
export const FOLDER_WRITE_RIGHTS = COMMON_WRITE | 0x02 | 0x04 | 0x40;

/** What lets somebody put another folder in place of one: DELETE, WRITE_DAC, WRITE_OWNER, GENERIC_ALL, FILE_DELETE_CHILD. */
export const FOLDER_REPLACE_RIGHTS = (COMMON_WRITE & ~0x40000000) | 0x40;

/**
 * The first account that is neither the system nor an administrator and may do one of `rights`; undefined when there is
 * none. Entries that deny are not subtracted: the answer errs towards "somebody may".
 * @param more accounts that count as trusted besides
 */
export function untrustedWriter(
  descriptor: SecurityDescriptor,
  rights: number,
  more: ReadonlySet<string> = NOBODY,
): string | undefined {
  const isOneOf = (sid: string): boolean => isTrusted(sid) || more.has(sid);
  if (descriptor.owner === undefined) return 'an unknown owner';
  if (!isOneOf(descriptor.owner)) return descriptor.owner;
  if (descriptor.dacl === undefined) return 'S-1-1-0';
  return descriptor.dacl.find(
    (entry) => entry.kind === 'allow' && !entry.inheritOnly && (entry.mask & rights) !== 0 && !isOneOf(entry.sid),
  )?.sid;
}
