/** Elevations and denials as reports count them, put together from audit records. */
import type { AuditElevationType, AuditRecord } from '../../model/audit-record.ts';
import type { RuleReference } from '../../model/decision.ts';
import { defined } from '../../model/defined.ts';

/** One program that ran elevated, or was denied. */
export interface Elevation {
  /** The same in no other row of the device. */
  readonly id: string;
  readonly deviceName: string;
  /** When it started, or was denied; ISO 8601, UTC. */
  readonly time: string;
  readonly elevationType: AuditElevationType;
  readonly processType: 'parent' | 'child';
  readonly filePath: string;
  readonly userSid?: string;
  readonly userName?: string;
  readonly productName?: string;
  readonly companyName?: string;
  readonly fileVersion?: string;
  readonly internalName?: string;
  readonly fileDescription?: string;
  /** Name in the certificate of the signer, where the signature held. */
  readonly publisher?: string;
  readonly hash?: string;
  readonly justification?: string;
  readonly parentProcessName?: string;
  readonly rule?: RuleReference;
  /** The program was started as always, and EPM elevated it of its own accord. */
  readonly systemInitiated: boolean;
  /** Exit code; absent of children, of what still runs, and where the end was not seen. */
  readonly result?: number;
  /** Why it was denied, or ended otherwise than by itself, as an identifier. */
  readonly reason?: string;
}

/** Events that make rows at once: nothing later tells more of them. */
const AT_ONCE: Partial<Record<AuditRecord['event'], 'parent' | 'child'>> = {
  childAllowed: 'child',
  childDenied: 'child',
  libraryDenied: 'child',
  elevationDenied: 'parent',
};

/**
 * Reads the records of one device in their order. A program is handed on when it ended, so that no more is held than what
 * runs at one time.
 */
export class ElevationReader {
  readonly #take: (elevation: Elevation) => void;
  readonly #running = new Map<string, AuditRecord>();

  constructor(take: (elevation: Elevation) => void) {
    this.#take = take;
  }

  record(record: AuditRecord): void {
    const { event, requestId } = record;
    const processType = AT_ONCE[event];
    if (processType !== undefined) this.#take(elevationOf(record, processType));
    else if (requestId === undefined) return;
    else if (event === 'elevationStarting') this.#running.set(requestId, record);
    else if (event === 'elevationEnded' || event === 'elevationInterrupted') this.#ended(requestId, record);
    // Its start was recorded before anything ran, and then nothing ran.
    else if (event === 'elevationFailed') this.#running.delete(requestId);
  }

  /** There are no more records: what has not ended still runs. */
  end(): void {
    for (const start of this.#running.values()) this.#take(elevationOf(start, 'parent'));
    this.#running.clear();
  }

  /** The start may be older than what the journal keeps; the end has the same facts. */
  #ended(requestId: string, end: AuditRecord): void {
    const start = this.#running.get(requestId) ?? end;
    this.#running.delete(requestId);
    const reason = end.event === 'elevationInterrupted' ? 'interrupted' : end.reason;
    this.#take({ ...elevationOf(start, 'parent'), ...defined({ result: end.result, reason }) });
  }
}

function elevationOf(record: AuditRecord, processType: 'parent' | 'child'): Elevation {
  const isDenied = record.event !== 'childAllowed' && record.event in AT_ONCE;
  return {
    id: String(record.sequence),
    deviceName: record.deviceName,
    time: record.eventDateTime,
    elevationType: isDenied ? 'denied' : (record.elevationType ?? 'undetermined'),
    processType,
    filePath: record.filePath ?? '',
    systemInitiated: record.trigger !== undefined && record.trigger !== 'userInitiated',
    ...defined({
      userSid: record.userSid,
      userName: record.upn,
      productName: record.productName,
      companyName: record.companyName,
      fileVersion: record.fileVersion,
      internalName: record.internalName,
      fileDescription: record.fileDescription,
      publisher: record.publisher,
      hash: record.hash,
      justification: record.justification,
      parentProcessName: record.parentProcessName,
      rule: record.rule,
      reason: isDenied ? (record.reason ?? record.errorCode) : undefined,
    }),
  };
}
