/** A start that needs an approval by support and has none: support is asked, or the user is told what became of it. */
import { defined } from '../../model/defined.ts';
import type { FileFacts } from '../../model/file-facts.ts';
import type { EffectiveSettings } from '../../model/settings.ts';
import type { SupportRequest } from '../../model/support-request.ts';
import { displayText } from '../../text/display.ts';
import { type Attempt, describeAttempt, ruleOf } from '../audit-entries.ts';
import type { ElevateRequest, ElevateResult, SupportAnswer } from '../contract.ts';
import { explainNotPrimary } from '../explain.ts';
import type { Unapproved } from '../permission.ts';
import type { LockedFile } from '../ports.ts';
import { askQuestion, type QuestionPorts } from '../question.ts';
import { isOpen } from '../../requests/request-book.ts';
import type { Approvals } from './approvals.ts';
import { explainRequest } from './describe-request.ts';

interface SupportPorts extends QuestionPorts {
  readonly approvals: Approvals;
}

interface Subject {
  readonly attempt: Attempt;
  readonly file: LockedFile;
  readonly facts: FileFacts;
  /** What counts of what was sent or said; the justification is in the attempt. */
  readonly given: Pick<ElevateRequest, 'ticket' | 'credential'>;
  readonly settings: EffectiveSettings;
}

type Answer = Extract<ElevateResult, { readonly outcome: 'needs' | 'needsApproval' }>;

/**
 * @returns the question for the reason, where a new request has to be made without one
 * @throws EpmError EPM_SUPPORT_REQUEST_LIMIT, EPM_ARGUMENTS_INVALID, EPM_DATA_FOLDER, and those of asking the question
 */
export function askSupport(decision: Unapproved, subject: Subject, ports: SupportPorts): Answer {
  const { attempt, file, facts, given, settings } = subject;
  const { approvals, trail } = ports;
  const { caller, requestId } = attempt;
  const rule = ruleOf(decision.basis);
  if (settings.requestsFrom === 'primaryUser' && !approvals.isPrimaryUser(caller)) {
    trail.appendBestEffort({ ...describeAttempt(attempt), event: 'elevationPending', reason: 'notPrimaryUser' });
    const told = explainNotPrimary(facts);
    return { outcome: 'needsApproval', requestId, reason: 'notPrimaryUser', ...told, ...defined({ rule }) };
  }
  // Whoever answers a question has a ticket for it, which is used up whatever comes of it.
  const isAnswer = given.ticket !== undefined;
  const request = isAnswer ? undefined : approvals.ask(attempt, facts, attempt.justification);
  if (request !== undefined) return answerOf(request, subject, ports, rule);
  const asked = askQuestion(decision, { file, facts, attempt, given, directory: undefined }, ports);
  if ('outcome' in asked) return asked;
  const made = approvals.ask(attempt, facts, attempt.justification ?? '');
  return answerOf(made as SupportRequest, subject, ports, rule);
}

function answerOf(
  request: SupportRequest,
  { attempt, facts, settings }: Subject,
  { approvals, trail }: SupportPorts,
  rule: Answer['rule'],
): Answer {
  attempt.approval = { supportRequestId: request.id, ...defined({ grantId: request.grantId }) };
  trail.appendBestEffort({ ...describeAttempt(attempt), event: 'elevationPending', reason: 'needsApproval' });
  const fault = approvals.faultOf(request, attempt.caller, facts, settings);
  const supportRequest: SupportAnswer = {
    id: request.id,
    status: request.status,
    created: request.requestCreatedDateTime,
    expires: request.requestExpiryDateTime,
    timesAsked: request.timesAsked,
    ...defined({
      text: isOpen(request) ? approvals.textOf(request) : undefined,
      reviewer: request.reviewCompletedByUserPrincipalName ?? request.reviewCompletedByUserId,
      comment: request.reviewerJustification === undefined ? undefined : displayText(request.reviewerJustification),
      approvedUntil: request.approvalExpiryDateTime,
      fault,
    }),
  };
  return {
    outcome: 'needsApproval',
    requestId: attempt.requestId,
    ...explainRequest(request, fault),
    ...defined({ rule }),
    supportRequest,
  };
}
