/** A grant as the device knows it. */
import type { GrantReport } from '../../agent/contract.ts';
import { GRANT_FAULTS } from '../../model/grant-faults.ts';
import { fields } from './text.ts';

export function describeDeviceGrant(grant: GrantReport): string {
  const { uses, used, fault, approver, key } = grant;
  return fields([
    ['Grant', grant.id],
    ['Effect', fault === undefined ? 'counts' : `none: ${GRANT_FAULTS[fault].meaning}`],
    ['For file', grant.fileName],
    ['With arguments', grant.arguments.length === 0 ? undefined : grant.arguments.join(' ')],
    ['For', grant.requester ?? 'any user of the device'],
    ['From', grant.from],
    ['Until', grant.until],
    ['Starts', uses === undefined ? undefined : `${used ?? 0} of ${uses} used`],
    ['Approved by', key === undefined ? undefined : `${approver ?? ''} (key ${key})`],
    ['Support says', grant.reason],
    ['Request', grant.requestId],
    ['Came by', grant.source],
  ]);
}
