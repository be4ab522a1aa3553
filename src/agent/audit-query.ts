/** Who may read which audit records. */
import type { AuditRecord } from '../model/audit-record.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { VerifiedCaller } from './caller.ts';
import type { AuditQuery } from './contract.ts';

/** Records sent for one query when it gives no number, and at most. */
const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 100_000;

/**
 * A standard user gets the records of their own requests; an administrator, from an elevated process that EPM did not
 * make, gets all of them. Oldest first.
 * @throws EpmError EPM_AUDIT_BROKEN, EPM_AUDIT_UNREADABLE
 */
export async function* queryAudit(
  trail: AuditTrail,
  caller: VerifiedCaller,
  query: AuditQuery,
): AsyncGenerator<AuditRecord> {
  const limit = Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
  let sent = 0;
  if (limit === 0) return;
  for await (const record of trail.records(query.after ?? 0)) {
    if (!caller.isManager && record.userSid !== caller.sid) continue;
    yield record;
    sent += 1;
    if (sent >= limit) return;
  }
}
