/** Why a decision is what it is: who else matched and lost on what, who came near, and what would change it. */
import type { Trace, TraceCandidate } from '../model/decision.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { describeFailure, failedNames } from './failures.ts';
import { decidingStep } from './ladder.ts';
import type { Prepared } from './prepared.ts';
import { possibleChanges } from './possible-changes.ts';
import type { Missed, TraceInput } from './trace-input.ts';

// A trace is for people: the nearest rules of each kind of relation, and of these the nearest.
const RELATED_RULES = 32;
const NEAR_MISSES = 10;
const REJECTED_RULES = 20;

export function buildTrace(input: TraceInput): Trace {
  const { compiled, request, file, winner, judged } = input;
  const rejected = compiled
    .rejectedFor(request.requester.sid, file.name, REJECTED_RULES)
    .map(({ policyId, name, reasons, stillDenies }) => ({ policyId, name, reasons, stillDenies }));
  if (!judged) return { candidates: [], nearMisses: [], rejected, wouldChange: possibleChanges(input, [], []) };
  const indexes = compiled.indexesFor(request.requester.sid);
  const matching = indexes.flatMap((index) => index.allMatching(file)).sort((left, right) => left.rank - right.rank);
  const related = indexes.flatMap((index) => [...index.related(file, RELATED_RULES)]);
  const missed = nearestMisses(related, new Set(matching), file);
  return {
    candidates: matching.map((rule) => candidate(rule, winner)),
    nearMisses: missed.map(({ near }) => near),
    rejected,
    wouldChange: possibleChanges(input, matching, missed),
  };
}

function candidate(rule: CompiledRule, winner: CompiledRule | undefined): TraceCandidate {
  const step = winner === undefined || rule === winner ? undefined : decidingStep(winner, rule);
  if (step === undefined) return { rule: rule.reference, explanation: 'It wins.' };
  return { rule: rule.reference, lostOn: step.id, explanation: `It lost because the winner ${step.explanation}.` };
}

/** Rules that fail on one attribute only, or whose hash or name is that of the file; those with fewest failures first. */
function nearestMisses(
  related: readonly CompiledRule[],
  matching: ReadonlySet<CompiledRule>,
  file: Prepared,
): Missed[] {
  const near: { readonly rule: CompiledRule; readonly failed: ReturnType<typeof failedNames> }[] = [];
  for (const rule of related) {
    if (matching.has(rule)) continue;
    const failed = failedNames(rule, file);
    const sameFile = rule.conditions.hash !== undefined && !failed.includes('fileHash');
    const sameName = rule.conditions.name !== undefined && !failed.includes('fileName');
    if (failed.length === 1 || sameFile || sameName) near.push({ rule, failed });
  }
  near.sort((left, right) => left.failed.length - right.failed.length || left.rule.rank - right.rule.rank);
  return near.slice(0, NEAR_MISSES).map(({ rule, failed }) => ({
    rule,
    near: { rule: rule.reference, failed: failed.map((name) => describeFailure(name, rule, file)) },
  }));
}
