/**
 * The children of one elevated program: each process of its tree is judged before its first instruction, by the rules in
 * force at that moment and by what the tree was started with (decisions C1 to C6). They are judged in the order of their
 * starts; every tree has a line of its own, so that a slow file makes nobody else wait.
 */
import { decideChild, decideChildBeforeFile, readingsOf, type ChildRequest } from '../../engine/index.ts';
import type { EndedChildReason } from '../../model/child-end-reasons.ts';
import type { ChildDecision, RuleReference } from '../../model/decision.ts';
import type { ErrorCode } from '../../model/error-codes.ts';
import { toErrorReport } from '../../model/errors.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import type { ChildProcessBehavior } from '../../model/rule.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import { describeAttempt, newAttempt, type Attempt } from '../audit-entries.ts';
import type { NewLibrary, NewProcess, TreeJudge } from '../ports.ts';
import { closeFile } from '../program-file.ts';
import { readChildFacts } from './child-facts.ts';
import { ChildNotes } from './child-notes.ts';
import type { ChildrenPorts } from './children-ports.ts';
import { isConsoleHost, isLauncher } from './console-host.ts';
import { MAX_WAITING, StartLimit } from './limits.ts';
import { type GateOrder, TreeLibraries } from './library-gate.ts';
import { ProcessNames } from './process-names.ts';

/** Errors that say what kind of file it is, or where it lies. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(['EPM_FILE_NAME_REFUSED', 'EPM_FILE_PLACE_REFUSED']);

/** What becomes of one child. */
interface ChildVerdict {
  /** Undefined: it runs. */
  readonly reason: EndedChildReason | undefined;
  /** The rule that decided; undefined: none did. */
  readonly rule: RuleReference | undefined;
}

/** What a verdict was made from, for its record. */
interface Judged extends ChildVerdict {
  readonly decision?: ChildDecision;
  readonly arguments?: readonly string[];
  readonly facts?: FileFacts;
  readonly errorCode?: ErrorCode;
}

export class TreeChildren implements TreeJudge {
  readonly #attempt: Attempt;
  readonly #behavior: ChildProcessBehavior;
  readonly #ports: ChildrenPorts;
  readonly #limit: StartLimit;
  readonly #names = new ProcessNames();
  readonly notes = new ChildNotes();
  #line: Promise<void> = Promise.resolve();
  #waiting = 0;
  #isEnding = false;
  #overrun: (() => void) | undefined;
  #program: number | undefined;
  #isProgramEnded = false;
  readonly #libraries: TreeLibraries | undefined;
  /** Undefined: the tree has no gate for libraries. */
  readonly library: ((library: NewLibrary) => void) | undefined;

