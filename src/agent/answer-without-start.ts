/** Answers to requests by which nothing is started, and their records. */
import { splitPath } from '../facts/gather.ts';
import type { Decision } from '../model/decision.ts';
import { defined } from '../model/defined.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { describeAttempt, ruleOf, type Attempt } from './audit-entries.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { ElevateResult } from './contract.ts';
import { explainApproval, explainDenial, explainNotManaged, explainNotYours } from './explain.ts';
import type { Permission } from './permission.ts';
import type { Counters } from './status.ts';

/** @param facts undefined: the answer was given before anything was opened */
export function answerWithoutStart(
  decision: Exclude<Decision, Permission>,
  facts: FileFacts | undefined,
  attempt: Attempt,
  { counters, trail }: { readonly counters: Counters; readonly trail: AuditTrail },
): ElevateResult {
  const { requestId } = attempt;
  const named = facts ?? splitPath(attempt.path);
  const record = describeAttempt(attempt);
  const rule = ruleOf(decision.basis);
  const nothingFailed = { errorCode: undefined, message: undefined };
  switch (decision.outcome) {
    case 'denied': {
      const { outcome, reason } = decision;
      counters.denied += 1;
      trail.appendBestEffort({
        ...record,
        ...nothingFailed,
        event: 'elevationDenied',
        elevationType: 'denied',
        reason,
      });
      return {
        outcome,
        requestId,
        reason,
        ...explainDenial(reason, named, rule),
        ...defined({ rule }),
        ...(facts === undefined ? {} : { file: { path: facts.path, sha256: facts.sha256 } }),
      };
    }
    case 'needsApproval':
      trail.appendBestEffort({ ...record, event: 'elevationPending', reason: 'needsApproval' });
      return { outcome: decision.outcome, requestId, ...explainApproval(named), ...defined({ rule }) };
    case 'notManaged': {
      const { outcome, reason } = decision;
      trail.appendBestEffort({ ...record, ...nothingFailed, event: 'requestRefused', reason });
      return { outcome, requestId, reason, ...explainNotManaged(reason, named) };
    }
  }
}

/** The requester may not read and run the file; nothing about it is told or recorded but the path that was asked for. */
export function denyUnknownFile(
  attempt: Attempt,
  { counters, trail }: { readonly counters: Counters; readonly trail: AuditTrail },
): ElevateResult {
  counters.denied += 1;
  const reason = 'notYourFile';
  const record = describeAttempt(attempt);
  trail.appendBestEffort({
    ...record,
    event: 'elevationDenied',
    elevationType: 'denied',
    reason,
    errorCode: undefined,
    message: undefined,
  });
  return { outcome: 'denied', requestId: attempt.requestId, reason, ...explainNotYours(attempt.path) };
}
