/**
 * Names, the service logon right and logons of a machine, at the boundary of epmnative.dll. They outlive the process that
 * asks, which can end at any step: from then on nothing it calls has an effect.
 */
import type { AccountRequest, StateStore } from '../../../src/agent/ports.ts';
import { sid } from '../../../src/model/brands.ts';
import type { WindowsDlls } from '../../../src/windows/dll/load.ts';
import { createAccountFactory } from '../../../src/windows/tokens/account-factory.ts';

const ERROR_ALREADY_EXISTS = 183;
export const ERROR_LOGON_TYPE_NOT_GRANTED = 1385;
const ERROR_GEN_FAILURE = 31;

/** The process is gone. */
class Ended extends Error {}

type Native = WindowsDlls['native'];

export class FakeLsa {
  /** SID of each name, `DOMAIN` or `DOMAIN\name`. */
  readonly names = new Map<string, string>();
  readonly rights = new Set<string>();
  tokens = 0;
  written: unknown;
  /** Error of a logon by its type, or success. */
  logonErrors: Partial<Record<number, number>> = {};
  /** Types of logon in the order in which they were tried, and whether the account had the right. */
  readonly logons: (readonly [type: number, hasRight: boolean])[] = [];
  writes = 0;
  steps = 0;
  endAt = Number.POSITIVE_INFINITY;
  failAt = Number.POSITIVE_INFINITY;

  /** The agent of a new process. */
  start() {
    this.steps = 0;
    this.endAt = Number.POSITIVE_INFINITY;
    this.failAt = Number.POSITIVE_INFINITY;
    return createAccountFactory({ native: this.#native, advapi32: {} as never }, 'C:\\Windows', this.#state);
  }

  /** A step of the process; it may be its last. @returns whether it is to fail */
  #step(): boolean {
    this.steps += 1;
    if (this.steps >= this.endAt) throw new Ended();
    return this.steps === this.failAt;
  }

  readonly #state: StateStore = {
    read: () => this.written,
    write: (value) => {
      this.#step();
      this.writes += 1;
      this.written = structuredClone(value);
      this.#step();
    },
  };

  #answer(out: Uint8Array, length: [number], change: () => object | number): number {
    if (this.#step()) return ERROR_GEN_FAILURE;
    const result = change();
    const text = Buffer.from(
      JSON.stringify(typeof result === 'number' ? { step: 'Call', win32: result } : result),
      'utf8',
    );
    out.set(text);
    length[0] = text.length;
    this.#step();
    return typeof result === 'number' ? result : 0;
  }

  readonly #native = {
    epm_is_wine: () => 0,
    epm_is_test_build: () => 0,
    epm_name_map: (domain, name, account, out, _capacity, length) =>
      this.#answer(out, length, () => {
        const full = name === '' ? domain : `${domain}\\${name}`;
        const found = this.names.get(full);
        if (found === account) return { added: false };
        if (found !== undefined || [...this.names.values()].includes(account)) return ERROR_ALREADY_EXISTS;
        this.names.set(full, account);
        return { added: true };
      }),
    epm_name_unmap: (domain, name, account, out, _capacity, length) =>
      this.#answer(out, length, () => {
        const full = name === '' ? domain : `${domain}\\${name}`;
        return { removed: this.names.get(full) === account && this.names.delete(full) };
      }),
    epm_service_right: (account, granted, out, _capacity, length) =>
      this.#answer(out, length, () => {
        if (granted === 1) this.rights.add(account);
        else this.rights.delete(account);
        return { changed: true };
      }),
    epm_service_right_holders: (out, _capacity, length) =>
      this.#answer(out, length, () => ({ accounts: [...this.rights] })),
    epm_token_create: (account, token, out, _capacity, length) =>
      this.#answer(out, length, () => {
        this.logons.push([account.logon_type, this.rights.has(account.account_sid)]);
        const error = this.logonErrors[account.logon_type];
        if (error !== undefined) return error;
        this.tokens += 1;
        token[0] = this.tokens;
        return { factory: 'virtualAccount' };
      }),
    epm_token_close: () => {
      this.tokens -= 1;
      return 0;
    },
  } satisfies Partial<Native> as unknown as Native;
}

/** True when the process of the fake was ended. */
export function isEnded(error: unknown): boolean {
  return error instanceof Ended;
}

/** What the core asks for; each number is another account. */
export function accountRequest(number = 1, more: Partial<AccountRequest> = {}): AccountRequest {
  const account = sid(`S-1-5-107-1-2-3-4-${number}`);
  return {
    domainName: 'EPM',
    domainSid: sid('S-1-5-107'),
    accountName: `alice_${number}`,
    accountSid: account,
    groupName: 'Elevated',
    groupSid: sid('S-1-5-107-0'),
    logonSid: 'S-1-5-5-0-4711',
    session: 1,
    logons: ['interactive', 'service'],
    removePrivileges: [],
    defaultDacl: `D:(A;;GA;;;SY)(A;;GA;;;${account})`,
    ownerSid: account,
    requestId: 'request',
    isAdministrator: true,
    ...more,
  };
}
