/** Why a decision is what it is: who else matched and lost on what, who came near, and what would change it. */
import type { Sid } from '../model/brands.ts';
import type { Trace, TraceCandidate } from '../model/decision.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { describeFailure, failedChecks } from './match.ts';
import { decidingStep } from './ladder.ts';
import type { MatchInput } from './match-input.ts';
import { possibleChanges, unchangeable, type VerifiedChange } from './possible-changes.ts';
import type { Missed, TraceInput } from './trace-input.ts';

// A trace is for people: the nearest rules of each kind of relation, and of these the nearest.
const RELATED_RULES = 32;
const NEAR_MISSES = 10;
const REJECTED_RULES = 20;

/** The trace of a request that a person or a launch made. */
export function buildTrace(input: TraceInput): Trace {
  const { compiled, request, file, winner } = input;
  const considered = consideredFor(input);
  const changes = changesOf(input, considered).map(({ sentence }) => sentence);
  const wouldChange = [...unchangeable(input), ...changes];
  return traceOf(compiled, request.requester.sid, file, considered, winner, wouldChange);
}

/** The changes that the trace tells, each with what it changes. */
export function changesOf(input: TraceInput, considered = consideredFor(input)): readonly VerifiedChange[] {
  return possibleChanges(input, considered.matching, considered.missed);
}

function consideredFor({ judged, compiled, request, file }: TraceInput): Considered {
  return judged ? considerRules(compiled, request.requester.sid, file) : NOTHING;
}

/** The trace of a child; what a person could change about it is to write a rule for it. */
export function buildChildTrace(
  compiled: CompiledPolicy,
  user: Sid,
  file: MatchInput,
  winner: CompiledRule | undefined,
  wouldChange: readonly string[],
): Trace {
  // While the client is off there are no rules, so none is said to match.
  const considered = file.settings.clientState === 'enabled' ? considerRules(compiled, user, file) : NOTHING;
  return traceOf(compiled, user, file, considered, winner, wouldChange);
}

interface Considered {
  readonly matching: readonly CompiledRule[];
  readonly missed: readonly Missed[];
}

const NOTHING: Considered = { matching: [], missed: [] };

function considerRules(compiled: CompiledPolicy, user: Sid, file: MatchInput): Considered {
  const indexes = compiled.forUser(user).indexes;
  const matching = indexes.flatMap((index) => index.allMatching(file)).sort((left, right) => left.rank - right.rank);
  const related = indexes.flatMap((index) => [...index.related(file, RELATED_RULES)]);
  return { matching, missed: nearestMisses(related, new Set(matching), file) };
}

function traceOf(
  compiled: CompiledPolicy,
  user: Sid,
  file: MatchInput,
  { matching, missed }: Considered,
  winner: CompiledRule | undefined,
  wouldChange: readonly string[],
): Trace {
  const rejected = compiled
    .rejectedFor(user, file.name, REJECTED_RULES)
    .map(({ policyId, name, reasons, stillDenies }) => ({ policyId, name, reasons, stillDenies }));
  return {
    candidates: matching.map((rule) => candidate(rule, winner)),
    nearMisses: missed.map(({ near }) => near),
    rejected,
    wouldChange,
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
  file: MatchInput,
): Missed[] {
  const near: { readonly rule: CompiledRule; readonly failures: number }[] = [];
  for (const rule of related) {
    if (matching.has(rule)) continue;
    const failures = failuresWhenNear(rule, file);
    if (failures !== undefined) near.push({ rule, failures });
  }
  near.sort((left, right) => left.failures - right.failures || left.rule.rank - right.rule.rank);
  return near.slice(0, NEAR_MISSES).map(({ rule }) => ({
    rule,
    near: { rule: rule.reference, failed: failedChecks(rule, file).map((check) => describeFailure(check, rule, file)) },
  }));
}

/** How many checks of a rule fail; undefined when it does not come near. Asked of many rules, so it makes no list. */
function failuresWhenNear(rule: CompiledRule, file: MatchInput): number | undefined {
  let failures = 0;
  let isSameFile = false;
  for (const check of rule.checks) {
    if (!check.passes(file, rule)) failures += 1;
    else if (check.name === 'fileHash' || check.name === 'fileName') isSameFile = true;
    // Hash and name come first in the table, so no later check can bring the rule near.
    if (failures > 1 && !isSameFile) return undefined;
  }
  return failures === 1 || isSameFile ? failures : undefined;
}
