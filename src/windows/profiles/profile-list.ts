/**
 * The profile list of the machine: an entry for each account that has a profile. Only administrators can write it. The
 * entry of a profile that the agent made carries a mark, which says what the agent made.
 */
import type { Sid } from '../../model/brands.ts';
import { sid } from '../../model/brands.ts';
import type { FileId } from '../../model/file-facts.ts';
import { isVirtualAccount } from '../../agent/account-sids.ts';
import type { Advapi32 } from '../dll/advapi32.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { expandFolder, PROFILE_LIST } from '../machine/folders.ts';
import { readKey, writeKey } from '../registry/key.ts';
import { removeTree, setValue } from '../registry/write.ts';
import { profileUnavailable } from './profile-unavailable.ts';

/** Value of the entry that holds the mark. */
const MARK = 'EPM';
/** Value that says when the profile was used last: milliseconds since 1970, in decimal digits. */
const USED = 'EPMUsed';
/** State bit of a temporary profile that Windows gives when it cannot load the account's own (PROFILE_TEMP_ASSIGNED). */
const TEMPORARY = 0x800;

/** What the agent made. Another folder or hive in its place is not used. */
export interface ProfileMark {
  readonly folder: string;
  readonly folderId: FileId;
  /** Is in the hive too; 32 hexadecimal digits. */
  readonly hive: string;
  /** The profile goes with the last program that uses it. */
  readonly deleteAfterUse: boolean;
  /** Whose elevations have it. */
  readonly requester: Sid;
}

export interface ProfileEntry {
  readonly folder: string | undefined;
  readonly isTemporary: boolean;
  /** Undefined: the agent did not make it. */
  readonly mark: ProfileMark | undefined;
  /** Milliseconds since 1970; undefined: not noted. */
  readonly used: number | undefined;
}

export class ProfileList {
  readonly #advapi32: Advapi32;
  readonly #systemRoot: string;

  constructor(advapi32: Advapi32, systemRoot: string) {
    this.#advapi32 = advapi32;
    this.#systemRoot = systemRoot;
  }

  /** The folder below which Windows makes profiles. @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API */
  profilesFolder(): string {
    const text = readKey(this.#advapi32, 'HKLM', PROFILE_LIST, (key) => key.value('ProfilesDirectory')?.data);
    const folder = typeof text === 'string' ? expandFolder(text, this.#systemRoot) : undefined;
    if (folder !== undefined) return folder;
    throw profileUnavailable('failed', `HKLM\\${PROFILE_LIST} has no usable value ProfilesDirectory.`);
  }

  /** Isolated accounts that have an entry, whoever made it. @throws EpmError EPM_WINDOWS_API */
  accounts(): readonly Sid[] {
    const names = readKey(this.#advapi32, 'HKLM', PROFILE_LIST, (key) => key.subkeyNames()) ?? [];
    return names.filter((name) => isVirtualAccount(name) && /^S(?:-\d+)+$/.test(name)).map((name) => sid(name));
  }

  /** Folders of every profile of the machine, in capitals. @throws EpmError EPM_WINDOWS_API */
  folders(): ReadonlySet<string> {
    const names = readKey(this.#advapi32, 'HKLM', PROFILE_LIST, (key) => key.subkeyNames()) ?? [];
    return new Set(
      names.map((name) => this.#entry(name)?.folder?.toUpperCase()).filter((folder) => folder !== undefined),
    );
  }

  /** @returns undefined when the account has no entry. @throws EpmError EPM_WINDOWS_API */
  entry(account: Sid): ProfileEntry | undefined {
    return this.#entry(account);
  }

  #entry(name: string): ProfileEntry | undefined {
    return readKey(this.#advapi32, 'HKLM', `${PROFILE_LIST}\\${name}`, (key) => {
      const folder = key.value('ProfileImagePath')?.data;
      const state = key.value('State')?.data;
      return {
        folder: typeof folder === 'string' ? expandFolder(folder, this.#systemRoot) : undefined,
        isTemporary: typeof state === 'number' && (state & TEMPORARY) !== 0,
        mark: parseMark(key.value(MARK)?.data),
        used: parseTime(key.value(USED)?.data),
      };
    });
  }

  /** @throws EpmError EPM_WINDOWS_API, EPM_NOT_ADMINISTRATOR */
  mark(account: Sid, mark: ProfileMark): void {
    this.#setText(account, MARK, JSON.stringify(mark));
  }

  /** @param time milliseconds since 1970. @throws EpmError EPM_WINDOWS_API, EPM_NOT_ADMINISTRATOR */
  noteUse(account: Sid, time: number): void {
    this.#setText(account, USED, String(time));
  }

  #setText(account: Sid, value: string, data: string): void {
    const name = `${PROFILE_LIST}\\${account}`;
    writeKey(this.#advapi32, 'HKLM', name, (handle) =>
      setValue(this.#advapi32, 'HKLM', name, handle, { name: value, type: 'REG_SZ', data }),
    );
  }

  /** @throws EpmError EPM_WINDOWS_API, EPM_NOT_ADMINISTRATOR */
  remove(account: Sid): void {
    removeTree(this.#advapi32, 'HKLM', `${PROFILE_LIST}\\${account}`);
  }

  /** Whether the hive of the account is loaded. @throws EpmError EPM_WINDOWS_API */
  isLoaded(account: Sid): boolean {
    return readKey(this.#advapi32, 'HKU', account, () => true) === true;
  }
}

/** Folders of the profiles that the agent made and that are there. @throws EpmError EPM_WINDOWS_API */
export function markedProfiles({ advapi32 }: Pick<WindowsDlls, 'advapi32'>, systemRoot: string): readonly string[] {
  const list = new ProfileList(advapi32, systemRoot);
  return list.accounts().flatMap((account) => list.entry(account)?.mark?.folder ?? []);
}

/** Undefined for whatever is not a mark of the agent. */
function parseMark(text: unknown): ProfileMark | undefined {
  if (typeof text !== 'string') return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { folder, folderId, hive, deleteAfterUse, requester } = value as Partial<ProfileMark>;
  const isWhole =
    typeof folder === 'string' &&
    typeof folderId === 'object' &&
    typeof folderId.volume === 'string' &&
    typeof folderId.file === 'string' &&
    typeof hive === 'string' &&
    /^[0-9a-f]{32}$/.test(hive) &&
    typeof deleteAfterUse === 'boolean' &&
    typeof requester === 'string' &&
    /^S(?:-\d+)+$/.test(requester);
  if (!isWhole) return undefined;
  return { folder, folderId: { volume: folderId.volume, file: folderId.file }, hive, deleteAfterUse, requester };
}

function parseTime(text: unknown): number | undefined {
  return typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
