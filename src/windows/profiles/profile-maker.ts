/** Makes, loads and removes one profile. Everything that Windows says to have done is looked at afterwards. */
import { randomBytes } from 'node:crypto';
import type { ProfileRequest, StateStore } from '../../agent/ports.ts';
import { splitPath } from '../../facts/gather.ts';
import type { Sid } from '../../model/brands.ts';
import type { EpmError } from '../../model/errors.ts';
import type { WindowsDlls } from '../dll/load.ts';
import { tokenNumber } from '../tokens/account-factory.ts';
import { type FolderContents, PreparedFolders } from './profile-folder.ts';
import { ProfileHives } from './profile-hive.ts';
import { type ProfileEntry, ProfileList, type ProfileMark } from './profile-list.ts';
import { ProfileStore } from './profile-store.ts';
import { profileUnavailable } from './profile-unavailable.ts';
import { foldersOf, PREFIX, type UnfinishedProfile, UnfinishedProfiles } from './unfinished-profiles.ts';

export interface OpenProfile {
  /** What the native part calls it. */
  readonly number: number;
  readonly folder: string;
  readonly temporary: string;
}

/** Unloads a profile, now or as soon as it goes. Never fails. */
type Unload = (account: Sid, number: number) => Promise<void>;

interface ProfileMakerParts {
  readonly systemRoot: string;
  /** Where it is noted what is about to be made or removed. */
  readonly state: StateStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly contents: FolderContents;
  readonly unload: Unload;
}

export class ProfileMaker {
  readonly store: ProfileStore;
  readonly list: ProfileList;
  readonly hives: ProfileHives;
  readonly unfinished: UnfinishedProfiles;
  readonly #folders: PreparedFolders;
  readonly #unload: Unload;

  constructor(dlls: WindowsDlls, { systemRoot, state, now, contents, unload }: ProfileMakerParts) {
    this.store = new ProfileStore(dlls.native);
    this.list = new ProfileList(dlls.advapi32, systemRoot);
    this.hives = new ProfileHives(dlls);
    this.unfinished = new UnfinishedProfiles(state, now);
    this.#folders = new PreparedFolders(dlls, contents);
    this.#unload = unload;
  }

  /**
   * Loads a profile that is not loaded, and makes it when the account has none. After a failure nothing new is left.
   * @throws EpmError EPM_PROFILE_UNAVAILABLE, EPM_WINDOWS_API, EPM_DATA_FOLDER, EPM_NOT_ADMINISTRATOR
   */
  async open(request: ProfileRequest): Promise<OpenProfile> {
    const { accountSid } = request.account;
    this.#folders.checkParent(this.list.profilesFolder());
    const known = await this.#known(accountSid);
    if (known !== undefined) {
      this.#folders.check(known.folder, accountSid, known.folderId);
      return this.#load(request, known, () => this.hives.check(accountSid, known.hive));
    }
    this.unfinished.begin(accountSid, nameOf(request.account.accountName), this.#folderNames());
    let opened: OpenProfile | undefined;
    try {
      const mark = await this.#make(request);
      opened = await this.#load(request, mark, () => this.hives.close(accountSid, mark.hive));
      // What is to be removed in the end stays noted until it is.
      if (!request.deleteAfterUse) this.unfinished.end(accountSid);
      return opened;
    } catch (error) {
      if (opened !== undefined) await this.#unload(accountSid, opened.number);
      await this.#undo(accountSid);
      throw error;
    }
  }

  /**
   * Removes a profile that is not loaded; one that is not there is no error.
   * @throws EpmError EPM_PROFILE_UNAVAILABLE, also when something still uses it; EPM_WINDOWS_API, EPM_DATA_FOLDER
   */
  async remove(account: Sid): Promise<void> {
    const entry = this.list.entry(account);
    if (entry !== undefined) {
      const note = this.unfinished.of(account);
      if (entry.folder !== undefined) await this.#deleteOwn(account, entry, entry.folder, note);
      // Windows was ended, or failed, before it had written a folder into the entry that it made for the agent.
      else if (note === undefined) throw foreign(account);
      if (this.list.entry(account) !== undefined) this.list.remove(account);
    }
    this.#removeFolders(account);
    this.unfinished.end(account);
  }

  /**
   * Removes what an agent has left that was ended while it made or removed a profile. Of a profile of which there is
   * nothing yet the note stays for a while: Windows may go on making what it was asked for.
   * @throws EpmError as {@link remove}
   */
  async removeUnfinished(account: Sid): Promise<void> {
    const note = this.unfinished.of(account);
    if (note === undefined) return;
    const isThere = this.list.entry(account) !== undefined || foldersOf(note, this.#folderNames()).length > 0;
    if (isThere || !this.unfinished.isYoung(note)) await this.remove(account);
  }

  async #deleteOwn(
    account: Sid,
    entry: ProfileEntry,
    folder: string,
    note: UnfinishedProfile | undefined,
  ): Promise<void> {
    if (!this.#isOwn(entry, folder, note)) throw foreign(account);
    const { name } = splitPath(folder);
    // Windows removes folder, hive and entry one after the other.
    if (note === undefined)
      this.unfinished.begin(
        account,
        name,
        this.#folderNames().filter((each) => each !== name),
      );
    await this.store.delete(account);
  }

  /** Windows says that it deleted a profile also when it left a part, and may have made a folder and no entry. */
  #removeFolders(account: Sid): void {
    const note = this.unfinished.of(account);
    const left = note === undefined ? [] : foldersOf(note, this.#folderNames());
    if (left.length === 0) return;
    const parent = this.list.profilesFolder();
    this.#folders.checkParent(parent);
    const used = this.list.folders();
    for (const path of left.map((name) => `${parent}\\${name}`)) {
      if (!used.has(path.toUpperCase())) this.#folders.remove(path, account);
    }
  }

  #folderNames(): readonly string[] {
    return this.#folders.names(this.list.profilesFolder());
  }

  /** The mark of the profile that the agent made; undefined: there is none. What is half made is removed. */
  async #known(account: Sid): Promise<ProfileMark | undefined> {
    const entry = this.list.entry(account);
    if (this.unfinished.of(account) !== undefined) {
      if (this.list.isLoaded(account)) await this.store.unloadLeft(account);
      await this.remove(account);
      return undefined;
    }
    if (entry === undefined) return undefined;
    if (entry.mark === undefined || entry.mark.folder !== entry.folder) throw foreign(account);
    return entry.mark;
  }

