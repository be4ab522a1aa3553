/** Content of audit records: which facts of a request are recorded, in one place. */
import { createHash } from 'node:crypto';
import { bestSignature, verifiedPublisher } from '../engine/signatures.ts';
import type { AuditElevationType, AuditEntry, AuditFieldsOf, RequestEvent, RunEvent } from '../model/audit-record.ts';
import { ELEVATION_TYPES } from '../model/rule-action.ts';
import type { Basis, Decision, DecisionNote, RuleReference } from '../model/decision.ts';
import { ERROR_CODES } from '../model/error-codes.ts';
import { toErrorReport } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { Trigger } from '../model/request.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import type { VerifiedCaller } from './caller.ts';
import type { ElevateRequest, RunDetails } from './contract.ts';

/** What is known of a request. It grows while the request is worked on, so that each record has all there is. */
export interface Attempt {
  readonly requestId: string;
  readonly trigger: Trigger;
  readonly caller: VerifiedCaller;
  /** As asked; the opened file gives its final name. */
  readonly path: string;
  readonly arguments: readonly string[];
  justification: string | undefined;
  file: FileFacts | undefined;
  basis: Basis | undefined;
  notes: readonly DecisionNote[] | undefined;
  elevationType: AuditElevationType;
  /** What authenticated the requester. */
  authentication: string | undefined;
  /** Why the requester was not authenticated, for the audit only. */
  refusal: string | undefined;
  /** What support has to do with it. */
  approval: AttemptApproval;
}

/** The request to support that was made, or the approval by which it runs. */
export interface AttemptApproval {
  readonly supportRequestId?: string;
  readonly grantId?: string;
  readonly approver?: string;
  readonly approverKey?: string;
}

/** A request of which nothing is known but what was sent. */
export function newAttempt(
  requestId: string,
  caller: VerifiedCaller,
  request: ElevateRequest,
  trigger: Trigger = 'userInitiated',
): Attempt {
  return {
    requestId,
    trigger,
    caller,
    path: request.path,
    arguments: request.arguments ?? [],
    justification: undefined,
    file: undefined,
    basis: undefined,
    notes: undefined,
    elevationType: 'undetermined',
    authentication: undefined,
    refusal: undefined,
    approval: {},
  };
}

/** Adds what was decided. */
export function addDecision(attempt: Attempt, decision: Decision): void {
  attempt.basis = decision.basis;
  attempt.notes = decision.notes;
  attempt.elevationType = elevationTypeOf(decision);
}

export type RequestFields = AuditFieldsOf<RequestEvent>;
/** What the records of a running program have besides. */
export type RunFields = Omit<AuditFieldsOf<RunEvent>, keyof RequestFields>;

/** Of a client that was turned away before its request was read: no fact of a request is known. */
export const NO_REQUEST = {} as { readonly [F in keyof RequestFields]: undefined };

/** The facts that every record of a request carries. */
export function describeAttempt({ file, ...attempt }: Attempt): RequestFields {
  return {
    requestId: attempt.requestId,
    trigger: attempt.trigger,
    userSid: attempt.caller.sid,
    upn: attempt.caller.accountName,
    filePath: file?.path ?? attempt.path,
    ...describeArguments(attempt.arguments),
    justification: attempt.justification,
    authentication: attempt.authentication,
    hash: file?.sha256,
    productName: file?.productName,
    internalName: file?.internalName,
    fileVersion: file?.fileVersionText,
    fileDescription: file?.fileDescription,
    companyName: file?.companyName,
    publisher: file && verifiedPublisher(file.signatures),
    certificatePayload: file && bestSignature(file.signatures)?.leaf.sha256,
    rule: ruleOf(attempt.basis),
    notes: attempt.notes?.length === 0 ? undefined : attempt.notes,
    elevationType: attempt.elevationType,
    ...describeApproval(attempt.approval),
  };
}

function describeApproval({ supportRequestId, grantId, approver, approverKey }: AttemptApproval) {
  return { supportRequestId, grantId, approver, approverKey };
}

/** Characters of all arguments together that are recorded whole, and what is kept of longer ones (decision E3). */
const WHOLE_ARGUMENTS = 4096;
const KEPT_ARGUMENTS = 1024;

export function describeArguments(values: readonly string[]): Pick<RequestFields, 'arguments' | 'argumentsDigest'> {
  const length = values.reduce((sum, value) => sum + value.length, 0);
  if (length <= WHOLE_ARGUMENTS) return { arguments: values, argumentsDigest: undefined };
  const kept: string[] = [];
  for (let left = KEPT_ARGUMENTS, index = 0; left > 0; index += 1) {
    const value = values[index]?.slice(0, left) ?? '';
    kept.push(value.toWellFormed());
    left -= value.length;
  }
  const argumentsDigest = createHash('sha256').update(canonicalJson(values), 'ascii').digest('hex');
  return { arguments: kept, argumentsDigest };
}

/** Facts about what runs. */
export function describeRun(run: RunDetails): RunFields {
  return {
    copyPath: run.file.copy,
    workingDirectory: run.directory,
    hostPath: run.file.host,
    accountSid: run.account.sid,
    accountFactory: run.accountFactory,
    processId: run.processId,
    processType: 'parent',
  };
}

/** The record of a request that ended in an error. */
export function failedEntry(attempt: Attempt, error: unknown): AuditEntry {
  const { code, message } = toErrorReport(error);
  const event = ERROR_CODES[code].auditEvent;
  const failed = { ...describeAttempt(attempt), event, reason: attempt.refusal, errorCode: code, message };
  return event === 'elevationDenied' ? { ...failed, elevationType: 'denied' } : failed;
}

export function ruleOf(basis: Basis | undefined): RuleReference | undefined {
  return basis?.kind === 'rule' ? basis.rule : undefined;
}

function elevationTypeOf(decision: Decision): AuditElevationType {
  const { basis, outcome } = decision;
  if (outcome === 'denied') return 'denied';
  if (basis.kind === 'rule') return ELEVATION_TYPES[basis.rule.type].auditType;
  if (basis.kind !== 'defaultResponse') return 'undetermined';
  // That response asks the user or the support, and with an approval it elevates at once.
  return outcome === 'needs' ? 'userConfirmedElevation' : 'supportApprovedElevation';
}
