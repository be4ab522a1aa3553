/** What people ask about requests to support and grants, and what those with the right to it decide (decision R1). */
import { EpmError, isEpmError } from '../../model/errors.ts';
import { defined } from '../../model/defined.ts';
import type { SupportRequest } from '../../model/support-request.ts';
import type { ListedGrant } from '../../requests/grants/grant-book.ts';
import { parseJustification } from '../../requests/justification.ts';
import { isOpen } from '../../requests/request-book.ts';
import { displayText } from '../../text/display.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { VerifiedCaller } from '../caller.ts';
import type {
  DecideRequest,
  DecideResult,
  GrantReport,
  GrantsQuery,
  GrantsReport,
  ImportGrantRequest,
  ImportGrantResult,
  SupportRequestsQuery,
  SupportRequestsReport,
} from '../contract.ts';
import type { Clock } from '../ports.ts';
import type { CallerRights } from '../roles.ts';
import type { Approvals } from './approvals.ts';
import { knownGrant } from './approval-terms.ts';
import { bringGrant } from './bring.ts';

/** @throws EpmError EPM_SUPPORT_REQUEST_UNKNOWN, also for a request of somebody else, of which nothing is told; EPM_DATA_FOLDER */
export function listRequests(
  approvals: Approvals,
  caller: VerifiedCaller,
  { rights }: CallerRights,
  { id, after = 0 }: SupportRequestsQuery,
): SupportRequestsReport {
  approvals.settle();
  const all = rights.includes('requests.view');
  const { requests } = approvals.books;
  const mine = ({ requestedByUserId }: SupportRequest): boolean => all || requestedByUserId === caller.sid;
  if (id === undefined) return { requests: requests.all.filter(mine).slice(after).map(withoutCertificates), all };
  const request = requests.get(id);
  if (request === undefined || !mine(request)) throw unknownRequest(id);
  const text = isOpen(request) ? approvals.textOf(request) : undefined;
  return { requests: [request], all, ...defined({ text }) };
}

/**
 * The caller has the right to it.
 * @throws EpmError EPM_SUPPORT_REQUEST_UNKNOWN, EPM_SUPPORT_REQUEST_STATE, EPM_JUSTIFICATION_INVALID, EPM_DATA_FOLDER
 */
export function decideRequest(
  approvals: Approvals,
  caller: VerifiedCaller,
  { id, decision, reason }: DecideRequest,
  now: number,
): DecideResult {
  approvals.settle();
  const { requests, grants } = approvals.books;
  const said = reason === undefined ? undefined : parseJustification(reason);
  const review = { by: { id: caller.sid, ...defined({ name: caller.accountName }) }, ...defined({ reason: said }) };
  const before = requests.get(id);
  // Before it is told, so that nothing starts in between.
  if (decision === 'revoke' && (before?.status === 'approved' || before?.status === 'completed')) {
    grants.revoke(id, caller.sid, said, now);
    if (before.grantId !== undefined) grants.revoke(before.grantId, caller.sid, said, now);
  }
  const changed = decision === 'deny' ? requests.deny(id, review, now) : requests.revoke(id, review, now);
  approvals.recordAnswer(changed);
  return { request: withoutCertificates(changed.request) };
}

/**
 * Whoever brings a grant proves nothing by it: the signature does. What is refused is recorded and not kept.
 * @throws EpmError EPM_GRANT_INVALID, EPM_GRANT_REFUSED, EPM_GRANT_LIMIT, EPM_DATA_FOLDER
 */
export function importGrant(
  approvals: Approvals,
  caller: VerifiedCaller,
  { text }: ImportGrantRequest,
  { clock, trail }: { readonly clock: Clock; readonly trail: AuditTrail },
): ImportGrantResult {
  const user = { userSid: caller.sid };
  let grant: ReturnType<typeof knownGrant>;
  try {
    grant = knownGrant(text);
  } catch (error) {
    const reason = isEpmError(error) ? error.code : undefined;
    const nothing = { supportRequestId: undefined, grantId: undefined, approver: undefined, approverKey: undefined };
    trail.appendBestEffort({ ...user, ...nothing, event: 'grantRefused', reason });
    throw error;
  }
  const { known, fault } = bringGrant(approvals, grant, caller.sid, { clock, trail });
  const { id } = grant.statement;
  const listed = approvals.books.grants.list(clock.now(), (statement) => statement.id === id)[0];
  return { grant: reportOf({ ...(listed as ListedGrant), ...defined({ fault }) }), known };
}

/** @throws EpmError EPM_DATA_FOLDER */
export function listGrants(
  approvals: Approvals,
  caller: VerifiedCaller,
  { rights }: CallerRights,
  { after = 0 }: GrantsQuery,
  now: number,
): GrantsReport {
  const all = rights.includes('requests.view');
  const listed = approvals.books.grants.list(
    now,
    ({ requester }) => all || requester === undefined || requester === caller.sid,
  );
  return { grants: listed.slice(after).map(reportOf), all };
}

function reportOf({ statement, key, fault, uses, isImported }: ListedGrant): GrantReport {
  const { device } = statement;
  return {
    id: statement.id,
    requestId: statement.requestId,
    ...(device.kind === 'device' ? { device: device.id } : { deviceGroup: device.name }),
    sha256: statement.sha256,
    fileName: statement.fileName,
    arguments: statement.arguments,
    from: new Date(statement.from).toISOString(),
    until: new Date(statement.until).toISOString(),
    source: isImported ? 'import' : 'policy',
    ...defined({
      requester: statement.requester,
      uses: statement.uses,
      used: statement.uses === undefined ? undefined : uses,
      reason: statement.reason === undefined ? undefined : displayText(statement.reason),
      key: key?.name,
      approver: key?.approver,
      fault,
    }),
  };
}

function withoutCertificates({ applicationDetail, ...request }: SupportRequest): SupportRequest {
  const { publisherCert: _, certificateChain: __, ...application } = applicationDetail;
  return { ...request, applicationDetail: application };
}

function unknownRequest(id: string): EpmError {
  return new EpmError('EPM_SUPPORT_REQUEST_UNKNOWN', `There is no support request ${id} on this device.`);
}
