/**
 * Keeps the options of Windows in step with policy, so that the launcher is started in the place of programs that automatic
 * rules name, or all rules where elevation requests are detected. An agent that starts looks at every name that is there, so
 * that it needs to know nothing of the one before. Each change of policy has it look at those names first that the change
 * concerns, and then at the others, which something else may have changed meanwhile.
 */
import { EpmError, type ErrorReport, toErrorReport } from '../../model/errors.ts';
import type { MachineFolders } from '../../model/request.ts';
import { foldCase } from '../../text/compare.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Enablement } from '../enablement.ts';
import type { PolicyInForce } from '../policy-in-force.ts';
import type { Log } from '../ports.ts';
import { type ImageOptions, planOptions, type TakenReason, type WantedOption } from './image-options.ts';
import type { NeverReason } from './never-intercepted.ts';
import { wantedOptions } from './wanted-options.ts';

interface InterceptionPorts {
  readonly options: ImageOptions;
  /** Absolute path of epmlaunch.exe. */
  readonly launcher: string;
  readonly folders: MachineFolders;
  readonly trail: AuditTrail;
  readonly log: Log;
}

/** A program that a rule names, and of whose start the agent would have to know and does not. */
export interface NotIntercepted {
  readonly name: string;
  readonly reason: TakenReason | NeverReason | 'nameTooLong';
}

const NOTHING: ReadonlyMap<string, WantedOption> = new Map();

/** Names between which other work of the agent has its turn: reading one takes some ten calls of the registry. */
const NAMES_PER_TURN = 8;

export class Interception {
  readonly #ports: InterceptionPorts;
  /** Of the policy in force, by folded name. */
  #wanted: ReadonlyMap<string, WantedOption> = NOTHING;
  #leftOut: readonly NotIntercepted[] = [];
  /** Names to look at, by folded name, as they are to be written; the first come first. */
  #waiting = new Map<string, string>();
  #isWorking = false;
  /** By folded name. */
  readonly #taken = new Map<string, TakenReason>();
  readonly #faults = new Map<string, ErrorReport>();
  /** Why the list of all names could not be read, which leaves everything else open. */
  #unread: ErrorReport | undefined;
  #hasReadAll = false;
  /** Names, folded, that are left out for a moment, and by how many. */
  readonly #lifted = new Map<string, number>();
  #left: readonly NotIntercepted[] = [];

  constructor(ports: InterceptionPorts) {
    this.#ports = ports;
  }

  /** What rules name and is not seen. */
  get left(): readonly NotIntercepted[] {
    return this.#left;
  }

  /** Why the options could not be written; undefined: they are as they must be. */
  get fault(): ErrorReport | undefined {
    return this.#unread ?? this.#faults.values().next().value;
  }

  /** The first names are done when it returns, the others soon afterwards. Never fails. */
  update({ compiled }: PolicyInForce, { now, detects }: Enablement): void {
    const { folders, launcher } = this.#ports;
    const { wanted, leftOut } = now
      ? wantedOptions(compiled.rules, folders, { launcher, detects })
      : { wanted: NOTHING, leftOut: [] };
    const before = this.#wanted;
    this.#wanted = wanted;
    this.#leftOut = leftOut;
    this.#lookAtAllOnce();
    const all = [...before, ...wanted].map(([folded, { name }]) => [folded, name] as const);
    const changed = all.filter(([folded]) => !isSame(before.get(folded), wanted.get(folded)));
    this.#waiting = new Map([...changed, ...this.#waiting, ...all]);
    void this.#work();
  }

