/**
 * One line of the audit journal. Field names and values follow Graph's `privilegeManagementElevation` where it has
 * them (decision E1); the rest is EPM's own.
 */
import type { DecisionNote, RuleReference } from './decision.ts';

export type AuditEvent =
  | 'agentStarted'
  | 'agentStopped'
  | 'policyChanged'
  | 'policyFault'
  | 'elevationStarting'
  | 'elevationEnded'
  | 'elevationFailed'
  | 'elevationDenied'
  | 'elevationPending'
  | 'requestRefused'
  /** Opening the journal removed an unfinished record. */
  | 'journalRecovered'
  /** Records could not be written for a while; says how many. */
  | 'journalGap';

export type AuditElevationType =
  | 'undetermined'
  | 'zeroTouchElevation'
  | 'userConfirmedElevation'
  | 'supportApprovedElevation'
  | 'denied'
  | 'currentUserElevation';

export interface AuditRecord {
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number;
  /** ISO 8601, UTC, milliseconds. */
  readonly eventDateTime: string;
  readonly event: AuditEvent;
  readonly requestId?: string;
  /** SID of the requester, and its name when it is known. */
  readonly userSid?: string;
  readonly upn?: string;
  readonly deviceName: string;
  readonly elevationType?: AuditElevationType;
  readonly filePath?: string;
  readonly hash?: string;
  readonly arguments?: readonly string[];
  readonly justification?: string;
  readonly productName?: string;
  readonly internalName?: string;
  readonly fileVersion?: string;
  readonly fileDescription?: string;
  readonly companyName?: string;
  /** SHA-256 of the certificate that signed the file, of its best signature. */
  readonly certificatePayload?: string;
  readonly rule?: RuleReference;
  /** What did not stop the elevation but should be known. */
  readonly notes?: readonly DecisionNote[];
  readonly accountSid?: string;
  readonly accountFactory?: 'virtualAccount' | 'testBed';
  readonly processId?: number;
  /** Exit code of the program. */
  readonly result?: number;
  readonly reason?: string;
  readonly errorCode?: string;
  readonly message?: string;
  /** Hash of the record before, and of this one: SHA-256, hexadecimal. */
  readonly previousHash: string;
  readonly recordHash: string;
}
