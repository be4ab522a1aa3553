/**
 * The policy in force. A change is read whole, compiled and swapped by one assignment; a source that cannot be read
 * keeps its last good policy in force and is reported. Before the device's policy was read there is an empty policy, under which
 * nothing is elevated.
 */
import { hash } from 'node:crypto';
import { compile, type CompiledPolicy, type CompileMemory } from '../engine/index.ts';
import type { Sid } from '../model/brands.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { defined } from '../model/defined.ts';
import { EpmError, isEpmError, toErrorReport, type ErrorReport } from '../model/errors.ts';
import type { PolicyDocument } from '../model/policy.ts';
import type { RuleInput } from '../model/rule.ts';
import type { AuditTrail } from './audit-trail.ts';
import {
  machinePlaceOf,
  type Moment,
  type PolicySourceName,
  PolicySourceStates,
  userOf,
} from './policy-source-states.ts';
import type { Clock, Log, Machine, PolicySource } from './ports.ts';
import { approvalsInForce, type PolicyInForce } from './policy-in-force.ts';
import { UnconfirmedRecords } from './unconfirmed.ts';

/** Why a delivered policy cannot be used. */
export interface PolicyFault {
  readonly report: ErrorReport;
  /** Since when, whatever the reasons were meanwhile: milliseconds since 1970, UTC. */
  readonly since: number;
  /** Milliseconds since then, by the clock that never jumps. */
  readonly age: number;
}

interface PolicyPorts {
  readonly source: PolicySource;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly trail: AuditTrail;
  readonly log: Log;
  /** Called after every reading with what is in force, and the users of whom some source is there. */
  readonly read?: (policy: PolicyInForce, users: ReadonlySet<Sid>) => void;
}

/**
 * Milliseconds without a further change before a policy is read that carries no digest: one delivery writes many values.
 * One that carries a digest is read at once, and counts as soon as it is whole.
 */
const DEBOUNCE_MS = 200;
/** Milliseconds after the first change at which it is read although changes go on. */
const MAX_DEBOUNCE_MS = 1_000;
/** Milliseconds before a source that could not be read is tried again without a change. */
const RETRY_MS = 30_000;
/** The same in a build for the test bed, whose tests would have to sit it out. Its status says so. */
const TEST_BUILD_RETRY_MS = 2_000;
/**
 * The same at most, while only users' sources have faults: each try doubles the time. They must be tried again, because
 * no event tells when the permissions of a key above them are repaired.
 */
const MAX_RETRY_MS = 10 * 60_000;

/** Milliseconds between two readings while changes go on; a reading that takes longer waits as long as it took. */
const EARLY_PAUSE_MS = 10;

interface KnownFault {
  readonly report: ErrorReport;
  readonly since: number;
  readonly start: number;
}

export class PolicyLifecycle {
  readonly #ports: PolicyPorts;
  readonly #unconfirmed: UnconfirmedRecords;
  readonly #memory: Memory = { compiled: new WeakMap(), digests: new WeakMap() };
  #sources = PolicySourceStates.unknown;
  #current: PolicyInForce;
  #faults: ReadonlyMap<PolicySourceName, KnownFault> = new Map();
  #isAdopted = false;
  #stopWatching: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #early: NodeJS.Timeout | undefined;
  /** Monotonic milliseconds before which nothing is read while changes go on. */
  #earlyFrom = 0;
  #firstChange: number | undefined;
  #lastChange = 0;
  readonly #firstRetry: number;
  #retry: number;
  #reading: Promise<void> | undefined;
  #preparing: Promise<void> | undefined;
  #stopped = false;

  constructor(ports: PolicyPorts) {
    this.#ports = ports;
    this.#unconfirmed = new UnconfirmedRecords(ports.trail, ports.log);
    this.#firstRetry = ports.machine.isTestBuild ? TEST_BUILD_RETRY_MS : RETRY_MS;
    this.#retry = this.#firstRetry;
    this.#current = compileAll([], new Set(), ports.machine, ports.clock.now(), this.#memory);
  }

  get current(): PolicyInForce {
    return this.#current;
  }

  /** Set while the policy of the device, or the user's own, cannot be used and the last good one (or none) is in force. */
  faultFor(user: Sid): PolicyFault | undefined {
    const fault = this.#faults.get('device') ?? this.#faults.get(machinePlaceOf(user)) ?? this.#faults.get(user);
    return fault === undefined ? undefined : this.#aged(fault);
  }

