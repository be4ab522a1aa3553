/**
 * Profiles of isolated accounts: made at the first start, loaded while a program of the account runs, and used only
 * where everything of them is what the agent made. Without its own profile a program would get the hive of the system
 * (HKU\.DEFAULT) as its own and share it with others.
 */
import type {
  Clock,
  KeptProfile,
  LoadedProfile,
  Log,
  ProfileKeeper,
  ProfileRequest,
  StateStore,
} from '../../agent/ports.ts';
import type { Sid } from '../../model/brands.ts';
import { EpmError, isEpmError, toErrorReport } from '../../model/errors.ts';
import { isTestBuild, type WindowsDlls } from '../dll/load.ts';
import { profileFolder } from '../machine/accounts.ts';
import { DISK, type FolderContents } from './profile-folder.ts';
import type { ProfileMark } from './profile-list.ts';
import { type OpenProfile, ProfileMaker } from './profile-maker.ts';
import { profileUnavailable } from './profile-unavailable.ts';
import { Retries } from './retries.ts';
import { OneAtATime } from './one-at-a-time.ts';

/** The adapter, with what the composition calls besides the agent. */
interface WindowsProfileKeeper extends ProfileKeeper {
  /** Removes every profile that the agent made, for the end of its data. What cannot be removed is logged and left. */
  removeAll(): Promise<void>;
  /** Ends trying to unload and remove what is still used; the next sweep does. */
  close(): void;
}

/** @param used when it was used last; undefined: that was not noted */
type IsRemoved = (mark: ProfileMark, account: Sid, used: number | undefined) => boolean;

/** A profile that is loaded, and how many trees use it. */
interface Shared extends OpenProfile {
  users: number;
}

interface ProfileKeeperParts {
  readonly systemRoot: string;
  /** Where the adapter notes what it is about to make or remove. */
  readonly state: StateStore;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** Default: of the disks. */
  readonly contents?: FolderContents;
}

export function createProfileKeeper(dlls: WindowsDlls, parts: ProfileKeeperParts): WindowsProfileKeeper {
  return new Keeper(dlls, parts);
}

class Keeper implements WindowsProfileKeeper {
  readonly #dlls: WindowsDlls;
  readonly #systemRoot: string;
  readonly #log: Log;
  readonly #maker: ProfileMaker;
  readonly #turns = new OneAtATime();
  readonly #loaded = new Map<Sid, Shared>();
  /** Accounts by the numbers of profiles that are being unloaded, again and again where something still uses them. */
  readonly #ending = new Map<number, Sid>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #retries: Retries;

  constructor(dlls: WindowsDlls, { systemRoot, state, clock, log, contents = DISK }: ProfileKeeperParts) {
    this.#dlls = dlls;
    this.#systemRoot = systemRoot;
    this.#log = log;
    this.#clock = clock;
    this.#retries = new Retries(log);
    const unload = (account: Sid, number: number): Promise<void> => this.#end(account, number, false);
    this.#maker = new ProfileMaker(dlls, { systemRoot, state, now: () => clock.now(), contents, unload });
  }

  async load(request: ProfileRequest): Promise<LoadedProfile> {
    if (this.#dlls.native.epm_is_wine() === 1 && !isTestBuild()) {
      throw new EpmError('EPM_WINE_REFUSED', 'This is Wine, where profiles only pretend to be loaded.');
    }
    try {
      return await this.#turns.take(request.account.accountSid, () => this.#loadInTurn(request));
    } catch (error) {
      if (isEpmError(error) && error.code === 'EPM_PROFILE_UNAVAILABLE') throw error;
      const { message, data } = toErrorReport(error);
      throw profileUnavailable('failed', message, data, error);
    }
  }

