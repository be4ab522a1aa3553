/** Content of audit records: which facts of a request are recorded, in one place. */
import { bestSignature } from '../engine/signatures.ts';
import type { AuditEntry } from '../audit/journal.ts';
import type { AuditElevationType, AuditEvent } from '../model/audit-record.ts';
import type { Basis, DecisionNote, RuleReference } from '../model/decision.ts';
import { defined } from '../model/defined.ts';
import { toErrorReport } from '../model/errors.ts';
import { ERROR_CODES } from '../model/error-codes.ts';
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

/** The facts that every record of a request carries. */
export function describeAttempt(attempt: Attempt): Omit<AuditEntry, 'event'> {
  const { file, basis, justification, notes } = attempt;
  const upn = attempt.caller.accountName;
  const rule = ruleOf(basis);
  return {
    requestId: attempt.requestId,
    userSid: attempt.caller.sid,
    ...defined({ upn }),
    filePath: file?.path ?? attempt.path,
    arguments: attempt.arguments,
    ...defined({ justification }),
    ...(file === undefined ? {} : describeFile(file)),
    ...defined({ rule }),
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
  const event: AuditEvent = ERROR_CODES[code].auditEvent;
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
    ...defined({
      productName,
      internalName,
      fileVersion: fileVersionText,
      fileDescription,
      companyName,
      certificatePayload: signature?.leaf.sha256,
    }),
  };
}
