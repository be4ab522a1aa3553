/**
 * What the agent is about to make, noted before. Between the moment when Windows has made a profile and that when the
 * agent has marked it, an agent that is ended leaves one that looks like somebody else's.
 */
import type { StateStore } from '../../agent/ports.ts';
import { type Sid, sid } from '../../model/brands.ts';
import { isVirtualAccount } from '../../agent/account-sids.ts';

export class UnfinishedProfiles {
  readonly #state: StateStore;

  constructor(state: StateStore) {
    this.#state = state;
  }

  /** @throws EpmError EPM_DATA_FOLDER */
  all(): readonly Sid[] {
    const value = this.#state.read();
    const accounts = typeof value === 'object' && value !== null && 'unfinished' in value ? value.unfinished : [];
    if (!Array.isArray(accounts)) return [];
    return accounts.filter((each): each is string => typeof each === 'string' && isVirtualAccount(each)).map(sid);
  }

  /** @throws EpmError EPM_DATA_FOLDER; then nothing may be made */
  begin(account: Sid): void {
    this.#state.write({ unfinished: [...new Set([...this.all(), account])] });
  }

  /** @throws EpmError EPM_DATA_FOLDER */
  end(account: Sid): void {
    const left = this.all();
    if (left.includes(account)) this.#state.write({ unfinished: left.filter((each) => each !== account) });
  }
}
