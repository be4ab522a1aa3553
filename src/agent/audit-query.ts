/** Who may read which audit records. */
import type { AuditRecord } from '../model/audit-record.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { VerifiedCaller } from './caller.ts';
import type { AuditEnd, AuditQuery } from './contract.ts';

/** Records sent for one query when it gives no number, and at most. */
const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 100_000;

/**
 * Oldest first.
 * @param all the caller has the right to read reports, and gets all records; otherwise those of their own requests
 * @returns whether the limit left later records out
 * @throws EpmError EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE
 */
export async function* queryAudit(
  trail: AuditTrail,
  caller: VerifiedCaller,
  all: boolean,
  query: AuditQuery,
): AsyncGenerator<AuditRecord, AuditEnd> {
  const limit = Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  let sent = 0;
  for await (const record of trail.records(query.after ?? 0)) {
    if (!all && record.userSid !== caller.sid) continue;
    if (sent >= limit) return { more: true, all };
    yield record;
    sent += 1;
  }
  return { more: false, all };
}
