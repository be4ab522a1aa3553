/**
 * The policy in force. A change is read whole, compiled and swapped by one assignment; what cannot be read or compiled
 * leaves the last good policy in force and is reported. Before anything was read there is an empty policy, under which
 * nothing is elevated.
 */
import { createHash } from 'node:crypto';
import { compile, type CompiledPolicy } from '../engine/index.ts';
import { sid } from '../model/brands.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { EpmError, isEpmError, toErrorReport, type ErrorReport } from '../model/errors.ts';
import type { PolicyDocument } from '../model/policy.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { Clock, Log, Machine, PolicySource } from './ports.ts';

export interface PolicyInForce {
  readonly compiled: CompiledPolicy;
  readonly documents: readonly PolicyDocument[];
  /** SHA-256 over the canonical form of every policy, hexadecimal; does not depend on the order of delivery. */
  readonly digest: string;
  /** Milliseconds since 1970, UTC. */
  readonly since: number;
}

/** Why the delivered policy cannot be used. */
export interface PolicyFault {
  readonly report: ErrorReport;
  /** Since when, whatever the reasons were meanwhile: milliseconds since 1970, UTC. */
  readonly since: number;
  /** Milliseconds since then, by the clock that never jumps. */
  readonly age: number;
}

export interface PolicyPorts {
  readonly source: PolicySource;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly trail: AuditTrail;
  readonly log: Log;
  /** Called with every policy that comes into force. */
  readonly adopted?: (policy: PolicyInForce) => void;
}

/** A user without policies of his own, to whom the device's alone apply ([MS-DTYP] 2.4.2.4, NULL SID). */
const NOBODY = sid('S-1-0-0');
/** Milliseconds without a further change before the policy is read: one delivery writes many values. */
const QUIET = 200;
/** Milliseconds after the first change at which it is read although changes go on. */
const PATIENCE = 1_000;
/** Milliseconds before a policy that could not be read is tried again without a change. */
const RETRY = 30_000;
/**
 * Milliseconds for which a device policy whose place is gone altogether stays in force. Management takes settings back
 * one by one and leaves the place empty, which counts at once (decision S3). A place that vanishes is what a new
 * version of the definitions, a clean-up script or a hand in the registry leaves for a moment.
 */
const MISSING_GRACE = 5 * 60_000;

export class PolicyLifecycle {
  readonly #ports: PolicyPorts;
  #current: PolicyInForce;
  #fault: { readonly report: ErrorReport; readonly since: number; readonly start: number } | undefined;
  /** Milliseconds since 1970, UTC. */
  #lastRead: number | undefined;
  #stopWatching: (() => void) | undefined;
  #timer: NodeJS.Timeout | undefined;
  #firstChange: number | undefined;
  #reading: Promise<void> | undefined;
  /** Monotonic milliseconds at which the place of the device policy was found gone. */
  #missingSince: number | undefined;
  #stopped = false;

  constructor(ports: PolicyPorts) {
    this.#ports = ports;
    this.#current = compileAll([], ports.machine, ports.clock.now());
  }

  get current(): PolicyInForce {
    return this.#current;
  }

