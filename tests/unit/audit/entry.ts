import type { Verification } from '../../../src/audit/chain.ts';
import { RecordVerifier } from '../../../src/audit/verify.ts';
import type { AuditEntry, AuditEvent, AuditRecord } from '../../../src/model/audit-record.ts';

/** What records that were fetched prove; none of them was cut. */
export function verifyRecords(records: readonly AuditRecord[]): Verification {
  const verifier = new RecordVerifier();
  for (const record of records) verifier.take(record, false);
  return verifier.end();
}

/** An entry of which a test cares for some fields only. */
export function entry(event: AuditEvent, fields: Partial<AuditRecord> = {}): AuditEntry {
  return { ...fields, event } as AuditEntry;
}
