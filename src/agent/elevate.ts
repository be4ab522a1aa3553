/**
 * An elevation from the request to the end of the program. Nothing a client sends is believed except the path, the
 * arguments, the justification and the ticket; everything else is made or read here.
 */
import { decide, type CompiledPolicy } from '../engine/index.ts';
import { checkRequestPath } from '../facts/request-path.ts';
import type { Decision } from '../model/decision.ts';
import type { Sid } from '../model/brands.ts';
import { defined } from '../model/defined.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ElevationRequest } from '../model/request.ts';
import type { ChildProcessBehavior } from '../model/rule.ts';
import { parseJustification } from '../requests/justification.ts';
import type { TicketBinding, Tickets } from '../requests/tickets.ts';
import { describeAttempt, describeRun, failedEntry, ruleOf, type Attempt } from './audit-entries.ts';
import type { VerifiedCaller } from './caller.ts';
import { requireElevationCaller } from './caller.ts';
import { checkArguments } from './command-line.ts';
import type { ElevateRequest, ElevateResult, RunDetails } from './contract.ts';
import { explainApproval, explainDenial, explainNotManaged } from './explain.ts';
import type { FileOpener, LockedFile, StartedProcess } from './ports.ts';
import { runElevated, type RunPorts } from './run.ts';
import type { ProgramEnd, RunningPrograms } from './running.ts';
import type { Counters } from './status.ts';

/** What one client connection offers to the use case. */
export interface ElevationContext {
  /** Aborted when the client takes the request back, or its time is over. Ends a tree that runs already. */
  readonly cancelled: AbortSignal;
  /** Aborted when the client is gone. A program that runs goes on. */
  readonly disconnected: AbortSignal;
  /** Called once, when the program runs. */
  started(run: RunDetails): void;
}

export interface ElevationPorts extends RunPorts {
  readonly opener: FileOpener;
  readonly tickets: Tickets;
  readonly running: RunningPrograms;
  readonly counters: Counters;
  readonly now: () => number;
  readonly policy: () => CompiledPolicy;
  /** True once the agent stops: nothing is started any more. */
  readonly stopping: () => boolean;
}

const MEBIBYTE = 1024 ** 2;

type Permission = Extract<Decision, { outcome: 'elevate' | 'needs' }>;
interface Opened {
  readonly file: LockedFile;
  readonly facts: FileFacts;
}

/** Runs one request. Every way out leaves one record in the audit and no open handle. */
export class Elevation {
  readonly #ports: ElevationPorts;
  readonly #caller: VerifiedCaller;
  readonly #request: ElevateRequest;
  readonly #context: ElevationContext;
  #attempt: Attempt;

  /** @param requestId made by the agent, for the client and the audit */
  constructor(
    ports: ElevationPorts,
    caller: VerifiedCaller,
    request: ElevateRequest,
    context: ElevationContext,
    requestId: string,
  ) {
    this.#ports = ports;
    this.#caller = caller;
    this.#request = request;
    this.#context = context;
    this.#attempt = { requestId, caller, path: request.path, arguments: request.arguments ?? [] };
  }

