import type { AuditEntry, AuditEvent, AuditRecord } from '../../../src/model/audit-record.ts';

/** An entry of which a test cares for some fields only. */
export function entry(event: AuditEvent, fields: Partial<AuditRecord> = {}): AuditEntry {
  return { ...fields, event } as AuditEntry;
}
