/** A decision by which a program may run elevated, at once or after an answer. */
import type { Decision } from '../model/decision.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';

export type Permission = Extract<Decision, { outcome: 'elevate' | 'needs' }>;

export function isPermission(decision: Decision): decision is Permission {
  return decision.outcome === 'elevate' || decision.outcome === 'needs';
}

/**
 * Refuses what this version cannot carry out, before anybody is asked to confirm it.
 * @throws EpmError EPM_VALIDATION_UNSUPPORTED, EPM_TYPE_NOT_STARTED
 */
export function checkSupported(decision: Permission, facts: FileFacts): void {
  const requirements = decision.outcome === 'needs' ? decision.requirements : [];
  if (decision.identity !== 'virtualAccount' || requirements.includes('authentication')) {
    throw new EpmError(
      'EPM_VALIDATION_UNSUPPORTED',
      'The rule asks for Windows authentication, which this build cannot perform. Nothing was started.',
    );
  }
  if (facts.type !== 'exe') {
    throw new EpmError(
      'EPM_TYPE_NOT_STARTED',
      `This build decides about .${facts.type ?? 'unknown'} files but does not start them.`,
    );
  }
}
