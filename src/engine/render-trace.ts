/** A decision as one clear text for the user, the helpdesk and the log. */
import type { Decision } from '../model/decision.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ElevationRequest } from '../model/request.ts';

export function renderTrace(decision: Decision, facts: FileFacts, _request: ElevationRequest): string {
  const lines = [`${facts.path}: ${decision.outcome}${'reason' in decision ? ` (${decision.reason})` : ''}`];
  if (decision.basis.kind === 'rule')
    lines.push(`Rule "${decision.basis.rule.name}" of policy ${decision.basis.rule.policyId}.`);
  for (const candidate of decision.trace?.candidates ?? [])
    lines.push(`${candidate.rule.name}: ${candidate.explanation}`);
  return lines.join('\n');
}