  async #make({
    account: { accountSid, accountName },
    requester,
    deleteAfterUse,
  }: ProfileRequest): Promise<ProfileMark> {
    if (!(await this.store.create(accountSid, nameOf(accountName)))) throw foreign(accountSid);
    const folder = this.list.entry(accountSid)?.folder;
    if (folder === undefined || !this.#isPlace(folder)) {
      throw profileUnavailable('notMade', 'Windows says of no folder that it is the one of the new profile.');
    }
    const folderId = this.#folders.close(folder, accountSid);
    const mark = { folder, folderId, hive: randomBytes(16).toString('hex'), deleteAfterUse, requester };
    this.list.mark(accountSid, mark);
    return mark;
  }

  async #load(request: ProfileRequest, { folder }: ProfileMark, checkHive: () => void): Promise<OpenProfile> {
    const { accountSid, accountName } = request.account;
    const number = await this.store.load(tokenNumber(request.token), nameOf(accountName));
    try {
      const entry = this.list.entry(accountSid);
      // Windows gives a temporary profile, or nothing at all, and still says that it loaded one.
      if (!this.list.isLoaded(accountSid) || entry?.isTemporary !== false || entry.folder !== folder) {
        throw profileUnavailable('notLoaded', 'Windows did not load the profile of the isolated account.');
      }
      checkHive();
      return { number, folder, temporary: this.#folders.makeTemporary(folder, accountSid) };
    } catch (error) {
      await this.#unload(accountSid, number);
      throw error;
    }
  }

  async #undo(account: Sid): Promise<void> {
    try {
      await this.remove(account);
    } catch {
      // It is noted as unfinished: the next start of the account, or of the agent, removes it.
    }
  }

  /** Whether what is to be removed is what the agent made: DeleteProfileW removes whatever folder the entry names. */
  #isOwn({ mark }: ProfileEntry, folder: string, note: UnfinishedProfile | undefined): boolean {
    if (!this.#isPlace(folder)) return false;
    if (mark === undefined) return note !== undefined && foldersOf(note, [splitPath(folder).name]).length > 0;
    const id = this.#folders.idOf(folder);
    const isSame = id === undefined || (id.volume === mark.folderId.volume && id.file === mark.folderId.file);
    return isSame && mark.folder === folder;
  }

  #isPlace(path: string): boolean {
    const { folder, name } = splitPath(path);
    return folder.toUpperCase() === this.list.profilesFolder().toUpperCase() && name.startsWith(PREFIX);
  }
}

/** Name from which Windows makes that of the folder. */
function nameOf(accountName: string): string {
  return `${PREFIX}${accountName}`;
}

export function foreign(account: Sid): EpmError {
  return profileUnavailable('foreign', `The profile list has an entry for ${account} that the agent did not make.`);
}