  /** Set while the delivered policy cannot be used and the last good one (or none) is in force. */
  get fault(): PolicyFault | undefined {
    if (this.#fault === undefined) return undefined;
    const { report, since, start } = this.#fault;
    return { report, since, age: this.#ports.clock.monotonic() - start };
  }

  /** When the delivered policy was last read whole: milliseconds since 1970, UTC. */
  get lastRead(): number | undefined {
    return this.#lastRead;
  }

  /** Watches first and reads then, so that no change falls between the two. Never throws because of a bad policy. */
  async start(): Promise<void> {
    this.#stopWatching = this.#ports.source.watch(() => this.#changed());
    await this.reload();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  /** Reads and compiles now. Concurrent calls share one reading that begins after the last of them. */
  async reload(): Promise<void> {
    const before = this.#reading;
    const mine = (before ?? Promise.resolve()).then(() => this.#read());
    this.#reading = mine;
    await mine;
    if (this.#reading === mine) this.#reading = undefined;
  }

  async #read(): Promise<void> {
    const { source, machine, clock } = this.#ports;
    try {
      const documents = await source.read();
      if (this.#stopped) return;
      this.#requirePlace(documents);
      this.#adopt(compileAll(documents, machine, clock.now()));
    } catch (error) {
      if (this.#stopped) return;
      this.#keep(
        isEpmError(error)
          ? error
          : new EpmError('EPM_POLICY_INVALID', 'The delivered policy could not be compiled.', { cause: error }),
      );
    }
  }

  #requirePlace(documents: readonly PolicyDocument[]): void {
    const { clock } = this.#ports;
    if (hasDevicePolicy(documents) || !hasDevicePolicy(this.#current.documents)) {
      this.#missingSince = undefined;
      return;
    }
    this.#missingSince ??= clock.monotonic();
    if (clock.monotonic() - this.#missingSince >= MISSING_GRACE) return;
    throw new EpmError('EPM_POLICY_MISSING', 'The place of the device policy is gone; nothing was taken back from it.');
  }

  #adopt(next: PolicyInForce): void {
    const { trail, log } = this.#ports;
    const changed = this.#lastRead === undefined || next.digest !== this.#current.digest;
    const recovered = this.#fault !== undefined;
    this.#fault = undefined;
    this.#lastRead = next.since;
    if (!changed && !recovered) return;
    if (changed) {
      this.#current = next;
      this.#ports.adopted?.(next);
    }
    const message = changed
      ? `Policy ${next.digest.slice(0, 16)} is in force: ${count(next.documents.length, 'document')}.`
      : `Policy ${next.digest.slice(0, 16)} can be read again and stays in force.`;
    // A rule that denies must count at once, so the policy is in force whether or not this could be recorded.
    trail.note({ event: 'policyChanged', message });
    log.write('information', 'policyChanged', { digest: next.digest, documents: next.documents.length });
  }

  #keep(error: EpmError): void {
    const { trail, log, clock } = this.#ports;
    const report = toErrorReport(error);
    const before = this.#fault;
    const isNew = before?.report.code !== report.code || before.report.message !== report.message;
    this.#fault = { report, since: before?.since ?? clock.now(), start: before?.start ?? clock.monotonic() };
    // A change that came while this one was read is due sooner.
    if (this.#firstChange === undefined) this.#schedule(RETRY);
    if (!isNew) return;
    trail.note({ event: 'policyFault', errorCode: report.code, message: report.message });
    log.write('error', 'policyFault', { code: report.code, message: report.message });
  }

  #changed(): void {
    const now = this.#ports.clock.monotonic();
    this.#firstChange ??= now;
    this.#schedule(Math.max(0, Math.min(QUIET, this.#firstChange + PATIENCE - now)));
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

function compileAll(documents: readonly PolicyDocument[], machine: Machine, now: number): PolicyInForce {
  return {
    compiled: compile(documents, {
      machine: machine.folders,
      longPath: (folder) => machine.longPath(folder),
    }),
    documents,
    digest: digestOf(documents),
    since: now,
  };
}

function digestOf(documents: readonly PolicyDocument[]): string {
  const texts = documents.map((document) => canonicalJson(document)).sort();
  return createHash('sha256')
    .update(`[${texts.join(',')}]`, 'ascii')
    .digest('hex');
}

function hasDevicePolicy(documents: readonly PolicyDocument[]): boolean {
  return documents.some(({ scope }) => scope.kind === 'device');
}

/** Whether some policy enables EPM, for everybody or for one user. */
export function enablesAnybody({ compiled, documents }: PolicyInForce): boolean {
  const users = documents.flatMap(({ scope }) => (scope.kind === 'user' ? [scope.sid] : []));
  return [NOBODY, ...users].some((user) => compiled.settingsFor(user).clientState === 'enabled');
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
