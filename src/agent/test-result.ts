import { renderTrace } from '../engine/index.ts';
import type { Decision } from '../model/decision.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ElevationRequest } from '../model/request.ts';
import type { TestResult } from './contract.ts';
import { explainNotYours } from './explain.ts';

/**
 * What is told about a decision that nothing was started for; the same from the agent and from a policy file.
 * @param decision made with its trace
 */
export function testResult(decision: Decision, facts: FileFacts, request: ElevationRequest): TestResult {
  if (decision.trace === undefined) throw new EpmError('EPM_INTERNAL', 'The decision came without its trace.');
  return {
    outcome: decision.outcome,
    ...('reason' in decision ? { reason: decision.reason } : {}),
    requirements: 'requirements' in decision ? decision.requirements : [],
    ...(decision.basis.kind === 'rule' ? { rule: decision.basis.rule } : {}),
    ...('childProcesses' in decision ? { childProcesses: decision.childProcesses } : {}),
    file: facts,
    trace: decision.trace,
    explanation: renderTrace(decision, facts, request),
  };
}

/** Of a file that the requester may not read and execute: no rule was asked, and nothing about the file is told. */
export function notYourFile(path: string): TestResult {
  const { message, hint } = explainNotYours(path);
  return {
    outcome: 'denied',
    reason: 'notYourFile',
    requirements: [],
    trace: { candidates: [], nearMisses: [], rejected: [], wouldChange: [] },
    explanation: `${message}\n${hint}`,
  };
}
