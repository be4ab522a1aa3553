/** A decision by which a program may run elevated, at once or after an answer. */
import type { Decision } from '../model/decision.ts';
import { EpmError } from '../model/errors.ts';

export type Permission = Extract<Decision, { outcome: 'elevate' | 'needs' }>;

export function isPermission(decision: Decision): decision is Permission {
  return decision.outcome === 'elevate' || decision.outcome === 'needs';
}

/**
 * Refuses what this version cannot carry out, before anybody is asked to confirm it.
 * @throws EpmError EPM_VALIDATION_UNSUPPORTED
 */
export function checkSupported(decision: Permission): void {
  const requirements = decision.outcome === 'needs' ? decision.requirements : [];
  if (decision.identity !== 'virtualAccount' || requirements.includes('authentication')) {
    throw new EpmError(
      'EPM_VALIDATION_UNSUPPORTED',
      'The rule asks for Windows authentication, which this build cannot perform. Nothing was started.',
    );
  }
}
