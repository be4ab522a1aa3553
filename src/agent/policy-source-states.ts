/**
 * What each source of policy, the device or a user, held when it was last good. A source that cannot be read does not
 * touch the others: theirs is taken as it is now, and its own stays as it was. Where nothing good is known of a source,
 * nothing is in force for its users, since a rule that denies may be in it.
 */
import type { Sid } from '../model/brands.ts';
import { EpmError } from '../model/errors.ts';
import type { PolicyDocument } from '../model/policy.ts';
import type { PolicySourceReading } from './ports.ts';

/** The device, or a user by SID. */
export type PolicySourceName = 'device' | Sid;

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
  /** Users whose own source is there and of which nothing good was ever read. */
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

  /** Users whose sources are there. */
  get users(): ReadonlySet<Sid> {
    const known = [...this.#good.keys(), ...this.withheld];
    return new Set(known.filter((name): name is Sid => name !== 'device'));
  }

  /** The source of a user is there. */
  isKnown(user: Sid): boolean {
    return this.#good.has(user) || this.withheld.has(user);
  }

  /** The source is there, and was good when it was read last. */
  isGood(name: PolicySourceName): boolean {
    return this.#good.has(name) && !this.faults.has(name);
  }

  /** When everything that applies to a user was last read: milliseconds since 1970, UTC. Undefined: some never was. */
  lastRead(user: Sid): number | undefined {
    const device = this.#good.get('device');
    if (device === undefined || this.withheld.has(user)) return undefined;
    return Math.min(device.time, this.#good.get(user)?.time ?? Infinity);
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
        else if (name !== 'device') withheld.add(name);
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

function nameOf({ scope }: PolicySourceReading): PolicySourceName {
  return scope.kind === 'device' ? 'device' : scope.sid;
}

function isOver(since: number | undefined, monotonic: number): boolean {
  return since !== undefined && monotonic - since >= MISSING_GRACE;
}

function missing(): EpmError {
  return new EpmError('EPM_POLICY_MISSING', 'The key of the device policy is gone; nothing was taken back from it.');
}
