/**
 * Profiles of accounts that nothing leads to any more, such as those of a rule that was removed. They stay for a while,
 * because the rule may come back.
 */
import type { CompiledPolicy } from '../engine/index.ts';
import { toErrorReport } from '../model/errors.ts';
import type { Sid } from '../model/brands.ts';
import type { Basis } from '../model/decision.ts';
import { accountNumbers, originOf } from './account.ts';
import { ACCOUNT_DOMAINS } from './account-sids.ts';
import type { Clock, KeptProfile, Log, ProfileKeeper } from './ports.ts';

const DAY = 24 * 60 * 60 * 1000;
/** Milliseconds without a start after which such a profile is removed. */
export const UNUSED = 30 * DAY;
/** Milliseconds between two looks, and before the first one: policy may arrive a while after the agent. */
const INTERVAL = DAY;
const SETTLING = 60 * 60 * 1000;

interface UnusedProfilePorts {
  readonly profiles: ProfileKeeper;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly secret: Uint8Array;
  /** The policy that counts for a user now; undefined: it is not known which that is. */
  readonly policyFor: (user: Sid) => CompiledPolicy | undefined;
  /** The machine has a profile of the user. */
  readonly hasProfile: (user: Sid) => boolean;
}

export class UnusedProfiles {
  readonly #ports: UnusedProfilePorts;
  #timer: NodeJS.Timeout | undefined;

  constructor(ports: UnusedProfilePorts) {
    this.#ports = ports;
  }

  /** Looks an hour from now and every day then. */
  start(): void {
    this.#schedule(SETTLING);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Removes what is not used any more, and what an agent before has left. Never throws. */
  async look(): Promise<void> {
    const { profiles, log } = this.#ports;
    const known = new Map<Sid, ReadonlySet<string> | undefined>();
    try {
      await profiles.sweep((profile) => this.#isUnused(profile, known));
    } catch (error) {
      const { code, message } = toErrorReport(error);
      log.write('error', 'profileSweepFailed', { code, message });
    }
  }

  #schedule(delay: number): void {
    this.#timer = setTimeout(() => void this.look().then(() => this.#schedule(INTERVAL)), delay);
    this.#timer.unref();
  }

  /** @param known accounts that were computed before, by user */
  #isUnused({ account, requester, used }: KeptProfile, known: Map<Sid, ReadonlySet<string> | undefined>): boolean {
    const { clock, secret, policyFor, hasProfile } = this.#ports;
    if (clock.now() - used < UNUSED) return false;
    // Of somebody who is gone from the machine no policy is read any more.
    if (!hasProfile(requester)) return true;
    if (!known.has(requester)) {
      const policy = policyFor(requester);
      known.set(requester, policy === undefined ? undefined : accountsOf(policy, requester, secret));
    }
    const possible = known.get(requester);
    return possible !== undefined && !ACCOUNT_DOMAINS.some((domain) => possible.has(account.slice(domain.length + 1)));
  }
}

/** Numbers of every account that a user may get by a policy, and whose profile stays. */
function accountsOf(policy: CompiledPolicy, user: Sid, secret: Uint8Array): ReadonlySet<string> {
  const { accountScope } = policy.forUser(user).settings;
  if (accountScope === 'launch') return new Set();
  const scope = accountScope === 'user' ? { accountScope } : {};
  const numbers = (basis: Basis): string => accountNumbers(secret, originOf({ basis, ...scope }, ''), user);
  const rules = policy
    .rulesFor(user)
    .flatMap(({ type, policyId, name, ...rule }) =>
      type === 'unreadable' ? [] : [numbers({ kind: 'rule', rule: { type, policyId, scope: rule.scope, name } })],
    );
  return new Set([numbers({ kind: 'defaultResponse' }), ...rules]);
}