  sweep(isUnused: (profile: KeptProfile) => boolean): Promise<void> {
    return this.#clear(
      ({ deleteAfterUse, requester }, account, used) =>
        deleteAfterUse || (used !== undefined && isUnused({ account, requester, used })),
    );
  }

  removeAll(): Promise<void> {
    return this.#clear(() => true);
  }

  close(): void {
    this.#retries.close();
  }

  async #loadInTurn(request: ProfileRequest): Promise<LoadedProfile> {
    const { accountSid } = request.account;
    const shared = this.#loaded.get(accountSid) ?? { ...(await this.#maker.open(request)), users: 0 };
    this.#loaded.set(accountSid, shared);
    shared.users += 1;
    try {
      this.#maker.hives.setFolders(accountSid, shared.folder, this.#shownFolder(request) ?? shared.folder);
      this.#maker.list.noteUse(accountSid, this.#clock.now());
    } catch (error) {
      await this.#leave(request, shared);
      throw error;
    }
    let isReleased = false;
    return {
      folder: shared.folder,
      temporary: shared.temporary,
      release: async () => {
        if (isReleased) return;
        isReleased = true;
        await this.#turns.take(accountSid, () => this.#leave(request, shared));
      },
    };
  }

  /** The profile whose folders the program sees; undefined: its own. */
  #shownFolder({ showUserFolders, requester }: ProfileRequest): string | undefined {
    if (!showUserFolders) return undefined;
    const folder = profileFolder(this.#dlls.advapi32, this.#systemRoot, requester);
    if (folder === undefined) this.#log.write('warning', 'userFoldersUnknown', { user: requester });
    return folder;
  }

  /** One tree less. Never fails. */
  async #leave({ account: { accountSid }, deleteAfterUse }: ProfileRequest, shared: Shared): Promise<void> {
    shared.users -= 1;
    if (shared.users > 0) return;
    this.#loaded.delete(accountSid);
    await this.#end(accountSid, shared.number, deleteAfterUse);
  }

  /** Unloads and, where that is wanted, removes: now, or as soon as nothing uses it any more. Never fails. */
  async #end(account: Sid, number: number, isRemoved: boolean): Promise<void> {
    let isUnloaded = false;
    this.#ending.set(number, account);
    await this.#retries.untilDone(
      async () => {
        if (!isUnloaded) await this.#maker.store.unload(number);
        isUnloaded = true;
        if (isRemoved && !this.#loaded.has(account)) await this.#maker.remove(account);
        this.#ending.delete(number);
        if (!isRemoved) this.#noteUse(account);
      },
      (attempt) => this.#turns.take(account, attempt),
    );
  }

  /** A program may have run for long. Never fails: then the start counts as the last use. */
  #noteUse(account: Sid): void {
    try {
      const entry = this.#maker.list.entry(account);
      if (entry?.mark !== undefined) this.#maker.list.noteUse(account, this.#clock.now());
    } catch (error) {
      this.#logLeft(error, account);
    }
  }

  /** Goes through what agents before have left, and through every profile that is not loaded. Never fails. */
  async #clear(isRemoved: IsRemoved): Promise<void> {
    try {
      const { list, unfinished } = this.#maker;
      for (const account of new Set([...list.accounts(), ...unfinished.all().map(({ account: noted }) => noted)])) {
        await this.#turns.take(account, () => this.#clearOne(account, isRemoved));
      }
    } catch (error) {
      this.#logLeft(error);
    }
  }

  async #clearOne(account: Sid, isRemoved: IsRemoved): Promise<void> {
    const { list, store, unfinished } = this.#maker;
    if (this.#loaded.has(account) || [...this.#ending.values()].includes(account)) return;
    try {
      const entry = list.entry(account);
      const mark = entry?.mark;
      const isUnfinished = unfinished.of(account) !== undefined;
      if (mark === undefined && !isUnfinished) {
        this.#log.write('warning', 'foreignProfile', { account });
        return;
      }
      if (list.isLoaded(account)) await store.unloadLeft(account);
      if (isUnfinished) await this.#maker.removeUnfinished(account);
      else if (mark !== undefined && isRemoved(mark, account, entry?.used)) await this.#maker.remove(account);
    } catch (error) {
      this.#logLeft(error, account);
    }
  }

  #logLeft(error: unknown, account = ''): void {
    const { code, message } = toErrorReport(error);
    this.#log.write('warning', 'profileLeft', { account, code, message });
  }
}
