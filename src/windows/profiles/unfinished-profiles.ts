/**
 * What the agent is about to make or to remove, noted before. Between the moment when Windows has made a profile and that
 * when the agent has marked it, an agent that is ended leaves one that looks like somebody else's; and of its folder, its
 * hive and its entry in the profile list Windows makes, and removes, one before the other.
 */
import type { StateStore } from '../../agent/ports.ts';
import { isVirtualAccount } from '../../agent/account-sids.ts';
import { type Sid, sid } from '../../model/brands.ts';

/** What the names of the folders begin with. */
export const PREFIX = 'EPM.';

/** Milliseconds in which Windows may still make what an agent asked for that has ended since. */
const STILL_MADE = 600_000;

/** One name, and nothing that leads out of the folder of profiles. */
const NAME = /^EPM\.[^\\/:*?"<>|\u0000-\u001f]{1,80}$/;

export interface UnfinishedProfile {
  readonly account: Sid;
  /** From which Windows makes the name of the folder: it puts something behind it when the name is taken. */
  readonly name: string;
  /** Folders that were there before under such a name: somebody else's. */
  readonly others: readonly string[];
  /** When it was noted, in milliseconds since 1970. */
  readonly since: number;
}

export class UnfinishedProfiles {
  readonly #state: StateStore;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(state: StateStore, now: () => number) {
    this.#state = state;
    this.#now = now;
  }

  /** @throws EpmError EPM_DATA_FOLDER */
  all(): readonly UnfinishedProfile[] {
    const value = this.#state.read();
    const notes = typeof value === 'object' && value !== null && 'unfinished' in value ? value.unfinished : [];
    return Array.isArray(notes) ? notes.map(parseNote).filter((note) => note !== undefined) : [];
  }

  /** @throws EpmError EPM_DATA_FOLDER */
  of(account: Sid): UnfinishedProfile | undefined {
    return this.all().find((note) => note.account === account);
  }

  /** Whether Windows may still be about to make it. */
  isYoung({ since }: UnfinishedProfile): boolean {
    return this.#now() - since < STILL_MADE;
  }

  /**
   * @param folders names of the folders of profiles that there are
   * @throws EpmError EPM_DATA_FOLDER; then nothing may be made or removed
   */
  begin(account: Sid, name: string, folders: readonly string[]): void {
    const others = folders.filter((folder) => isNameFrom(folder, name));
    this.#write([...this.#without(account), { account, name, others, since: this.#now() }]);
  }

  /** @throws EpmError EPM_DATA_FOLDER */
  end(account: Sid): void {
    if (this.of(account) !== undefined) this.#write(this.#without(account));
  }

  #without(account: Sid): readonly UnfinishedProfile[] {
    return this.all().filter((note) => note.account !== account);
  }

  #write(unfinished: readonly UnfinishedProfile[]): void {
    this.#state.write({ unfinished });
  }
}

/** Names of folders, among those that there are, that Windows made for what was noted. */
export function foldersOf({ name, others }: UnfinishedProfile, folders: readonly string[]): readonly string[] {
  const foreign = new Set(others.map((each) => each.toUpperCase()));
  return folders.filter((folder) => isNameFrom(folder, name) && !foreign.has(folder.toUpperCase()));
}

/** Windows puts `.COMPUTER` and `.000` behind a name that is taken. */
function isNameFrom(folder: string, name: string): boolean {
  const [given, wanted] = [folder.toUpperCase(), name.toUpperCase()];
  return given === wanted || given.startsWith(`${wanted}.`);
}

/** Undefined for whatever is not a note of the agent. */
function parseNote(value: unknown): UnfinishedProfile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { account, name, others, since } = value as Readonly<Record<string, unknown>>;
  const isNote =
    typeof account === 'string' &&
    isVirtualAccount(account) &&
    typeof name === 'string' &&
    NAME.test(name) &&
    Array.isArray(others) &&
    others.every((each): each is string => typeof each === 'string') &&
    typeof since === 'number';
  return isNote ? { account: sid(account), name, others, since } : undefined;
}
