/** Content of audit records: which facts of a request are recorded, in one place. */
import { bestSignature } from '../engine/signatures.ts';
import type { AuditEntry } from '../audit/journal.ts';
import type { AuditElevationType, AuditEvent } from '../model/audit-record.ts';
import type { Basis, DecisionNote, RuleReference } from '../model/decision.ts';
import { toErrorReport } from '../model/errors.ts';
import type { ErrorCode } from '../model/error-codes.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { RunDetails } from './contract.ts';
import type { VerifiedCaller } from './caller.ts';

/** What is known of a request at some moment; grows while it is worked on. */
export interface Attempt {
  readonly requestId: string;
  readonly caller: VerifiedCaller;
  readonly arguments: readonly string[];
  readonly justification?: string;
  /** As asked, until the opened file gives its final name. */
  readonly path: string;
  readonly file?: FileFacts;
  readonly basis?: Basis;
  readonly notes?: readonly DecisionNote[];
}

const ELEVATION_TYPES: Readonly<Record<RuleReference['type'], AuditElevationType>> = {
  automatic: 'zeroTouchElevation',
  userConfirmed: 'userConfirmedElevation',
  supportApproved: 'supportApprovedElevation',
  currentUser: 'currentUserElevation',
  deny: 'denied',
};

/** Refusals of what was asked, and refusals of the way it was asked; every other code is a failure. */
const DENIALS: ReadonlySet<ErrorCode> = new Set([
  'EPM_FILE_NAME_REFUSED',
  'EPM_FILE_PLACE_REFUSED',
  'EPM_FILE_TYPE_REFUSED',
  'EPM_FILE_TOO_LARGE',
  'EPM_FILE_MALFORMED',
  'EPM_FILE_UNREADABLE',
  'EPM_TYPE_NOT_STARTED',
  'EPM_VALIDATION_UNSUPPORTED',
]);
const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'EPM_AGENT_BUSY',
  'EPM_ARGUMENTS_INVALID',
  'EPM_CALLER_REFUSED',
  'EPM_CALLER_UNKNOWN',
  'EPM_FILE_NOT_FOUND',
  'EPM_JUSTIFICATION_INVALID',
  'EPM_REQUEST_CANCELLED',
  'EPM_TICKET_INVALID',
]);

/** The facts that every record of a request carries. */
export function describeAttempt(attempt: Attempt): Omit<AuditEntry, 'event'> {
  const { file, basis, justification, notes } = attempt;
  const upn = attempt.caller.accountName;
  const rule = ruleOf(basis);
  return {
    requestId: attempt.requestId,
    userSid: attempt.caller.sid,
    ...(upn === undefined ? {} : { upn }),
    filePath: file?.path ?? attempt.path,
    arguments: attempt.arguments,
    ...(justification === undefined ? {} : { justification }),
    ...(file === undefined ? {} : describeFile(file)),
    ...(rule === undefined ? {} : { rule }),
    ...(notes === undefined || notes.length === 0 ? {} : { notes }),
    elevationType: elevationTypeOf(basis),
  };
}

/** Facts about what runs. */
export function describeRun(run: RunDetails): Omit<AuditEntry, 'event'> {
  return { accountSid: run.account.sid, accountFactory: run.accountFactory, processId: run.processId };
}

/** The record of a request that ended in an error. */
export function failedEntry(attempt: Attempt, error: unknown): AuditEntry {
  const { code, message } = toErrorReport(error);
  const event: AuditEvent = DENIALS.has(code)
    ? 'elevationDenied'
    : REFUSALS.has(code)
      ? 'requestRefused'
      : 'elevationFailed';
  return { ...describeAttempt(attempt), event, errorCode: code, message };
}

export function ruleOf(basis: Basis | undefined): RuleReference | undefined {
  return basis?.kind === 'rule' ? basis.rule : undefined;
}

function elevationTypeOf(basis: Basis | undefined): AuditElevationType {
  if (basis?.kind === 'rule') return ELEVATION_TYPES[basis.rule.type];
  return basis?.kind === 'defaultResponse' ? 'userConfirmedElevation' : 'undetermined';
}

function describeFile(file: FileFacts): Partial<AuditEntry> {
  const { productName, internalName, fileVersionText, fileDescription, companyName } = file;
  const signature = bestSignature(file.signatures);
  return {
    hash: file.sha256,
    ...(productName === undefined ? {} : { productName }),
    ...(internalName === undefined ? {} : { internalName }),
    ...(fileVersionText === undefined ? {} : { fileVersion: fileVersionText }),
    ...(fileDescription === undefined ? {} : { fileDescription }),
    ...(companyName === undefined ? {} : { companyName }),
    ...(signature === undefined ? {} : { certificatePayload: signature.leaf.sha256 }),
  };
}
