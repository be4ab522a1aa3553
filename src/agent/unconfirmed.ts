/** What policies in users' hives say and what does not count, because nothing confirms it (decision D1): told to people. */
import type { Sid } from '../model/brands.ts';
import type { SettingName } from '../model/settings.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { PolicyInForce } from './policy-in-force.ts';
import type { Log } from './ports.ts';

export interface Unconfirmed {
  /** Names of the rules. */
  readonly rules: readonly string[];
  readonly settings: readonly SettingName[];
}

/** Rules and settings that a message names before it only counts them, and characters of each. */
const NAMED = 5;
const NAME_LENGTH = 64;

/** Of each user of whom something is left out. */
export function unconfirmedPolicies({ compiled, documents }: PolicyInForce): ReadonlyMap<Sid, Unconfirmed> {
  const found = new Map<Sid, Unconfirmed>();
  for (const { scope, trust } of documents) {
    if (trust === undefined || scope.kind !== 'user' || found.has(scope.sid)) continue;
    const rules = compiled.rules.filter(
      ({ user, reasons }) => user === scope.sid && reasons.some(({ code }) => code === 'unconfirmedUserPolicy'),
    );
    const settings = compiled.forUser(scope.sid).settings.leftOut.map(({ setting }) => setting);
    if (rules.length + settings.length === 0) continue;
    found.set(scope.sid, { rules: rules.map(({ name }) => name), settings });
  }
  return found;
}

/** One sentence about what is left out, for whoever may know of the user. */
export function describeUnconfirmed(user: Sid, { rules, settings }: Unconfirmed): string {
  const parts = [listed('rule', rules), listed('setting', settings)].filter((part) => part !== undefined);
  return `Only the hive of the user ${user} says it, and nothing confirms it, so it does not count: ${parts.join('; ')}.`;
}

function listed(noun: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const named = names.slice(0, NAMED).map((name) => `"${name.slice(0, NAME_LENGTH)}"`);
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.length} ${noun}${names.length === 1 ? '' : 's'} (${named.join(', ')}${more})`;
}

/** Records it once, and again when something else is left out. */
export class UnconfirmedRecords {
  readonly #trail: AuditTrail;
  readonly #log: Log;
  #told: ReadonlyMap<Sid, string> = new Map();

  constructor(trail: AuditTrail, log: Log) {
    this.#trail = trail;
    this.#log = log;
  }

  /** To be called with every policy that comes into force. */
  update(policy: PolicyInForce): void {
    const before = this.#told;
    const now = new Map<Sid, string>();
    for (const [userSid, unconfirmed] of unconfirmedPolicies(policy)) {
      const message = describeUnconfirmed(userSid, unconfirmed);
      now.set(userSid, message);
      if (before.get(userSid) === message) continue;
      this.#trail.appendBestEffort({ event: 'policyFault', userSid, errorCode: 'EPM_POLICY_UNCONFIRMED', message });
      this.#log.write('warning', 'userPolicyNotUsed', { userSid, code: 'EPM_POLICY_UNCONFIRMED', message });
    }
    this.#told = now;
  }
}
