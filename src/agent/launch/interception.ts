/**
 * Keeps the options of Windows in step with policy, so that the launcher is started in the place of programs that automatic
 * rules name, or all rules where elevation requests are detected. What is to be changed is read from the registry every time: nothing is remembered that an agent which was
 * ended could not have told the next one.
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

export class Interception {
  readonly #ports: InterceptionPorts;
  /** Of the policy in force, by folded name. */
  #wanted: ReadonlyMap<string, WantedOption> = NOTHING;
  /** Names, folded, that are left out for a moment, and by how many. */
  readonly #lifted = new Map<string, number>();
  #left: readonly NotIntercepted[] = [];
  #fault: ErrorReport | undefined;

  constructor(ports: InterceptionPorts) {
    this.#ports = ports;
  }

  /** What rules name and is not seen. */
  get left(): readonly NotIntercepted[] {
    return this.#left;
  }

  /** Why the options could not be written; undefined: they are as they must be. */
  get fault(): ErrorReport | undefined {
    return this.#fault;
  }

  /** Never fails. */
  update({ compiled }: PolicyInForce, { now, detects }: Enablement): void {
    const { folders, launcher } = this.#ports;
    const { wanted, leftOut } = now
      ? wantedOptions(compiled.rules, folders, { launcher, detects })
      : { wanted: NOTHING, leftOut: [] };
    this.#wanted = wanted;
    this.#report([...leftOut, ...this.#write()]);
  }

  /**
   * Takes the launcher out of the place of one name. Never fails.
   * @returns puts it back
   */
  lift(name: string): () => void {
    const folded = foldCase(name);
    this.#lifted.set(folded, (this.#lifted.get(folded) ?? 0) + 1);
    this.#write();
    return () => {
      const left = (this.#lifted.get(folded) ?? 1) - 1;
      if (left > 0) this.#lifted.set(folded, left);
      else this.#lifted.delete(folded);
      this.#write();
    };
  }

  /** Takes everything back. Never fails. */
  removeAll(): void {
    this.#wanted = NOTHING;
    this.#write();
    this.#left = [];
  }

  #write(): readonly NotIntercepted[] {
    const { options, launcher, log } = this.#ports;
    const wanted = new Map([...this.#wanted].filter(([folded]) => !this.#lifted.has(folded)));
    try {
      const { changes, taken } = planOptions(options.read(), wanted, launcher);
      for (const change of changes) options.apply(change);
      // Read back: the registry of this name may be closed to the system, or held by something that writes it again.
      const left = changes.length === 0 ? 0 : planOptions(options.read(), wanted, launcher).changes.length;
      if (changes.length > 0) log.write('information', 'launchOptionsChanged', { changes: changes.length, left });
      this.#fault = left === 0 ? undefined : toErrorReport(notKept());
      return taken;
    } catch (error) {
      this.#fault = toErrorReport(error);
      log.write('error', 'launchOptionsFailed', { code: this.#fault.code, message: this.#fault.message });
      return [];
    }
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
