/** Elevated programs whose end no record tells: the agent, or the machine, ended before they did. */
import type { AuditEntry, AuditRecord } from '../model/audit-record.ts';

export class OpenRuns {
  readonly #open = new Map<string, AuditRecord>();

  /** Takes the records of a journal in their order. */
  see(record: AuditRecord): void {
    if (record.requestId === undefined) return;
    if (record.event === 'elevationStarting') this.#open.set(record.requestId, record);
    else if (record.event === 'elevationEnded' || record.event === 'elevationInterrupted')
      this.#open.delete(record.requestId);
  }

  /** The records that are missing, in the order of the starts. */
  interrupted(): readonly AuditEntry[] {
    return [...this.#open.values()].map((start) => {
      const { sequence, eventDateTime, deviceName, previousHash, recordHash, ...told } = start;
      // All that the start told; the type cannot say that members which are left out are those without a value.
      return { ...told, event: 'elevationInterrupted' } as AuditEntry;
    });
  }
}
