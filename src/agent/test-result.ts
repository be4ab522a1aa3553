import { renderTrace, type AnswerBeforeFile } from '../engine/index.ts';
import { splitPath } from '../facts/gather.ts';
import type { Decision } from '../model/decision.ts';
import { EpmError } from '../model/errors.ts';
import type { FileFacts } from '../model/file-facts.ts';
import type { ElevationRequest } from '../model/request.ts';
import type { TestResult } from './contract.ts';
import { explainBudget, explainDenial, explainNotManaged, explainNotYours } from './explain.ts';

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

/** What a permission comes to for a person who has used up what policy gives for the day. @param next when the next one begins, in local time */
export function overBudgetResult(permitted: TestResult, facts: FileFacts, next: number): TestResult {
  const { childProcesses: _, ...result } = permitted;
  const { message, hint } = explainBudget(next, facts);
  const explanation = `${message}\n${hint}\n\n${permitted.explanation}`;
  return { ...result, outcome: 'denied', reason: 'budgetUsed', requirements: [], explanation };
}

/** Of a request that is answered whatever the file is, when the file cannot be looked at. */
export function beforeFileResult(decision: AnswerBeforeFile, path: string): TestResult {
  const file = splitPath(path);
  const { message, hint } =
    decision.outcome === 'denied'
      ? explainDenial(decision.reason, file, undefined)
      : explainNotManaged(decision.reason, file);
  return {
    outcome: decision.outcome,
    reason: decision.reason,
    requirements: [],
    trace: { candidates: [], nearMisses: [], rejected: [], wouldChange: [] },
    explanation: `${message}\n${hint}`,
  };
}

/** Of a file that the requester may not read and execute: no rule was asked, and nothing about the file is told. */
export function notYourFile(path: string, early: AnswerBeforeFile | undefined): TestResult {
  if (early !== undefined) return beforeFileResult(early, path);
  const { message, hint } = explainNotYours(path);
  return {
    outcome: 'denied',
    reason: 'notYourFile',
    requirements: [],
    trace: { candidates: [], nearMisses: [], rejected: [], wouldChange: [] },
    explanation: `${message}\n${hint}`,
  };
}
