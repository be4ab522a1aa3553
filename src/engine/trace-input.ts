/** What a trace is made from. */
import type { NearMiss } from '../model/decision.ts';
import type { MadeDecision, DecideQuestion } from './answer.ts';
import type { CompiledPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';

export interface TraceInput extends MadeDecision, DecideQuestion {
  readonly compiled: CompiledPolicy;
}

/** A rule that misses, and by what. */
export interface Missed {
  readonly rule: CompiledRule;
  readonly near: NearMiss;
}
