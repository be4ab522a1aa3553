/** Why a decision is what it is: who else matched, who came near, and what would change it. */
import type { Decision, Trace } from '../model/decision.ts';
import type { ElevationRequest } from '../model/request.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { decidingStep } from './ladder.ts';
import type { Prepared } from './prepared.ts';

export function buildTrace(
  compiled: CompiledPolicy,
  request: ElevationRequest,
  file: Prepared,
  _decision: Decision,
  _ladder: boolean,
  winner: CompiledRule | undefined,
): Trace {
  const matching = compiled.indexesFor(request.requester.sid).flatMap((index) => index.allMatching(file));
  return {
    candidates: matching
      .sort((left, right) => left.rank - right.rank)
      .map((rule) => {
        const step = winner === undefined || rule === winner ? undefined : decidingStep(winner, rule);
        return {
          rule: rule.reference,
          ...(step === undefined ? {} : { lostOn: step.id }),
          explanation: step === undefined ? 'It wins.' : `It lost because the winner ${step.explanation}.`,
        };
      }),
    nearMisses: [],
    rejected: [],
    wouldChange: [],
  };
}
