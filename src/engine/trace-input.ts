/** What a trace is made from. */
import type { Decision, NearMiss, RuleReference } from '../model/decision.ts';
import type { ElevationRequest, Grant } from '../model/request.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { MatchInput } from './match-input.ts';

export interface TraceInput {
  readonly compiled: CompiledPolicy;
  readonly request: ElevationRequest;
  readonly file: MatchInput;
  readonly decision: Decision;
  readonly grant: Grant | undefined;
  /** False: the request was answered before any rule was looked at. */
  readonly judged: boolean;
  readonly winner: CompiledRule | undefined;
}

/** A rule that misses, and by what. */
export interface Missed {
  readonly rule: CompiledRule;
  readonly near: NearMiss;
}

/** `the rule "x" of policy p`. */
export function nameOf(reference: RuleReference): string {
  return `the rule "${reference.name}" of policy "${reference.policyId}"`;
}
