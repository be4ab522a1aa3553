/**
 * What each source of policy, the device, or a place or the hive of a user, held when it was last good. A source that
 * cannot be read, or that holds half of a policy, does not touch the others: theirs is taken as it is now, and its own
 * stays as it was. Where nothing good is known of a source, nothing is in force for its users, since a rule that denies
 * may be in it.
 */
import { type Sid, sid } from '../model/brands.ts';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { PolicyDocument } from '../model/policy.ts';
import type { PolicySourceReading } from './ports.ts';

/** The device, the place that the machine has for a user, or by their SID the hive of a user. */
export type PolicySourceName = 'device' | `machine ${string}` | Sid;

const MACHINE = 'machine ';

/** Whose source it is; undefined: everybody's. */
export function userOf(name: PolicySourceName): Sid | undefined {
  if (name === 'device') return undefined;
  return sid(name.startsWith(MACHINE) ? name.slice(MACHINE.length) : name);
}

export function machinePlaceOf(user: Sid): PolicySourceName {
  return `${MACHINE}${user}`;
}

interface LastGood {
  readonly policies: readonly PolicyDocument[];
  /** The place carried a digest, which its policies fitted. */
  readonly isWhole: boolean;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
}

interface SourceState {
  readonly good?: LastGood;
  /** Why the source cannot be used, once that is told. */
  readonly fault?: EpmError;
  /** Why what the source holds does not count, or not yet. Absent: it does, or it cannot be read. */
  readonly waiting?: Waiting;
}

interface Waiting {
  readonly kind: 'incomplete' | 'missing' | 'withoutDigest';
  /** Monotonic milliseconds at which it began. */
  readonly since: number;
  /** The same at which the source must be looked at again although nothing changes. */
  readonly until?: number;
}

/** When the states are made. */
export interface Moment {
  /** Milliseconds since 1970, UTC. */
  readonly now: number;
  /** Milliseconds of the clock that never jumps. */
  readonly monotonic: number;
  /** The same when something changed last. */
  readonly changed: number;
  /** Changes go on. What carries no digest may be half of a policy then, and stays as it was. */
  readonly isBusy?: boolean;
}

/**
 * Milliseconds for which a device policy stays in force whose key is gone altogether. Management takes settings back one
 * by one and leaves the key empty, which counts at once (decision S3). A key that vanishes is what a new version of the
 * definitions, a clean-up script or an edit of the registry leaves for a moment.
 */
const MISSING_GRACE = 5 * 60_000;

/**
 * Milliseconds without a change before a place counts without a digest that had one. Whoever replaces a policy may take
 * all of the old one away first, its digest included, and a busy machine may stand still between two values.
 */
const WITHOUT_DIGEST_GRACE = 10_000;

/** Milliseconds before it is told that a policy is not whole, while the last good one is in force: it may be on its way. */
const UNTOLD = 10_000;

/** Never changes: each reading makes the next one. */
export class PolicySourceStates {
  readonly #states: ReadonlyMap<PolicySourceName, SourceState>;
  /** Why sources cannot be used. */
  readonly faults: ReadonlyMap<PolicySourceName, EpmError>;
  /** Users of whom a source is there of which nothing good was ever read. */
  readonly withheld: ReadonlySet<Sid>;

  private constructor(states: ReadonlyMap<PolicySourceName, SourceState>) {
    this.#states = states;
    this.faults = new Map([...states].flatMap(([name, { fault }]) => (fault === undefined ? [] : [[name, fault]])));
    this.withheld = new Set(
      [...states].flatMap(([name, { good }]) => (good === undefined ? (userOf(name) ?? []) : [])),
    );
  }

  /** Before anything was read. */
  static readonly unknown = new PolicySourceStates(new Map());

