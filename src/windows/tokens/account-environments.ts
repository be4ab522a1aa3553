/**
 * What Windows says of the environment of each account. Making such a block means reading much of the registry, and few
 * of its values are used: the name of the account, its profile and the processor (src/agent/environment.ts). They stay as
 * long as the account keeps its name and its profile.
 */
import type { AccountRequest } from '../../agent/ports.ts';
import type { Sid } from '../../model/brands.ts';
import type { ProfileState } from '../machine/accounts.ts';

type Account = Pick<AccountRequest, 'accountSid' | 'domainName' | 'accountName'>;

/** Accounts that are kept: there is one for each person and rule. */
const MAX_ACCOUNTS = 200;

export class AccountEnvironments {
  readonly #profile: (account: Sid) => ProfileState;
  readonly #known = new Map<Sid, { readonly of: string; readonly entries: readonly string[] }>();

  /** @param profile of an account, read anew */
  constructor(profile: (account: Sid) => ProfileState) {
    this.#profile = profile;
  }

  /**
   * @param make asks Windows
   * @throws EpmError what `make` and reading the profile throw; then nothing is kept
   */
  of({ accountSid, domainName, accountName }: Account, make: () => readonly string[]): readonly string[] {
    // Read before the block is made: a change meanwhile is seen the next time.
    const { folder, isLoaded } = this.#profile(accountSid);
    const of = JSON.stringify([domainName, accountName, folder ?? null, isLoaded]);
    const known = this.#known.get(accountSid);
    if (known?.of === of) return known.entries;
    const entries = make();
    if (known === undefined && this.#known.size >= MAX_ACCOUNTS) this.#known.clear();
    this.#known.set(accountSid, { of, entries });
    return entries;
  }
}