  /**
   * @throws EpmError with the codes of opening, deciding and starting; then nothing runs and the failure is recorded
   */
  async run(): Promise<ElevateResult> {
    const { counters, trail } = this.#ports;
    let running: { process: StartedProcess; run: RunDetails } | undefined;
    try {
      requireElevationCaller(this.#caller);
      const answer = await this.#answer();
      if ('outcome' in answer) return answer;
      running = answer;
    } catch (error) {
      counters.failed += 1;
      trail.appendBestEffort(failedEntry(this.#attempt, error));
      throw error;
    }
    return this.#finish(running.process, running.run);
  }

  async #answer(): Promise<ElevateResult | { process: StartedProcess; run: RunDetails }> {
    const path = checkRequestPath(this.#request.path);
    checkArguments(this.#attempt.arguments);
    if (this.#request.justification !== undefined) {
      this.#attempt = { ...this.#attempt, justification: parseJustification(this.#request.justification) };
    }
    const file = await this.#ports.opener.open(path);
    try {
      const { facts, policy } = await this.#readFacts(file);
      this.#attempt = { ...this.#attempt, file: facts };
      return await this.#decide({ file, facts }, policy);
    } finally {
      // Held until here so that nobody can change the file between the check and the start.
      this.#close(file);
    }
  }

  /**
   * Facts, and the policy they were gathered for. One that comes while a file is read may ask for another digest, without
   * which its Deny rules would not meet the file, or set another limit: then the facts are gathered again for it.
   */
  async #readFacts(file: LockedFile): Promise<{ facts: FileFacts; policy: CompiledPolicy }> {
    const { cancelled, disconnected } = this.#context;
    const signal = AbortSignal.any([cancelled, disconnected]);
    for (;;) {
      const policy = this.#ports.policy();
      const facts = await readFacts(file, policy, this.#caller.sid, signal);
      if (this.#ports.policy() === policy) return { facts, policy };
    }
  }

  async #decide(
    opened: Opened,
    policy: CompiledPolicy,
  ): Promise<ElevateResult | { process: StartedProcess; run: RunDetails }> {
    const decision = decide(policy, this.#engineRequest(), opened.facts, {});
    const { basis, notes } = decision;
    this.#attempt = { ...this.#attempt, basis, ...defined({ notes }) };
    switch (decision.outcome) {
      case 'notManaged':
        return this.#notManaged(decision.reason, opened.facts);
      case 'denied':
        return this.#denied(decision, opened.facts);
      case 'needsApproval':
        return this.#needsApproval(opened.facts);
      case 'needs':
      case 'elevate': {
        checkSupported(decision, opened.facts);
        const question = this.#ask(decision, opened);
        return question ?? this.#start(decision.childProcesses, opened);
      }
    }
  }

  #engineRequest(): ElevationRequest {
    return {
      trigger: 'userInitiated',
      requester: this.#caller.requester,
      arguments: this.#attempt.arguments,
      time: this.#ports.now(),
    };
  }

  /** @returns the question, or undefined when everything that is needed was given */
  #ask(decision: Permission, opened: Opened): ElevateResult | undefined {
    const requirements = decision.outcome === 'needs' ? decision.requirements : [];
    const { ticket } = this.#request;
    if (ticket === undefined && requirements.length === 0) return undefined;
    // Asked for before the ticket is used up: a slip in the text does not cost the answer.
    if (ticket !== undefined && requirements.includes('justification') && this.#attempt.justification === undefined) {
      throw new EpmError('EPM_JUSTIFICATION_INVALID', 'A justification is needed and none was given.', {
        data: { reason: 'missing' },
      });
    }
    const binding = this.#binding(opened);
    const question = JSON.stringify([decision.basis, requirements, decision.identity, decision.childProcesses]);
    // A ticket is redeemed even where none is needed any more, so that a wrong one never passes unnoticed.
    const answered = ticket === undefined ? undefined : this.#ports.tickets.redeem(ticket, binding);
    if (requirements.length === 0 || answered === question) return undefined;
    // Nothing was answered yet, or the policy asks something else by now.
    const issued = this.#ports.tickets.issue(binding, question);
    const { file, rule } = this.#reference(opened.facts);
    this.#ports.trail.appendOrThrow({ ...this.#describe(), event: 'elevationPending', reason: requirements.join(',') });
    return {
      outcome: 'needs',
      requestId: this.#attempt.requestId,
      requirements,
      ticket: issued.ticket,
      expires: new Date(issued.expires).toISOString(),
      file,
      ...rule,
    };
  }

  #binding({ file, facts }: Opened): TicketBinding {
    return {
      user: this.#caller.sid,
      authenticationId: this.#caller.authenticationId,
      session: this.#caller.session,
      file: file.id,
      sha256: facts.sha256,
      arguments: this.#attempt.arguments,
    };
  }

  async #start(
    childProcesses: ChildProcessBehavior,
    { file, facts }: Opened,
  ): Promise<{ process: StartedProcess; run: RunDetails }> {
    const { basis } = this.#attempt;
    if (basis === undefined) throw new EpmError('EPM_INTERNAL', 'Nothing was decided.');
    const started = await runElevated(
      {
        requestId: this.#attempt.requestId,
        caller: this.#caller,
        file,
        facts,
        arguments: this.#attempt.arguments,
        basis,
        childProcesses,
        startingEntry: (run) => ({ ...this.#describe(), ...describeRun(run), event: 'elevationStarting' }),
        checkCancelled: () => this.#checkCancelled(),
      },
      this.#ports,
    );
    this.#ports.counters.elevated += 1;
    return started;
  }

  /** From here on the program runs, whatever happens to the client. */
  async #finish(process: StartedProcess, run: RunDetails): Promise<ElevateResult> {
    const { running } = this.#ports;
    const ended = running.watch(process, { ...this.#describe(), ...describeRun(run) });
    try {
      this.#context.started(run);
    } catch {
      // The client is gone; its disconnection is reported by the signal.
    }
    if (this.#request.wait !== true) return { outcome: 'started', ...run };
    const { cancelled, disconnected } = this.#context;
    const cancel = (): void => running.end(process);
    if (cancelled.aborted) cancel();
    else cancelled.addEventListener('abort', cancel, { once: true });
    try {
      const end = await Promise.race([ended, whenAborted(disconnected)]);
      return this.#ended(run, end, cancelled.aborted);
    } finally {
      cancelled.removeEventListener('abort', cancel);
    }
  }

  #ended(run: RunDetails, end: ProgramEnd | undefined, cancelled: boolean): ElevateResult {
    if (end === undefined) return { outcome: 'started', ...run };
    const endTime = new Date(end.time).toISOString();
    return { outcome: cancelled ? 'cancelled' : 'finished', ...run, endTime, exitCode: end.exitCode };
  }

  #denied(decision: Extract<Decision, { outcome: 'denied' }>, facts: FileFacts): ElevateResult {
    this.#ports.counters.denied += 1;
    this.#ports.trail.appendBestEffort({
      ...this.#describe(),
      event: 'elevationDenied',
      elevationType: 'denied',
      reason: decision.reason,
      errorCode: undefined,
      message: undefined,
    });
    const { file, rule } = this.#reference(facts);
    const explanation = explainDenial(decision.reason, facts, ruleOf(decision.basis));
    return {
      outcome: 'denied',
      requestId: this.#attempt.requestId,
      reason: decision.reason,
      ...explanation,
      ...rule,
      file,
    };
  }

  #notManaged(reason: Extract<Decision, { outcome: 'notManaged' }>['reason'], facts: FileFacts): ElevateResult {
    this.#ports.trail.appendBestEffort({
      ...this.#describe(),
      event: 'requestRefused',
      reason,
      errorCode: undefined,
      message: undefined,
    });
    return { outcome: 'notManaged', requestId: this.#attempt.requestId, reason, ...explainNotManaged(reason, facts) };
  }

  #needsApproval(facts: FileFacts): ElevateResult {
    this.#ports.trail.appendBestEffort({ ...this.#describe(), event: 'elevationPending', reason: 'needsApproval' });
    const { rule } = this.#reference(facts);
    return { outcome: 'needsApproval', requestId: this.#attempt.requestId, ...explainApproval(facts), ...rule };
  }

  #reference(facts: FileFacts) {
    const rule = ruleOf(this.#attempt.basis);
    return { file: { path: facts.path, sha256: facts.sha256 }, rule: defined({ rule }) };
  }

  #describe() {
    return describeAttempt(this.#attempt);
  }

  #checkCancelled(): void {
    if (this.#context.cancelled.aborted || this.#context.disconnected.aborted || this.#ports.stopping()) {
      throw new EpmError('EPM_REQUEST_CANCELLED', 'The request was cancelled before anything was started.');
    }
  }

  #close(file: LockedFile): void {
    try {
      file.close();
    } catch {
      this.#ports.log.write('error', 'fileCloseFailed', { requestId: this.#attempt.requestId });
    }
  }
}

