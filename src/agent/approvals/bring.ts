/**
 * Signed texts come to the device: a user brings them, or a live channel does. Whoever carries one proves nothing by it; the
 * signature does. What is refused is recorded and not kept.
 */
import type { Sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { EpmError } from '../../model/errors.ts';
import { GRANT_FAULTS, type GrantFault } from '../../model/grant-faults.ts';
import type { RevocationStatement } from '../../model/revocation-statement.ts';
import type { ReadRevocation } from '../../requests/grants/revocation-text.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { Clock } from '../ports.ts';
import type { Approvals } from './approvals.ts';
import type { KnownGrant } from './approval-terms.ts';

/** Reasons for which a grant is kept although it has no effect yet. */
const NOT_YET: ReadonlySet<GrantFault | undefined> = new Set(['grantNotYet', 'grantUseUnknown', undefined]);

interface BringPorts {
  readonly clock: Clock;
  readonly trail: AuditTrail;
}

interface Brought {
  /** It was here already. */
  readonly known: boolean;
  /** Why it has no effect yet. */
  readonly fault?: GrantFault;
}

/**
 * @param userSid who brings it; undefined: the live channel
 * @param isRecorded whether a refusal is recorded
 * @throws EpmError EPM_GRANT_REFUSED, EPM_GRANT_LIMIT, EPM_DATA_FOLDER
 */
export function bringGrant(
  approvals: Approvals,
  grant: KnownGrant,
  userSid: Sid | undefined,
  { clock, trail }: BringPorts,
  isRecorded: (fault: GrantFault) => boolean = () => true,
): Brought {
  const now = clock.now();
  const { grants } = approvals.books;
  grants.see(now);
  const { id, requestId, requester } = grant.statement;
  const fault = approvals.faultFor(grant, requester);
  const key = grants.signerOf(grant, now);
  const fields = {
    userSid,
    supportRequestId: requestId,
    grantId: id,
    approver: key?.approver,
    approverKey: key?.name,
  };
  if (!NOT_YET.has(fault)) {
    const why = fault as GrantFault;
    if (isRecorded(why)) trail.appendBestEffort({ ...fields, event: 'grantRefused', reason: why });
    throw refusedGrant(`The approval ${id}`, why);
  }
  const known = !grants.keep(grant);
  if (!known) trail.appendBestEffort({ ...fields, event: 'grantImported' });
  approvals.tellRequest(grant);
  return { known, ...defined({ fault }) };
}

/**
 * Takes back what an approver has signed for: a grant, or whatever answers a request. A request that still waits is denied.
 * Running programs go on.
 * @param isRecorded whether a refusal is recorded
 * @returns whether it was here already
 * @throws EpmError EPM_GRANT_REFUSED, EPM_GRANT_LIMIT, EPM_DATA_FOLDER
 */
export function bringRevocation(
  approvals: Approvals,
  revocation: ReadRevocation,
  userSid: Sid | undefined,
  { clock, trail }: BringPorts,
  isRecorded: (fault: GrantFault) => boolean = () => true,
): Pick<Brought, 'known'> {
  const now = clock.now();
  const { grants } = approvals.books;
  grants.see(now);
  const { of, reason } = revocation.statement;
  const { key, fault } = grants.judgeRevocation(revocation, now);
  const fields = { userSid, ...named(revocation.statement), approver: key?.approver, approverKey: key?.name };
  if (key === undefined || fault !== undefined) {
    const why = fault ?? 'grantUnknownKey';
    if (isRecorded(why)) trail.appendBestEffort({ ...fields, event: 'grantRefused', reason: why });
    throw refusedGrant(`The revocation of ${of}`, why);
  }
  const known = grants.isRevokedHere(of);
  if (!known) {
    // Before it is told, so that nothing starts in between.
    grants.revoke(of, key.approver, reason, now);
    trail.appendBestEffort({ ...fields, event: 'grantRevoked' });
  }
  approvals.takenBack(of, { by: { id: key.approver, name: key.name }, ...defined({ reason }) }, key.name);
  return { known };
}

function refusedGrant(what: string, fault: GrantFault): EpmError {
  const { meaning, hint } = GRANT_FAULTS[fault];
  return new EpmError('EPM_GRANT_REFUSED', `${what} has no effect on this device. ${meaning}`, {
    hint,
    data: { fault },
  });
}

function named({ of }: RevocationStatement) {
  return of.length === 16 ? { grantId: of, supportRequestId: undefined } : { grantId: undefined, supportRequestId: of };
}