  /** What is in force; undefined while nothing good was ever read of the device. */
  get documents(): readonly PolicyDocument[] | undefined {
    if (this.#states.get('device')?.good === undefined) return undefined;
    return [...this.#states.values()].flatMap(({ good }) => good?.policies ?? []);
  }

  /** Users of whom some source is there. */
  get users(): ReadonlySet<Sid> {
    return new Set([...this.#states.keys()].map(userOf).filter((user) => user !== undefined));
  }

  /** The hive of a user was read, or tried to be. */
  isKnown(user: Sid): boolean {
    return this.#states.has(user);
  }

  /** The source is there, and was good when it was read last. */
  isGood(name: PolicySourceName): boolean {
    const state = this.#states.get(name);
    return state?.good !== undefined && state.fault === undefined;
  }

  /** When everything that applies to a user was last read: milliseconds since 1970, UTC. Undefined: some never was. */
  lastRead(user: Sid): number | undefined {
    const device = this.#states.get('device')?.good;
    if (device === undefined || this.withheld.has(user)) return undefined;
    const own = [machinePlaceOf(user), user].map((name) => this.#states.get(name)?.good?.time ?? Infinity);
    return Math.min(device.time, ...own);
  }

  /** When sources must be read again although nothing changes: monotonic milliseconds. Undefined: none must. */
  get due(): number | undefined {
    const times = [...this.#states.values()].flatMap(({ waiting }) => waiting?.until ?? []);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** @param readings of all sources there are now; of the others, hives are forgotten, and places may be on their way */
  next(readings: readonly PolicySourceReading[], moment: Moment): PolicySourceStates {
    const states = new Map(readings.map((reading) => this.#entry(reading, moment)));
    for (const [name, before] of this.#states) {
      if (states.has(name) || !name.startsWith(MACHINE)) continue;
      const state = this.#vanished(name, before, states.get('device'), moment);
      if (state !== undefined) states.set(name, state);
    }
    return new PolicySourceStates(states);
  }

  /** @param readings of some sources; the others stay as they are */
  with(readings: readonly PolicySourceReading[], moment: Moment): PolicySourceStates {
    return new PolicySourceStates(
      new Map([...this.#states, ...readings.map((reading) => this.#entry(reading, moment))]),
    );
  }

  #entry(reading: PolicySourceReading, moment: Moment): [PolicySourceName, SourceState] {
    const name = nameOf(reading);
    return [name, nextState(name, this.#states.get(name), reading, moment)];
  }

  /** What stays of a place of the machine whose key is gone. */
  #vanished(
    name: PolicySourceName,
    before: SourceState,
    device: SourceState | undefined,
    moment: Moment,
  ): SourceState | undefined {
    if (before.good === undefined) return undefined;
    // It lay below the key of the device, which is gone as a whole.
    if (device?.waiting?.kind === 'missing') return before;
    if (!before.good.isWhole) return undefined;
    const state = nextState(name, before, { policies: [] }, moment);
    return state.good?.isWhole === true ? state : undefined;
  }
}

function nameOf({ scope, place }: PolicySourceReading): PolicySourceName {
  if (scope.kind === 'device') return 'device';
  return place === 'machine' ? machinePlaceOf(scope.sid) : scope.sid;
}

/** What was read of a source whose name is known. */
type Reading =
  { readonly policies: readonly PolicyDocument[]; readonly isWhole?: boolean } | { readonly fault: EpmError };

function nextState(
  name: PolicySourceName,
  before: SourceState | undefined,
  reading: Reading,
  { now, monotonic, changed, isBusy = false }: Moment,
): SourceState {
  const good = before?.good;
  const since = (kind: Waiting['kind']): number => (before?.waiting?.kind === kind ? before.waiting.since : monotonic);
  if ('fault' in reading) {
    const { fault } = reading;
    if (fault.code !== 'EPM_POLICY_INCOMPLETE') return { ...defined({ good }), fault };
    const waiting = { kind: 'incomplete', since: since('incomplete') } as const;
    const told = waiting.since + UNTOLD;
    if (good === undefined || monotonic >= told) return { ...defined({ good }), fault, waiting };
    return { ...before, waiting: { ...waiting, until: told } };
  }
  const { policies, isWhole = false } = reading;
  const taken = { good: { policies, isWhole, time: now } };
  if (isWhole || before === undefined) return taken;
  if (isBusy) return before;
  if (good === undefined) return taken;
  if (name === 'device' && policies.length === 0 && good.policies.length > 0) {
    const waiting = { kind: 'missing', since: since('missing') } as const;
    const until = waiting.since + MISSING_GRACE;
    return monotonic >= until ? taken : { good, fault: missing(), waiting: { ...waiting, until } };
  }
  if (!good.isWhole) return taken;
  const waiting = { kind: 'withoutDigest', since: since('withoutDigest') } as const;
  // What was just found may have changed a moment ago, of which nothing was told yet.
  const until = Math.max(changed, waiting.since) + WITHOUT_DIGEST_GRACE;
  if (monotonic >= until) return taken;
  const isTold = monotonic >= waiting.since + UNTOLD;
  return { ...before, ...(isTold ? { fault: withoutDigest() } : {}), waiting: { ...waiting, until } };
}

function missing(): EpmError {
  return new EpmError('EPM_POLICY_MISSING', 'The key of the device policy is gone; nothing was taken back from it.');
}

function withoutDigest(): EpmError {
  return new EpmError(
    'EPM_POLICY_INCOMPLETE',
    'The policy carried a digest and carries none now. It counts without one ten seconds after the last change, and changes go on.',
  );
}