  /**
   * Takes the launcher out of the place of one name. Never fails.
   * @returns puts it back
   */
  lift(name: string): () => void {
    const folded = foldCase(name);
    this.#lifted.set(folded, (this.#lifted.get(folded) ?? 0) + 1);
    this.#settle(new Map([[folded, name]]));
    return () => {
      const left = (this.#lifted.get(folded) ?? 1) - 1;
      if (left > 0) this.#lifted.set(folded, left);
      else this.#lifted.delete(folded);
      this.#settle(new Map([[folded, name]]));
    };
  }

  /** Takes everything back before it returns. Never fails. */
  removeAll(): void {
    for (const [folded, { name }] of this.#wanted) this.#waiting.set(folded, name);
    this.#wanted = NOTHING;
    this.#leftOut = [];
    this.#hasReadAll = false;
    this.#lookAtAllOnce();
    this.#settle(this.#waiting);
    this.#waiting.clear();
    this.#left = [];
  }

  #lookAtAllOnce(): void {
    if (this.#hasReadAll) return;
    try {
      for (const name of this.#ports.options.names()) this.#waiting.set(foldCase(name), name);
      this.#hasReadAll = true;
      this.#unread = undefined;
    } catch (error) {
      this.#unread = this.#failed(error);
    }
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    let changes = 0;
    while (this.#waiting.size > 0) {
      const names = new Map([...this.#waiting].slice(0, NAMES_PER_TURN));
      for (const folded of names.keys()) this.#waiting.delete(folded);
      changes += this.#settle(names);
      if (this.#waiting.size > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isWorking = false;
    if (changes > 0) this.#ports.log.write('information', 'launchOptionsChanged', { changes });
    const taken = [...this.#taken].map(([folded, reason]) => ({
      name: this.#wanted.get(folded)?.name ?? folded,
      reason,
    }));
    this.#report([...this.#leftOut, ...taken]);
  }

  /** Brings names in step. @param names by folded name. @returns how many changes that took */
  #settle(names: ReadonlyMap<string, string>): number {
    for (const folded of names.keys()) {
      this.#taken.delete(folded);
      this.#faults.delete(folded);
    }
    try {
      const { changes, taken } = this.#plan(names);
      for (const { name, reason } of taken) this.#taken.set(foldCase(name), reason);
      for (const change of changes) this.#ports.options.apply(change);
      // Read back: the registry of this name may be closed to the system, or held by something that writes it again.
      const left = changes.length === 0 ? [] : this.#plan(names).changes;
      for (const { name } of left) this.#faults.set(foldCase(name), toErrorReport(notKept()));
      return changes.length;
    } catch (error) {
      const report = this.#failed(error);
      for (const folded of names.keys()) this.#faults.set(folded, report);
      return 0;
    }
  }

  #plan(names: ReadonlyMap<string, string>): ReturnType<typeof planOptions> {
    const { options, launcher } = this.#ports;
    const wanted = [...this.#wanted].filter(([folded]) => names.has(folded) && !this.#lifted.has(folded));
    return planOptions(options.read([...names.values()]), new Map(wanted), launcher);
  }

  #failed(error: unknown): ErrorReport {
    const report = toErrorReport(error);
    if (this.fault?.message !== report.message) {
      this.#ports.log.write('error', 'launchOptionsFailed', { code: report.code, message: report.message });
    }
    return report;
  }

  #report(left: readonly NotIntercepted[]): void {
    const { trail, log } = this.#ports;
    const known = new Set(this.#left.map(({ name, reason }) => `${reason} ${name}`));
    this.#left = left;
    for (const { name, reason } of left) {
      if (known.has(`${reason} ${name}`)) continue;
      const message = `A rule names ${name}, whose start is not seen: ${reason}.`;
      trail.appendBestEffort({
        event: 'policyFault',
        userSid: undefined,
        errorCode: 'EPM_LAUNCH_NOT_INTERCEPTED',
        message,
      });
      log.write('warning', 'launchNotIntercepted', { program: name, reason });
    }
  }
}

function isSame(before: WantedOption | undefined, now: WantedOption | undefined): boolean {
  if (before === undefined || now === undefined) return before === now;
  return before.name === now.name && before.paths?.join('|') === now.paths?.join('|');
}

function notKept(): EpmError {
  return new EpmError(
    'EPM_LAUNCH_NOT_INTERCEPTED',
    'What was written to "Image File Execution Options" is not there.',
    {
      hint: 'Find out what else writes there; a security program may guard the key.',
      data: { reason: 'notKept' },
    },
  );
}
