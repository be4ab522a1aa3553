/**
 * Names of isolated accounts in the LSA. They stay in the memory of LSASS until they are taken back or the machine
 * restarts, and nothing lists them; so each is written down before it is given.
 */
import { ACCOUNT_DOMAINS } from '../../agent/account-sids.ts';
import type { StateStore } from '../../agent/ports.ts';
import type { Sid } from '../../model/brands.ts';
import { EpmError } from '../../model/errors.ts';
import type { EpmNative } from '../dll/epmnative.ts';
import { jsonCall } from '../dll/json-call.ts';

/** One name; of the domain itself when `name` is empty. */
export interface AccountName {
  readonly domain: string;
  readonly name: string;
  readonly sid: Sid;
}

type NativeNames = Pick<EpmNative, 'epm_name_map' | 'epm_name_unmap'>;

/** Names that stay written down although they were taken back, so that most elevations write nothing. */
const MAX_STALE = 200;
/** More than there ever are; a longer list is not one that was written here. */
const MAX_WRITTEN = 10_000;

export class AccountNames {
  readonly #native: NativeNames;
  readonly #state: StateStore;
  /** How many trees need each name. */
  readonly #held = new Map<string, number>();
  /** Undefined until the state was read. */
  #written: Map<string, AccountName> | undefined;

  constructor(native: NativeNames, state: StateStore) {
    this.#native = native;
    this.#state = state;
  }

  /**
   * Gives the names, or counts once more what has them already. Windows is asked each time whether they still hold.
   * @returns gives them back; calling it again does nothing
   * @throws EpmError EPM_ACCOUNT_UNAVAILABLE, EPM_DATA_FOLDER; then none of them is held more than before
   */
  hold(names: readonly AccountName[]): () => void {
    this.#writeDown(names);
    const taken: AccountName[] = [];
    let isHeld = true;
    const release = (): void => {
      if (!isHeld) return;
      isHeld = false;
      this.#release(taken);
    };
    try {
      for (const each of names) {
        taken.push(each);
        const key = keyOf(each);
        this.#held.set(key, (this.#held.get(key) ?? 0) + 1);
        jsonCall(
          'epm_name_map',
          (...out) => this.#native.epm_name_map(each.domain, each.name, each.sid, ...out),
          'EPM_ACCOUNT_UNAVAILABLE',
        );
      }
    } catch (error) {
      try {
        release();
      } catch {
        // It stays written down and is taken back at the next start.
      }
      throw error;
    }
    return release;
  }

  /**
   * Takes back every name that was written down and is not held.
   * @throws EpmError EPM_DATA_FOLDER, EPM_ACCOUNT_UNAVAILABLE when a name is kept; it stays written down
   */
  sweep(): void {
    const written = this.#read();
    const kept = new Map<string, AccountName>();
    let failure: unknown;
    // A domain goes after what is in it.
    for (const [key, each] of [...written].toSorted(([, left], [, right]) => right.name.length - left.name.length)) {
      if (this.#held.has(key)) {
        kept.set(key, each);
        continue;
      }
      try {
        this.#unmap(each);
      } catch (error) {
        failure ??= error;
        kept.set(key, each);
      }
    }
    this.#write(kept);
    if (failure !== undefined) throw failure as Error;
  }

  #release(names: readonly AccountName[]): void {
    let failure: unknown;
    for (const each of names.toReversed()) {
      const key = keyOf(each);
      const left = (this.#held.get(key) ?? 1) - 1;
      if (left > 0) {
        this.#held.set(key, left);
        continue;
      }
      this.#held.delete(key);
      try {
        this.#unmap(each);
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure as Error;
  }

  /** Nothing happens to a name that is another SID's: it was never given here. */
  #unmap({ domain, name, sid }: AccountName): void {
    jsonCall(
      'epm_name_unmap',
      (...out) => this.#native.epm_name_unmap(domain, name, sid, ...out),
      'EPM_ACCOUNT_UNAVAILABLE',
    );
  }

  #writeDown(names: readonly AccountName[]): void {
    const written = this.#read();
    const added = names.filter((each) => written.get(keyOf(each))?.sid !== each.sid);
    if (added.length === 0) return;
    const stale = [...written.keys()].filter((key) => !this.#held.has(key));
    const kept = new Map(written);
    if (stale.length >= MAX_STALE) for (const key of stale) kept.delete(key);
    for (const each of added) kept.set(keyOf(each), each);
    this.#write(kept);
  }

  #read(): ReadonlyMap<string, AccountName> {
    return (this.#written ??= new Map(writtenNames(this.#state.read()).map((each) => [keyOf(each), each])));
  }

  #write(names: Map<string, AccountName>): void {
    this.#state.write({ names: [...names.values()] });
    this.#written = names;
  }
}

/** Windows tells no names apart by case. */
function keyOf({ domain, name }: Pick<AccountName, 'domain' | 'name'>): string {
  return `${domain}\\${name}`.toUpperCase();
}

/** @throws EpmError EPM_DATA_FOLDER when it is not what was written here */
function writtenNames(state: unknown): readonly AccountName[] {
  if (state === undefined) return [];
  const { names } = (typeof state === 'object' && state !== null ? state : {}) as { readonly names?: unknown };
  if (Array.isArray(names) && names.length <= MAX_WRITTEN && names.every(isWritten)) return names;
  throw new EpmError('EPM_DATA_FOLDER', 'The list of names of isolated accounts is damaged.');
}

/** Of a domain of isolated accounts, or below one. */
function isOurs(sid: string): boolean {
  return ACCOUNT_DOMAINS.some((domain) => sid === domain || sid.startsWith(`${domain}-`));
}

function isWritten(value: unknown): value is AccountName {
  const { domain, name, sid } = (typeof value === 'object' && value !== null ? value : {}) as Partial<AccountName>;
  return typeof domain === 'string' && typeof name === 'string' && typeof sid === 'string' && isOurs(sid);
}
