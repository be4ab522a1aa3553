/**
 * The agent's way to the journal. Before something is elevated a record must be on the disk, else it does not happen;
 * what can no longer be prevented (an end, a denial) is counted when it cannot be written, and the count is recorded
 * as soon as the journal takes records again, so that the gap is seen. One user can add only so many.
 */
import type { AuditEntry, AuditEvent, AuditRecord } from '../model/audit-record.ts';
import { isEpmError, toErrorReport } from '../model/errors.ts';
import type { Journal } from '../audit/journal.ts';
import type { Log } from './ports.ts';
import type { RecordQuota } from './record-quota.ts';

/** Room that a record takes in its user's quota, in records. Missing here: one. */
const ROOM: { readonly [Event in AuditEvent]?: number } = {
  // Its end must not go unrecorded, and is as long.
  elevationStarting: 2,
  elevationEnded: 0,
  treeEnded: 0,
  elevationInterrupted: 0,
};
/** Stands in the quota for clients whose user is not known. */
const UNKNOWN_USER = '';
/** Bytes by which the record of an end may be longer than that of the start. */
const END_BYTES = 256;

export class AuditTrail {
  readonly #journal: Journal;
  readonly #log: Log;
  readonly #quota: RecordQuota;
  readonly #appended: (record?: AuditRecord) => void;
  #missing = 0;
  #lastTime = 0;
  #longestTime = 0;

  /** @param appended called with each record that became durable, and without one after some were counted */
  constructor(journal: Journal, log: Log, quota: RecordQuota, appended: (record?: AuditRecord) => void) {
    this.#journal = journal;
    this.#log = log;
    this.#quota = quota;
    this.#appended = appended;
  }

  get head(): Journal['head'] {
    return this.#journal.head;
  }

  /** Records that could not be written and that no record tells of yet. */
  get missing(): number {
    return this.#missing;
  }

  /** Milliseconds that records took to be durable: the last one, and the longest since this was asked last. */
  takeTimes(): { readonly last: number; readonly max: number } {
    const times = { last: Math.round(this.#lastTime), max: Math.round(this.#longestTime) };
    this.#longestTime = 0;
    return times;
  }

  /** @throws EpmError EPM_AUDIT_WRITE; EPM_AUDIT_QUOTA when its user has made too many */
  appendOrThrow(entry: AuditEntry): AuditRecord {
    return this.#append(entry, 1);
  }

  /**
   * Records what a program does and no person asks for. It takes half of its user's quota, so that the other half is left
   * for requests; what has no room there is counted. Never throws.
   * @returns false: it is neither on the disk nor counted against the quota, and so must not happen
   */
  appendOrCount(entry: AuditEntry): boolean {
    return this.#tryAppend(entry, 0.5) !== 'lost';
  }

  #append(entry: AuditEntry, share: number): AuditRecord {
    if (this.#missing > 0) {
      const message = `${this.#missing} records could not be written before this one.`;
      this.#journal.append({ event: 'journalGap', message });
      this.#missing = 0;
    }
    const user = userOf(entry);
    const room = ROOM[entry.event] ?? 1;
    // Not by the agent's clock: nothing that fails may come between a record and what it allows.
    const start = performance.now();
    const record = this.#journal.append(entry, (bytes, time) => {
      if (user === undefined || room === 0) return;
      this.#quota.take(user, room, room * (bytes + END_BYTES), time, share);
    });
    this.#lastTime = performance.now() - start;
    this.#longestTime = Math.max(this.#longestTime, this.#lastTime);
    this.#appended(record);
    return record;
  }

  /** Records that the journal has a new key. @throws EpmError EPM_AUDIT_WRITE */
  seal(entry: AuditEntry, seed: Uint8Array): AuditRecord {
    const record = this.#journal.sealFrom(entry, seed);
    this.#appended(record);
    return record;
  }

  /** Records what has happened already. Never throws. @returns whether it is recorded; otherwise it is counted */
  appendBestEffort(entry: AuditEntry): boolean {
    return this.#tryAppend(entry, 1) === 'recorded';
  }

  #tryAppend(entry: AuditEntry, share: number): 'recorded' | 'overQuota' | 'lost' {
    try {
      this.#append(entry, share);
      return 'recorded';
    } catch (error) {
      const user = userOf(entry);
      if (user !== undefined && isEpmError(error) && error.code === 'EPM_AUDIT_QUOTA') {
        this.#quota.omit(user);
        this.#appended();
        return 'overQuota';
      }
      this.#missing += 1;
      const { code, message } = toErrorReport(error);
      this.#log.write('error', 'auditWriteFailed', { event: entry.event, code, message });
      return 'lost';
    }
  }

  /** Records how many were only counted, of the users who may have a record again. */
  tellOmitted(time: number): void {
    for (const [user, omittedRecords] of this.#quota.due(time)) {
      const userSid = user === UNKNOWN_USER ? undefined : user;
      const message = `${omittedRecords} records of the user were only counted: one user may make so many, and no more.`;
      try {
        this.appendOrThrow({ event: 'recordsOmitted', userSid, omittedRecords, message });
        this.#quota.told(user, omittedRecords);
      } catch {
        // Still counted; the next minute tries again.
      }
    }
  }

  records(after: number): AsyncGenerator<AuditRecord> {
    return this.#journal.records(after);
  }

  close(): void {
    this.#journal.close();
  }
}

/** Whose quota it takes; undefined: nobody's. Clients that could not be identified share one. */
function userOf(entry: AuditEntry): string | undefined {
  const user = 'userSid' in entry ? entry.userSid : undefined;
  if (user !== undefined) return user;
  return entry.event === 'requestRefused' || entry.event === 'recordsOmitted' ? UNKNOWN_USER : undefined;
}
