/** A decision by which a program may run elevated, at once or after an answer. */
import type { Decision } from '../model/decision.ts';

export type Permission = Extract<Decision, { outcome: 'elevate' | 'needs' }>;

/** One by which it may run once support has approved it. */
export type Unapproved = Extract<Decision, { outcome: 'needsApproval' }>;

export function isPermission(decision: Decision): decision is Permission {
  return decision.outcome === 'elevate' || decision.outcome === 'needs';
}
