/** A request to support as the device has it, for people at the device. */
import type { SupportRequest } from '../../model/support-request.ts';
import { fields } from './text.ts';

/** What became of it, in a few lines. */
export function describeDeviceRequest(request: SupportRequest): string {
  return fields([
    ['Request', request.id],
    ['State', request.status],
    ['Program', request.applicationDetail.filePath],
    ['Arguments', request.arguments.length === 0 ? undefined : request.arguments.join(' ')],
    ['Asked by', request.requestedByUserPrincipalName ?? request.requestedByUserId],
    ['Asked', `${request.requestCreatedDateTime}, ${request.timesAsked} times`],
    ['Why', request.requestJustification],
    ['Expires', request.status === 'pending' ? request.requestExpiryDateTime : undefined],
    ['Answered by', request.reviewCompletedByUserPrincipalName ?? request.reviewCompletedByUserId],
    ['Support says', request.reviewerJustification],
    ['Approved until', request.approvalExpiryDateTime],
  ]);
}
