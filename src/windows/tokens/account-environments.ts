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
/** Texts that are kept: those that all accounts share, and some of each. */
const MAX_TEXTS = 20 * MAX_ACCOUNTS;

export class AccountEnvironments {
  readonly #profile: (account: Sid) => ProfileState;
  readonly #known = new Map<Sid, { readonly of: string; readonly entries: readonly string[] }>();
  /** Most texts are the machine's: each is kept once. */
  readonly #texts = new Map<string, string>();

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
    const made = make();
    const isFull = known === undefined && this.#known.size >= MAX_ACCOUNTS;
    if (isFull || this.#texts.size >= MAX_TEXTS) {
      this.#known.clear();
      this.#texts.clear();
    }
    const entries = made.map((text) => this.#once(text));
    this.#known.set(accountSid, { of, entries });
    return entries;
  }

  #once(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }
}
