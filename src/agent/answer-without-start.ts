/** Answers to requests by which nothing is started, and their records. */
import { splitPath } from '../facts/gather.ts';
import type { AgentDeniedReason, Decision, DeniedReason } from '../model/decision.ts';
import { defined } from '../model/defined.ts';
import type { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { describeAttempt, ruleOf, type Attempt } from './audit-entries.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { ElevateResult } from './contract.ts';
import {
  explainAllowed,
  explainBudget,
  explainDenial,
  explainNotManaged,
  explainNotYours,
  type StartRefusal,
} from './explain.ts';
import type { Permission, Unapproved } from './permission.ts';
import type { Counters } from './status.ts';

interface AnswerPorts {
  readonly counters: Counters;
  readonly trail: AuditTrail;
}

/** @param facts undefined: the answer was given before anything was opened */
export function answerWithoutStart(
  decision: Exclude<Decision, Permission | Unapproved>,
  facts: FileFacts | undefined,
  attempt: Attempt,
  ports: AnswerPorts,
): ElevateResult {
  const { requestId } = attempt;
  const { trail } = ports;
  const named = facts ?? splitPath(attempt.path);
  const record = describeAttempt(attempt);
  const rule = ruleOf(decision.basis);
  const nothingFailed = { errorCode: undefined, message: undefined };
  switch (decision.outcome) {
    case 'denied': {
      const { outcome, reason } = decision;
      recordDenial(reason, attempt, ports);
      return {
        outcome,
        requestId,
        reason,
        ...explainDenial(reason, named, rule),
        ...defined({ rule }),
        ...(facts === undefined ? {} : { file: { path: facts.path, sha256: facts.sha256 } }),
      };
    }
    case 'notManaged': {
      const { outcome, reason } = decision;
      if (attempt.trigger === 'userInitiated')
        trail.appendBestEffort({ ...record, ...nothingFailed, event: 'requestRefused', reason });
      return { outcome, requestId, reason, ...explainNotManaged(reason, named) };
    }
  }
}

/** The requester may not read and run the file; nothing about it is told or recorded but the path that was asked for. */
export function denyUnknownFile(attempt: Attempt, ports: AnswerPorts): ElevateResult {
  const reason = 'notYourFile';
  if (attempt.trigger === 'userInitiated') recordDenial(reason, attempt, ports);
  return { outcome: 'denied', requestId: attempt.requestId, reason, ...explainNotYours(attempt.path) };
}

/** A rule allows the file, and yet it cannot be started as the request wants it. */
export function denyAllowed(
  reason: StartRefusal,
  facts: FileFacts,
  attempt: Attempt,
  ports: AnswerPorts,
  error?: EpmError,
): ElevateResult {
  recordDenial(reason, attempt, ports, error);
  return {
    outcome: 'denied',
    requestId: attempt.requestId,
    reason,
    ...explainAllowed(reason, facts),
    ...defined({ rule: ruleOf(attempt.basis) }),
    file: { path: facts.path, sha256: facts.sha256 },
  };
}

/** The person has used up what policy gives for the day. @param next when the next one begins, in local time */
export function denyOverBudget(next: number, facts: FileFacts, attempt: Attempt, ports: AnswerPorts): ElevateResult {
  const reason = 'budgetUsed';
  recordDenial(reason, attempt, ports);
  return {
    outcome: 'denied',
    requestId: attempt.requestId,
    reason,
    ...explainBudget(next, facts),
    ...defined({ rule: ruleOf(attempt.basis) }),
    file: { path: facts.path, sha256: facts.sha256 },
  };
}

function recordDenial(
  reason: DeniedReason | AgentDeniedReason,
  attempt: Attempt,
  { counters, trail }: AnswerPorts,
  error?: EpmError,
): void {
  counters.denied += 1;
  trail.appendBestEffort({
    ...describeAttempt(attempt),
    event: 'elevationDenied',
    elevationType: 'denied',
    reason,
    errorCode: error?.code,
    message: error?.message,
  });
}
