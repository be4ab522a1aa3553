/**
 * An elevation from the request to the end of the program. Nothing a client sends is believed except the path, the
 * arguments, the justification and the ticket; everything else is made or read here.
 *
 * Each step takes what the steps before it made. A step that ends the request returns its answer, or throws.
 */
import { decide, decideBeforeFile } from '../engine/index.ts';
import { checkRequestPath } from '../facts/request-path.ts';
import { isFileError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { Trigger } from '../model/request.ts';
import { parseJustification } from '../requests/justification.ts';
import { answerWithoutStart, denyAllowed, denyOverBudget, denyUnknownFile } from './answer-without-start.ts';
import type { Approvals } from './approvals/approvals.ts';
import { askSupport } from './approvals/ask-support.ts';
import { addDecision, describeAttempt, failedEntry, newAttempt, type Attempt } from './audit-entries.ts';
import { requireElevationCaller, userRequest, type VerifiedCaller } from './caller.ts';
import { checkArguments } from './command-line.ts';
import type { Question, WindowAnswer } from './consent/ask-window.ts';
import type { ElevateRequest, ElevateResult } from './contract.ts';
import { checkNotCancelled, type ElevationContext, untilNobodyWaits } from './elevation-context.ts';
import { waitForInstaller, type InstallerWaitPorts } from './installer-wait.ts';
import { checkClientStays, followRun } from './follow-run.ts';
import { isPermission } from './permission.ts';
import { cancelledBy, type Presence } from './presence.ts';
import type { FileOpener, FolderOpener, HeldFolder, HostPrograms, OpenHost } from './ports.ts';
import { NoIsolatedAccount } from './program-account.ts';
import { closeFile, isProgram, openProgram, removeCopy } from './program-file.ts';
import { openLaunch } from './program-host/launch.ts';
import { askQuestion, type QuestionPorts } from './question.ts';
import { readCurrentFacts } from './read-facts.ts';
import type { ElevationBudgets } from './elevation-budgets.ts';
import { runElevated, type RunPorts, type StartedRun } from './run.ts';
import type { RunningPrograms } from './running.ts';
import { folderOfRequest } from './request-folder.ts';
import { streamsOf } from './streams.ts';
import type { Counters } from './status.ts';

export interface ElevationPorts extends RunPorts, QuestionPorts, InstallerWaitPorts {
  readonly opener: FileOpener;
  readonly folders: FolderOpener;
  readonly hosts: HostPrograms;
  readonly running: RunningPrograms;
  readonly counters: Counters;
  readonly budgets: ElevationBudgets;
  readonly approvals: Approvals;
}

export interface ElevationOrder {
  /** Made by the agent, for the client and the audit. */
  readonly requestId: string;
  readonly caller: VerifiedCaller;
  readonly request: ElevateRequest;
  readonly trigger: Trigger;
  readonly context: ElevationContext;
  /** Of the person who asks, since the request came. */
  readonly presence: Presence;
  /** What the person said in the consent window; it counts in the place of what the client sent. */
  readonly answer?: WindowAnswer;
  /** Called with the facts of the file, before it is decided. */
  readonly read?: (facts: FileFacts) => void;
}

/** The agent asks by itself, where the person's programs cannot answer: no client is told what there is to answer. */
interface AsksSecurely {
  readonly outcome: 'asksSecurely';
  readonly question: Question;
}

/**
 * Runs one request. Every way out leaves one record in the audit and no open handle. A start that somebody made
 * as always and that policy does not manage is no request for administrator rights, and leaves none.
 * @throws EpmError with the codes of opening, deciding and starting; then nothing runs and the failure is recorded
 */
export async function elevate(order: ElevationOrder, ports: ElevationPorts): Promise<ElevateResult | AsksSecurely> {
  const { requestId, caller, request, trigger } = order;
  // Grows step by step, so that the record of a failure has all that was known by then.
  const attempt = newAttempt(requestId, caller, request, trigger);
  let outcome: ElevateResult | AsksSecurely | StartedRun;
  try {
    outcome = await answerOrStart(order, attempt, ports);
  } catch (error) {
    if (trigger !== 'userInitiated' && isFileError(error)) throw error;
    ports.counters.failed += 1;
    ports.trail.appendBestEffort(failedEntry(attempt, error));
    throw error;
  }
  return 'outcome' in outcome ? outcome : followRun(outcome, describeAttempt(attempt), order, ports.running);
}

async function answerOrStart(
  { caller, request, context: conversation, presence, answer, read }: ElevationOrder,
  attempt: Attempt,
  ports: ElevationPorts,
): Promise<ElevateResult | AsksSecurely | StartedRun> {
  requireElevationCaller(caller);
  const context = cancelledBy(conversation, presence.over);
  const early = decideBeforeFile(ports.policy(), caller.requester);
  if (early !== undefined) {
    // Nothing of the file can change it, so that nothing is opened and its name is not judged (decision P9).
    addDecision(attempt, early);
    return answerWithoutStart(early, undefined, attempt, ports);
  }
  const path = checkRequestPath(request.path);
  checkArguments(attempt.arguments);
  const streams = streamsOf(request);
  checkClientStays(request);
  const given = givenBy(request, answer);
  if (given.justification !== undefined) attempt.justification = parseJustification(given.justification);
  const program = await openProgram(path, caller, context, ports);
  if (program === 'notYours') return denyUnknownFile(attempt, ports);
  const { file, copy } = program;
  let isCopyUsed = false;
  let host: OpenHost | undefined;
  let folder: HeldFolder | 'refused' | undefined;
  let isFolderUsed = false;
  try {
    let { facts, policy } = await readCurrentFacts(program, caller.sid, context, ports.policy);
    if (ports.approvals.waits(facts.sha256)) {
      await ports.approvals.ready(untilNobodyWaits(context));
      ({ facts, policy } = await readCurrentFacts(program, caller.sid, context, ports.policy));
    }
    attempt.file = facts;
    read?.(facts);
    const { settings } = policy.forUser(caller.sid);
    const judged = userRequest(caller, attempt.arguments, ports.clock, attempt.trigger);
    const decision = decide(policy, judged, facts, { grants: ports.approvals.counting(caller, facts, settings) });
    addDecision(attempt, decision);
    if (!isPermission(decision) && decision.outcome !== 'needsApproval') {
      return answerWithoutStart(decision, facts, attempt, ports);
    }
    if (answer !== undefined && 'declined' in answer) {
      return denyAllowed(answer.declined, facts, attempt, ports, answer.error);
    }
    // Nothing counts then but what was said in the window that the person's programs cannot reach (decision U2).
    const isSecure = decision.outcome !== 'elevate' && settings.secureConsent;
    const counts: Given = isSecure && answer?.secure !== true ? {} : given;
    if (counts !== given) attempt.justification = undefined;
    if (decision.outcome === 'needsApproval') {
      const asked = askSupport(decision, { file, facts, attempt, given: counts, settings }, ports);
      return isSecure && asked.outcome === 'needs' ? { outcome: 'asksSecurely', question: asked } : asked;
    }
    const usedUp = ports.budgets.usedUp(caller.sid, settings);
    if (usedUp !== undefined) return denyOverBudget(usedUp, facts, attempt, ports);
    const grantId = decision.outcome === 'elevate' ? decision.grantId : undefined;
    if (grantId !== undefined) attempt.approval = ports.approvals.describe(grantId);
    // The bytes are the same then: nobody but administrators may write the file.
    const used = decision.runInPlace === true && isProgram(file) ? undefined : copy;
    const launch = openLaunch(used ?? file, facts, attempt.arguments, ports.hosts);
    if (launch === 'scriptHostMissing') return denyAllowed(launch, facts, attempt, ports);
    host = launch.host;
    if (decision.start?.ownDesktop === true && (streams?.input.length ?? 0) > 0) {
      return denyAllowed('inputRefused', facts, attempt, ports);
    }
    folder = folderOfRequest(decision, request, caller, ports.folders);
    if (folder === 'refused') return denyAllowed('workingDirectoryRefused', facts, attempt, ports);
    // Whoever is asked must be there, and stay until the program runs.
    const waiting = decision.outcome === 'needs' ? cancelledBy(context, presence.left) : context;
    checkNotCancelled(waiting, ports.stopping);
    const asked = askQuestion(decision, { file, facts, attempt, given: counts, directory: folder?.path }, ports);
    if ('outcome' in asked) return isSecure ? { outcome: 'asksSecurely', question: asked } : asked;
    const freePlace = ports.running.takePlace(caller.sid);
    let counted: ReturnType<ElevationBudgets['begin']> | undefined;
    try {
      if (facts.type === 'msi') await waitForInstaller(waiting, policy, ports);
      const hasNeighbours = decision.copyFolder === true && used !== undefined && isProgram(file);
      if (hasNeighbours) await used.addNeighbours({ signal: untilNobodyWaits(waiting) });
      counted = ports.budgets.begin(caller.sid, settings);
      if (typeof counted === 'number') {
        freePlace();
        return denyOverBudget(counted, facts, attempt, ports);
      }
      const { end } = counted;
      const started = await runElevated(
        {
          attempt,
          decision,
          launch,
          copy: used,
          hasNeighbours,
          facts,
          streams,
          credential: asked.credential,
          folder,
          checkCancelled: () => checkNotCancelled(waiting, ports.stopping),
          useGrant: () =>
            grantId === undefined
              ? undefined
              : ports.approvals.use(grantId, caller, facts, ports.policy().forUser(caller.sid).settings),
        },
        ports,
      );
      if (grantId !== undefined) ports.approvals.ran(grantId, attempt, facts);
      const over = (): void => {
        freePlace();
        end(true);
      };
      void started.process.treeEmpty.then(over, over);
      isCopyUsed = started.copy !== undefined;
      isFolderUsed = true;
      ports.counters.elevated += 1;
      return started;
    } catch (error) {
      freePlace();
      if (typeof counted === 'object') counted.end(false);
      if (error instanceof NoIsolatedAccount) {
        return denyAllowed('accountUnavailable', facts, attempt, ports, error.reason);
      }
      throw error;
    }
  } finally {
    // Held until here so that nobody can change the file between the check and the start.
    closeFile(file, ports.log);
    if (host !== undefined) closeFile(host, ports.log);
    if (!isCopyUsed) removeCopy(copy, ports.log);
    if (!isFolderUsed && typeof folder === 'object') closeFile(folder, ports.log);
  }
}

type Given = Pick<ElevateRequest, 'justification' | 'ticket' | 'credential'>;

function givenBy(request: ElevateRequest, answer: WindowAnswer | undefined): Given {
  if (answer === undefined) return request;
  return 'declined' in answer ? {} : answer;
}