/**
 * The same checks as for the text of the request, on the name that Windows gives for what was opened.
 * @param user who asks: his settings limit the size of the file
 * @param signal aborted when he waits no longer
 */
export async function readFacts(
  file: LockedFile,
  policy: CompiledPolicy,
  user: Sid,
  signal?: AbortSignal,
): Promise<FileFacts> {
  checkRequestPath(file.path);
  const facts = await file.facts({
    digests: [...policy.hashAlgorithms].filter((algorithm) => algorithm !== 'sha256'),
    maximumSize: policy.settingsFor(user).maximumFileSize * MEBIBYTE,
    ...defined({ signal }),
  });
  const sameId = facts.id === undefined || (facts.id.volume === file.id.volume && facts.id.file === file.id.file);
  if (facts.path !== file.path || !sameId) {
    throw new EpmError('EPM_FILE_UNREADABLE', 'The facts of the file do not belong to the file that was opened.');
  }
  return facts;
}

/** Refuses what this version cannot carry out, before anybody is asked to confirm it. */
function checkSupported(decision: Permission, facts: FileFacts): void {
  const requirements = decision.outcome === 'needs' ? decision.requirements : [];
  if (decision.identity !== 'virtualAccount' || requirements.includes('authentication')) {
    throw new EpmError(
      'EPM_VALIDATION_UNSUPPORTED',
      'The rule asks for Windows authentication, which this build cannot perform. Nothing was started.',
    );
  }
  if (facts.type !== 'exe') {
    throw new EpmError(
      'EPM_TYPE_NOT_STARTED',
      `This build decides about .${facts.type ?? 'unknown'} files but does not start them.`,
    );
  }
}

function whenAborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined), { once: true }));
}
