/**
 * What each source of policy, the device, or a place or the hive of a user, held when it was last good. A source that cannot be read does not
 * touch the others: theirs is taken as it is now, and its own stays as it was. Where nothing good is known of a source,
 * nothing is in force for its users, since a rule that denies may be in it.
 */
import { type Sid, sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import type { PolicyDocument } from '../model/policy.ts';
import type { PolicySourceReading } from './ports.ts';

/** The device, the place that the machine has for a user, or by their SID the hive of a user. */
export type PolicySourceName = 'device' | `machine ${string}` | Sid;

/** Whose source it is; undefined: everybody's. */
export function userOf(name: PolicySourceName): Sid | undefined {
  if (name === 'device') return undefined;
  return sid(name.replace(/^machine /, ''));
}

export function machinePlaceOf(user: Sid): PolicySourceName {
  return `machine ${user}`;
}

interface LastGood {
  readonly policies: readonly PolicyDocument[];
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
}

/**
 * Milliseconds for which a device policy stays in force whose key is gone altogether. Management takes settings back one
 * by one and leaves the key empty, which counts at once (decision S3). A key that vanishes is what a new version of the
 * definitions, a clean-up script or an edit of the registry leaves for a moment.
 */
const MISSING_GRACE = 5 * 60_000;

/** Never changes: each reading makes the next one. */
export class PolicySourceStates {
  /** Why sources cannot be used. */
  readonly faults: ReadonlyMap<PolicySourceName, EpmError>;
  /** Users of whom a source is there of which nothing good was ever read. */
  readonly withheld: ReadonlySet<Sid>;
  readonly #good: ReadonlyMap<PolicySourceName, LastGood>;
  /** Monotonic milliseconds at which the key of the device policy was found gone. */
  readonly #missingSince: number | undefined;

  private constructor(
    good: ReadonlyMap<PolicySourceName, LastGood>,
    faults: ReadonlyMap<PolicySourceName, EpmError>,
    withheld: ReadonlySet<Sid>,
    missingSince: number | undefined,
  ) {
    this.#good = good;
    this.faults = faults;
    this.withheld = withheld;
    this.#missingSince = missingSince;
  }

  /** Before anything was read. */
  static readonly unknown = new PolicySourceStates(new Map(), new Map(), new Set(), undefined);

  /** What is in force; undefined while nothing good was ever read of the device. */
  get documents(): readonly PolicyDocument[] | undefined {
    return this.#good.has('device') ? [...this.#good.values()].flatMap(({ policies }) => policies) : undefined;
  }

  /** Users of whom some source is there. */
  get users(): ReadonlySet<Sid> {
    const known = [...this.#good.keys(), ...this.faults.keys()].map(userOf);
    return new Set(known.filter((user) => user !== undefined));
  }

  /** The hive of a user was read, or tried to be. */
  isKnown(user: Sid): boolean {
    return this.#good.has(user) || this.faults.has(user);
  }

  /** The source is there, and was good when it was read last. */
  isGood(name: PolicySourceName): boolean {
    return this.#good.has(name) && !this.faults.has(name);
  }

  /** When everything that applies to a user was last read: milliseconds since 1970, UTC. Undefined: some never was. */
  lastRead(user: Sid): number | undefined {
    const device = this.#good.get('device');
    if (device === undefined || this.withheld.has(user)) return undefined;
    const own = [machinePlaceOf(user), user].map((name) => this.#good.get(name)?.time ?? Infinity);
    return Math.min(device.time, ...own);
  }

  /**
   * @param readings of all sources there are now; a source that is not among them is forgotten
   * @param now milliseconds since 1970, UTC
   * @param monotonic milliseconds of the clock that never jumps
   */
  next(readings: readonly PolicySourceReading[], now: number, monotonic: number): PolicySourceStates {
    const good = new Map<PolicySourceName, LastGood>();
    const faults = new Map<PolicySourceName, EpmError>();
    const withheld = new Set<Sid>();
    const missingSince = readings.some((reading) => this.#isMissing(reading))
      ? (this.#missingSince ?? monotonic)
      : undefined;
    for (const reading of readings) {
      const name = nameOf(reading);
      const before = this.#good.get(name);
      if ('fault' in reading) {
        faults.set(name, reading.fault);
        if (before !== undefined) good.set(name, before);
        else if (reading.scope.kind === 'user') withheld.add(reading.scope.sid);
      } else if (before !== undefined && this.#isMissing(reading) && !isOver(missingSince, monotonic)) {
        faults.set(name, missing());
        good.set(name, before);
      } else {
        good.set(name, { policies: reading.policies, time: now });
      }
    }
    return new PolicySourceStates(good, faults, withheld, missingSince);
  }

  /** The device has no policy any more. */
  #isMissing(reading: PolicySourceReading): boolean {
    const had = (this.#good.get('device')?.policies.length ?? 0) > 0;
    return reading.scope.kind === 'device' && had && 'policies' in reading && reading.policies.length === 0;
  }
}

function nameOf({ scope, place }: PolicySourceReading): PolicySourceName {
  if (scope.kind === 'device') return 'device';
  return place === 'machine' ? machinePlaceOf(scope.sid) : scope.sid;
}

function isOver(since: number | undefined, monotonic: number): boolean {
  return since !== undefined && monotonic - since >= MISSING_GRACE;
}

function missing(): EpmError {
  return new EpmError('EPM_POLICY_MISSING', 'The key of the device policy is gone; nothing was taken back from it.');
}