  /**
   * @param attempt of the request that started the tree
   * @param behavior of the tree, fixed at its start
   * @param gate of the tree, fixed at its start; undefined: it may load any library
   */
  constructor(attempt: Attempt, behavior: ChildProcessBehavior, ports: ChildrenPorts, gate?: GateOrder) {
    this.#attempt = attempt;
    this.#behavior = behavior;
    this.#ports = ports;
    this.#limit = new StartLimit(() => ports.clock.monotonic());
    if (gate === undefined) return;
    const { notes } = this;
    const ended = (processId: number): void => void (this.#isProgramEnded ||= processId === this.#program);
    const libraries = new TreeLibraries(attempt, gate, ports, { names: this.#names, notes, ended });
    this.#libraries = libraries;
    this.library = (library) => libraries.library(library);
  }

  /** The first process of the tree, which nobody judges here. */
  begin(processId: number, path: string): void {
    this.#program = processId;
    this.#names.add(processId, path);
  }

  /** Whether the first process was ended for a library. */
  get isProgramEnded(): boolean {
    return this.#isProgramEnded;
  }

  /** @param end ends the tree, which has started too many processes; called at once when it has already */
  onOverrun(end: () => void): void {
    this.#overrun = end;
    if (this.#isEnding) end();
  }

  /** Settles when every child that came so far was judged. */
  get judged(): Promise<void> {
    return this.#line;
  }

  child(process: NewProcess): void {
    if (!this.#isEnding && (this.#waiting >= MAX_WAITING || !this.#limit.take())) {
      this.#isEnding = true;
      this.#ports.log.write('warning', 'tooManyChildren', { waiting: this.#waiting });
      this.#overrun?.();
    }
    this.#waiting += 1;
    this.#line = this.#line.then(async () => {
      try {
        await this.#judge(process);
      } finally {
        this.#waiting -= 1;
      }
    });
  }

  /** Never fails: what cannot be judged is ended. */
  async #judge(process: NewProcess): Promise<void> {
    try {
      const judged = await this.#decide(process);
      if (this.#tell(process, judged)) process.run();
      else process.end();
    } catch (error) {
      process.end();
      this.#ports.log.write('error', 'childUnjudged', { code: toErrorReport(error).code });
    } finally {
      // Held until here, so that nobody can change the file between the check and the first instruction.
      if (!('fault' in process.image)) closeFile(process.image, this.#ports.log);
    }
  }

  async #decide({ image, commandLine }: NewProcess): Promise<Judged> {
    if (this.#isEnding) return ended('treeEnding');
    const { policy } = this.#ports;
    // Users have chosen what was copied with the folder of a program: nothing of it runs because everything may.
    const isCopied = this.#libraries?.isCopied(image.path) === true;
    let behavior = isCopied && this.#behavior === 'allow' ? 'requireRule' : this.#behavior;
    const time = this.#ports.clock.now();
    const request = (values: readonly string[]): ChildRequest => ({
      childProcesses: behavior,
      requester: this.#attempt.caller.requester,
      arguments: values,
      time,
      zoneOffset: this.#ports.clock.zoneOffset(time),
    });
    const early = decideChildBeforeFile(policy(), request([]));
    if (early?.outcome === 'end') return judgedBy(early);
    const readings = commandLine === undefined ? undefined : readingsOf(commandLine);
    let read: Awaited<ReturnType<typeof readChildFacts>>;
    try {
      if ('fault' in image) throw image.fault;
      read = await readChildFacts(image, this.#attempt.caller.sid, policy);
    } catch (error) {
      return early === undefined ? this.#unread(error) : judgedBy(early);
    }
    if (this.#isOver()) return ended('treeEnding');
    if (read === 'timeout') return early === undefined ? ended('factsTimeout') : judgedBy(early);
    const { facts } = read;
    if (this.#libraries?.isSigned(facts) === true) behavior = this.#behavior;
    if (readings === undefined) {
      return { ...(early === undefined ? ended('argumentsUnknown') : judgedBy(early)), facts };
    }
    // Where programs can read the line in several ways, it has to pass in each of them.
    const { caller } = this.#attempt;
    const { settings } = read.policy.forUser(caller.sid);
    const grants = this.#ports.approvals.counting(caller, facts, settings);
    const answers = readings.map((values) => ({
      decision: decideChild(read.policy, request(values), facts, { grants }),
      arguments: values,
    }));
    const answer = answers.find(({ decision }) => decision.outcome === 'end') ?? answers[0];
    if (answer === undefined) return ended('argumentsUnknown');
    const { decision } = answer;
    if (
      decision.outcome === 'end' &&
      decision.reason === 'noRule' &&
      (isConsoleHost(facts, this.#ports.machine.folders) || isLauncher(facts, this.#ports.launcher))
    ) {
      return { reason: undefined, rule: undefined, arguments: answer.arguments, facts };
    }
    const used = new Set(answers.map((each) => each.decision.outcome === 'run' && each.decision.grantId));
    if (decision.outcome === 'run' && !this.#use(used, facts, settings)) {
      return { ...ended('needsApproval'), rule: judgedBy(decision).rule, arguments: answer.arguments, facts };
    }
    return { ...judgedBy(decision), arguments: answer.arguments, facts };
  }

  /** Counts the start by each grant that permits it. @returns false: one does not count any more */
  #use(grants: ReadonlySet<string | false | undefined>, facts: FileFacts, settings: EffectiveSettings): boolean {
    try {
      for (const id of grants) {
        if (typeof id === 'string') this.#ports.approvals.use(id, this.#attempt.caller, facts, settings);
      }
      return true;
    } catch (error) {
      this.#ports.log.write('warning', 'childGrantNotUsed', { code: toErrorReport(error).code });
      return false;
    }
  }

  #isOver(): boolean {
    return this.#isEnding;
  }

  #unread(error: unknown): Judged {
    const { code } = toErrorReport(error);
    const isRefused = this.#behavior === 'requireRule' && REFUSED.has(code);
    return ended(isRefused ? 'fileRefused' : 'factsUnknown', code);
  }

  /** Records what becomes of a child. @returns whether it may run */
  #tell(process: NewProcess, judged: Judged): boolean {
    const path = judged.facts?.path ?? process.image.path ?? '';
    const parent = this.#names.of(process.parentProcessId);
    const isRecorded = this.#record(process, judged, path, parent);
    const runs = judged.reason === undefined && isRecorded;
    if (runs) this.#names.add(process.processId, path);
    const reason = judged.reason ?? (runs ? undefined : 'notRecorded');
    this.notes.add({
      path,
      processId: process.processId,
      time: this.#ports.clock.now(),
      reason,
      rule: judged.rule,
    });
    return runs;
  }

  /** @returns whether it is on the disk, or counted because of its user's quota */
  #record(process: NewProcess, judged: Judged, path: string, parent: string | undefined): boolean {
    const { requestId, caller, elevationType } = this.#attempt;
    const { reason, decision, facts, rule } = judged;
    const attempt = newAttempt(requestId, caller, { path, arguments: judged.arguments ?? [] });
    attempt.file = facts;
    attempt.notes = decision?.notes;
    attempt.elevationType = elevationType;
    const grantId = decision?.outcome === 'run' ? decision.grantId : undefined;
    if (grantId !== undefined) attempt.approval = this.#ports.approvals.describe(grantId);
    const record = {
      ...describeAttempt(attempt),
      rule,
      processId: process.processId,
      processType: 'child',
      parentProcessName: parent,
      parentProcessId: process.parentProcessId,
    };
    return this.#ports.trail.appendOrCount(
      reason === undefined
        ? ({ ...record, event: 'childAllowed' } as const)
        : ({
            ...record,
            event: 'childDenied',
            elevationType: 'denied',
            reason,
            errorCode: judged.errorCode,
          } as const),
    );
  }
}

function judgedBy(decision: ChildDecision): Judged {
  const rule = decision.basis.kind === 'rule' ? decision.basis.rule : undefined;
  return { reason: decision.outcome === 'end' ? decision.reason : undefined, rule, decision };
}

function ended(reason: EndedChildReason, errorCode?: ErrorCode): Judged {
  return { reason, rule: undefined, ...(errorCode === undefined ? {} : { errorCode }) };
}