  /** Users whose own policy cannot be used. */
  get userFaults(): ReadonlyMap<Sid, PolicyFault> {
    const users = new Map<Sid, PolicyFault>();
    for (const [name, fault] of this.#faults) {
      const user = userOf(name);
      if (user !== undefined && !users.has(user)) users.set(user, this.#aged(fault));
    }
    return users;
  }

  /** When all that applies to a user was last read: milliseconds since 1970, UTC. Undefined: some of it never was. */
  lastReadFor(user: Sid): number | undefined {
    return this.#sources.lastRead(user);
  }

  /** Watches first and reads then, so that no change falls between the two. Never throws because of a bad policy. */
  async start(): Promise<void> {
    this.#stopWatching = this.#ports.source.watch(() => this.#changed());
    await this.reload();
  }

  /**
   * Must be called before something is decided for a user. Right after the sign-in no event has told yet that the user's
   * policy is there, and a Deny may be in it; then it is read now.
   * @throws EpmError EPM_POLICY_UNREADABLE when it is not known what is there
   */
  async prepareFor(user: Sid): Promise<void> {
    // A reading that was under way may have begun before the sign-in, so that a second one is needed.
    for (let reading = 0; reading < 2 && this.#isNew(user); reading += 1) {
      this.#preparing ??= this.reload().finally(() => (this.#preparing = undefined));
      await this.#preparing;
    }
    if (!this.#stopped && this.#isNew(user)) {
      throw new EpmError('EPM_POLICY_UNREADABLE', 'The policy of this user could not be read since the sign-in.', {
        hint: 'Try again; an administrator sees the reason with Get-EPMAgent.',
      });
    }
  }

  #isNew(user: Sid): boolean {
    return !this.#sources.isKnown(user) && this.#ports.source.isLoaded(user);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#early);
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  /** Reads and compiles now, or after the readings that are under way. */
  async reload(): Promise<void> {
    await this.#inTurn(() => this.#read());
  }

  async #inTurn(read: () => Promise<void>): Promise<void> {
    const before = this.#reading;
    const mine = (before ?? Promise.resolve()).then(read);
    this.#reading = mine;
    await mine;
    if (this.#reading === mine) this.#reading = undefined;
  }

  async #read(): Promise<void> {
    const { source } = this.#ports;
    let faults: ReadonlyMap<PolicySourceName, EpmError>;
    try {
      const found = await source.read();
      if (this.#stopped) return;
      this.#take(this.#sources.next(found, this.#moment()));
      faults = this.#sources.faults;
    } catch (error) {
      if (this.#stopped) return;
      const fault = isEpmError(error)
        ? error
        : new EpmError('EPM_POLICY_INVALID', 'The delivered policy could not be compiled.', { cause: error });
      // Nothing was read of any source: what had a fault has it still, and the device has this one.
      faults = new Map([...this.#sources.faults, ['device', fault]]);
    }
    this.#reportFaults(faults);
    this.#scheduleAgain();
  }

  /** Reads in the middle of changes what tells by itself whether it is whole. */
  async #readEarly(): Promise<void> {
    const { source, clock } = this.#ports;
    const start = clock.monotonic();
    try {
      const found = await source.readDigested();
      if (this.#stopped) return;
      this.#take(this.#sources.with(found, this.#moment()));
      this.#reportFaults(this.#sources.faults);
      this.#scheduleAgain();
    } catch {
      // The reading after the changes finds the same and tells it.
    }
    const end = clock.monotonic();
    this.#earlyFrom = end + Math.max(EARLY_PAUSE_MS, end - start);
  }

  #moment(): Moment {
    const { clock } = this.#ports;
    return {
      now: clock.now(),
      monotonic: clock.monotonic(),
      changed: this.#lastChange,
      isBusy: this.#firstChange !== undefined,
    };
  }

  /** Puts into force what the sources come to. Where it cannot be compiled they stay as they were. */
  #take(sources: PolicySourceStates): void {
    const { documents, withheld } = sources;
    const next = documents === undefined ? undefined : this.#compiled(documents, withheld);
    this.#sources = sources;
    if (next !== undefined) this.#adopt(next);
  }

  /** What is in force already where nothing changed: a source answers the same object for the same policy. */
  #compiled(documents: readonly PolicyDocument[], withheld: ReadonlySet<Sid>): PolicyInForce {
    const { documents: before, withheld: withheldBefore } = this.#current;
    const isSame = documents.length === before.length && documents.every((each, index) => each === before[index]);
    if (this.#isAdopted && isSame && sameMembers(withheld, withheldBefore)) return this.#current;
    const { machine, clock } = this.#ports;
    return compileAll(documents, withheld, machine, clock.now(), this.#memory);
  }

  #adopt(next: PolicyInForce): void {
    const { trail, log } = this.#ports;
    const changed = !this.#isAdopted || next.digest !== this.#current.digest;
    const recovered = [...this.#faults.keys()].some((name) => this.#sources.isGood(name));
    this.#isAdopted = true;
    if (changed || !sameMembers(next.withheld, this.#current.withheld)) {
      this.#current = changed ? next : { ...next, since: this.#current.since };
    }
    this.#ports.read?.(this.#current, this.#sources.users);
    if (!changed && !recovered) return;
    const rules = next.documents.reduce((sum, document) => sum + document.rules.length, 0);
    const message = changed
      ? `Policy ${next.digest.slice(0, 16)} is in force, with ${count(rules, 'rule')}.`
      : `Policy ${next.digest.slice(0, 16)} can be read again and stays in force.`;
    // A rule that denies must count at once, so the policy is in force whether or not this could be recorded.
    trail.appendBestEffort({ event: 'policyChanged', message });
    log.write('information', 'policyChanged', { digest: next.digest, documents: next.documents.length });
    this.#unconfirmed.update(this.#current);
  }

  #reportFaults(errors: ReadonlyMap<PolicySourceName, EpmError>): void {
    const { trail, log, clock } = this.#ports;
    const before = this.#faults;
    const known = [...errors].map(([name, error]) => {
      const { since, start } = before.get(name) ?? { since: clock.now(), start: clock.monotonic() };
      return [name, { report: toErrorReport(error), since, start }] as const;
    });
    this.#faults = new Map(known);
    for (const [name, { report }] of known) {
      const { code, message } = report;
      const reported = before.get(name)?.report;
      if (reported?.code === code && reported.message === message) continue;
      const userSid = userOf(name);
      trail.appendBestEffort({ event: 'policyFault', userSid, errorCode: code, message });
      const event = userSid === undefined ? 'policyFault' : 'userPolicyNotUsed';
      log.write('error', event, { ...defined({ userSid }), code, message });
    }
  }

  /** Not when a change came during the reading: that one is due sooner. */
  #scheduleAgain(): void {
    if (this.#firstChange !== undefined) return;
    const { due } = this.#sources;
    const untilDue = due === undefined ? Infinity : Math.max(0, Math.ceil(due - this.#ports.clock.monotonic()));
    if (this.#faults.has('device')) this.#retry = this.#firstRetry;
    const untilRetry = this.#faults.size === 0 ? Infinity : this.#retry;
    const delay = Math.min(untilDue, untilRetry);
    if (delay === Infinity) return;
    this.#schedule(delay);
    if (untilRetry <= untilDue) this.#retry = Math.min(this.#retry * 2, MAX_RETRY_MS);
  }

  #aged({ report, since, start }: KnownFault): PolicyFault {
    return { report, since, age: this.#ports.clock.monotonic() - start };
  }

  #changed(): void {
    const now = this.#ports.clock.monotonic();
    this.#firstChange ??= now;
    this.#lastChange = now;
    this.#retry = this.#firstRetry;
    this.#scheduleEarly(now);
    this.#schedule(Math.max(0, Math.min(DEBOUNCE_MS, this.#firstChange + MAX_DEBOUNCE_MS - now)));
  }

  /** The last of many changes is followed by a reading, whenever the readings before it were. */
  #scheduleEarly(now: number): void {
    if (this.#stopped || this.#early !== undefined) return;
    this.#early = setTimeout(
      () => {
        this.#early = undefined;
        void this.#inTurn(() => this.#readEarly());
      },
      Math.max(0, this.#earlyFrom - now),
    );
    this.#early.unref();
  }

  #schedule(delay: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#firstChange = undefined;
      void this.reload();
    }, delay);
    this.#timer.unref();
  }
}

/** What is known of rules that were in force before: a change is mostly one of a few of thousands. */
interface Memory {
  readonly compiled: CompileMemory;
  readonly digests: WeakMap<RuleInput, string>;
}

function compileAll(
  documents: readonly PolicyDocument[],
  withheld: ReadonlySet<Sid>,
  machine: Machine,
  now: number,
  memory: Memory,
): PolicyInForce {
  const environment = {
    machine: machine.folders,
    longPath: (folder: string) => machine.longPath(folder),
    memory: memory.compiled,
  };
  const compiled = compile(documents, environment);
  return {
    compiled: withheld.size === 0 ? compiled : withhold(compiled, compile([], environment), withheld),
    documents,
    approvals: approvalsInForce(documents),
    withheld,
    digest: digestOf(documents, memory.digests),
    since: now,
  };
}

/** What is in force for everybody but the users named. Theirs are the settings of no policy, under which no rule counts. */
function withhold(compiled: CompiledPolicy, nothing: CompiledPolicy, users: ReadonlySet<Sid>): CompiledPolicy {
  const of = (user: Sid): CompiledPolicy => (users.has(user) ? nothing : compiled);
  return {
    ...compiled,
    // Made when it is asked for.
    get rules() {
      return compiled.rules;
    },
    forUser: (user) => of(user).forUser(user),
    rulesFor: (user, from, limit) => of(user).rulesFor(user, from, limit),
    countFor: (user) => of(user).countFor(user),
  };
}

/** The digests of rules stand for them, in an order that is none of the delivery. */
function digestOf(documents: readonly PolicyDocument[], memory: WeakMap<RuleInput, string>): string {
  const ofRule = (rule: RuleInput): string => {
    const digest = memory.get(rule) ?? sha256(canonicalJson(rule));
    memory.set(rule, digest);
    return digest;
  };
  const texts = documents.map((document) => canonicalJson({ ...document, rules: document.rules.map(ofRule).sort() }));
  return sha256(`[${texts.sort().join(',')}]`);
}

/** As in policy-digest.ts, at once. @param text of canonical JSON, which is ASCII */
function sha256(text: string): string {
  return hash('sha256', text);
}

function sameMembers<T>(left: ReadonlySet<T>, right: ReadonlySet<T>): boolean {
  return left.size === right.size && [...left].every((member) => right.has(member));
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
