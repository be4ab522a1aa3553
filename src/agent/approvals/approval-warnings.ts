/** What the status says where approvals do not work as they should. */
import type { StatusWarning } from '../contract.ts';
import type { Approvals } from './approvals.ts';

export function approvalWarnings({
  fault,
  behind,
  unreadableGrants,
}: Pick<Approvals, 'fault' | 'behind' | 'unreadableGrants'>): readonly StatusWarning[] {
  const warnings: StatusWarning[] = [];
  if (fault !== undefined) {
    const { code, message, hint } = fault;
    warnings.push({
      code: 'approvalsUnusable',
      message: `Support cannot be asked, and no approval has an effect (${code}): ${message}`,
      hint,
      data: { errorCode: code },
    });
  }
  if (behind > 0) {
    const seconds = Math.ceil(behind / 1000);
    warnings.push({
      code: 'clockBehind',
      message: `The clock of the device is ${seconds} seconds behind a time that it has shown before, and no approval has an effect.`,
      hint: 'Set the clock right. Where the time before was wrong: stop the agent, delete clock-state.json in its data folder, and start it.',
      data: { seconds },
    });
  }
  if (unreadableGrants > 0) {
    warnings.push({
      code: 'policyGrantsUnreadable',
      message: `${unreadableGrants} of the approvals in the policy are none, or were cut off.`,
      hint: 'Deliver them again, each as the one line that `epm approve` has printed.',
      data: { grants: unreadableGrants },
    });
  }
  return warnings;
}
