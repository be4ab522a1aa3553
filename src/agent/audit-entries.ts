/** Content of audit records: which facts of a request are recorded, in one place. */
import { createHash } from 'node:crypto';
import { bestSignature } from '../engine/signatures.ts';
import type { AuditElevationType, AuditEntry, AuditFieldsOf, RequestEvent, RunEvent } from '../model/audit-record.ts';
import { ELEVATION_TYPES } from '../model/rule-action.ts';
import type { Basis, DecisionNote, RuleReference } from '../model/decision.ts';
import { ERROR_CODES } from '../model/error-codes.ts';
import { toErrorReport } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import type { VerifiedCaller } from './caller.ts';
import type { ElevateRequest, RunDetails } from './contract.ts';

/** What is known of a request. It grows while the request is worked on, so that each record has all there is. */
export interface Attempt {
  readonly requestId: string;
  readonly caller: VerifiedCaller;
  /** As asked; the opened file gives its final name. */
  readonly path: string;
  readonly arguments: readonly string[];
  justification: string | undefined;
  file: FileFacts | undefined;
  basis: Basis | undefined;
  notes: readonly DecisionNote[] | undefined;
}

/** A request of which nothing is known but what was sent. */
export function newAttempt(requestId: string, caller: VerifiedCaller, request: ElevateRequest): Attempt {
  return {
    requestId,
    caller,
    path: request.path,
    arguments: request.arguments ?? [],
    justification: undefined,
    file: undefined,
    basis: undefined,
    notes: undefined,
  };
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
    userSid: attempt.caller.sid,
    upn: attempt.caller.accountName,
    filePath: file?.path ?? attempt.path,
    ...describeArguments(attempt.arguments),
    justification: attempt.justification,
    hash: file?.sha256,
    productName: file?.productName,
    internalName: file?.internalName,
    fileVersion: file?.fileVersionText,
    fileDescription: file?.fileDescription,
    companyName: file?.companyName,
    certificatePayload: file && bestSignature(file.signatures)?.leaf.sha256,
    rule: ruleOf(attempt.basis),
    notes: attempt.notes?.length === 0 ? undefined : attempt.notes,
    elevationType: elevationTypeOf(attempt.basis),
  };
}

/** Characters of all arguments together that are recorded whole, and what is kept of longer ones (decision E3). */
const WHOLE_ARGUMENTS = 4096;
const KEPT_ARGUMENTS = 1024;

function describeArguments(values: readonly string[]): Pick<RequestFields, 'arguments' | 'argumentsDigest'> {
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
  return { accountSid: run.account.sid, accountFactory: run.accountFactory, processId: run.processId };
}

/** The record of a request that ended in an error. */
export function failedEntry(attempt: Attempt, error: unknown): AuditEntry {
  const { code, message } = toErrorReport(error);
  const event = ERROR_CODES[code].auditEvent;
  return { ...describeAttempt(attempt), event, reason: undefined, errorCode: code, message };
}

export function ruleOf(basis: Basis | undefined): RuleReference | undefined {
  return basis?.kind === 'rule' ? basis.rule : undefined;
}

function elevationTypeOf(basis: Basis | undefined): AuditElevationType {
  if (basis?.kind === 'rule') return ELEVATION_TYPES[basis.rule.type].auditType;
  return basis?.kind === 'defaultResponse' ? 'userConfirmedElevation' : 'undetermined';
}
