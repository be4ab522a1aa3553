/**
 * The agent's way to the journal. Before something is elevated a record must be on the disk, else it does not happen;
 * what can no longer be prevented (an end, a denial) is counted when it cannot be written, and the count is recorded
 * as soon as the journal takes records again, so that the gap is seen.
 */
import type { AuditEntry, AuditRecord } from '../model/audit-record.ts';
import { toErrorReport } from '../model/errors.ts';
import type { Journal } from '../audit/journal.ts';
import type { Log } from './ports.ts';

export class AuditTrail {
  readonly #journal: Journal;
  readonly #log: Log;
  #missing = 0;

  constructor(journal: Journal, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  get head(): Journal['head'] {
    return this.#journal.head;
  }

  /** Records that could not be written and that no record tells of yet. */
  get missing(): number {
    return this.#missing;
  }

  /** @throws EpmError EPM_AUDIT_WRITE */
  appendOrThrow(entry: AuditEntry): AuditRecord {
    if (this.#missing > 0) {
      const message = `${this.#missing} records could not be written before this one.`;
      this.#journal.append({ event: 'journalGap', message });
      this.#missing = 0;
    }
    return this.#journal.append(entry);
  }

  /** Records what has happened already. Never throws. */
  appendBestEffort(entry: AuditEntry): void {
    try {
      this.appendOrThrow(entry);
    } catch (error) {
      this.#missing += 1;
      const { code, message } = toErrorReport(error);
      this.#log.write('error', 'auditWriteFailed', { event: entry.event, code, message });
    }
  }

  records(after: number): AsyncGenerator<AuditRecord> {
    return this.#journal.records(after);
  }

  close(): void {
    this.#journal.close();
  }
}
