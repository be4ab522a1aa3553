import { EpmError } from '../../model/errors.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import { LIMITS } from './limits.ts';

/**
 * Refuses a policy that no reader would take. Each input is within the limits, but several joined, or rejected rules
 * that are written as what they deny, may pass them; a device would then keep its old policy, or have none.
 * @throws EpmError EPM_POLICY_INVALID
 */
export function requireCounts({
  rules,
  certificates = [],
  approvals,
}: Pick<PortablePolicy, 'rules' | 'certificates' | 'approvals'>): void {
  for (const [what, count, limit] of [
    ['rules', rules.length, LIMITS.rules],
    ['certificates', certificates.length, LIMITS.certificates],
    ['keys of approvers', approvals?.approverKeys.length ?? 0, LIMITS.approverKeys],
    ['revocations', approvals?.revocations.length ?? 0, LIMITS.revocations],
    ['roles', approvals?.roles.length ?? 0, LIMITS.roles],
    ['receivers of notifications', approvals?.notifications.length ?? 0, LIMITS.notifications],
  ] as const) {
    if (count <= limit) continue;
    throw new EpmError('EPM_POLICY_INVALID', `The policy has ${count} ${what}; ${limit} are the limit.`, {
      hint: 'Split it into policies for different devices or users, or remove what is no longer needed.',
    });
  }
}
