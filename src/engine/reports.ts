/**
 * What became of each rule, for people. It is made when somebody asks: of the thousands of rules of a policy hardly
 * anybody reads more than a few.
 */
import type { Sid } from '../model/brands.ts';
import type { PolicyDocument } from '../model/policy.ts';
import { ELEVATION_TYPES, isNameOf } from '../model/rule-action.ts';
import type { CompiledBody } from './compile-rule.ts';
import type { CompiledRuleStatus } from './compiled-rule.ts';

/** A policy with what its rules came to, and behind them its rejected ones. */
export interface CompiledDocument {
  readonly policy: PolicyDocument;
  /** Set for a user's policy. */
  readonly user: Sid | undefined;
  readonly results: readonly CompiledBody[];
}

/** How many rules are in which state. */
export type RuleCounts = Readonly<Record<CompiledRuleStatus['state'], number>>;

export function stateOf({ body, reasons }: CompiledBody): CompiledRuleStatus['state'] {
  return reasons.length === 0 && body?.rejected === false ? 'active' : 'rejected';
}

export function countStates(documents: readonly CompiledDocument[]): RuleCounts {
  const counts = { active: 0, rejected: 0 };
  for (const { results } of documents) for (const result of results) counts[stateOf(result)] += 1;
  return counts;
}

/** @param from first one, counted over all documents @param limit how many at most */
export function reportsOf(
  documents: readonly CompiledDocument[],
  from = 0,
  limit = Infinity,
): readonly CompiledRuleStatus[] {
  const reports: CompiledRuleStatus[] = [];
  let skipped = 0;
  for (const document of documents) {
    const { length } = document.results;
    for (let position = Math.max(0, from - skipped); position < length && reports.length < limit; position += 1) {
      reports.push(reportOf(document, position));
    }
    skipped += length;
  }
  return reports;
}

/** @param position among the results of the document */
export function reportOf({ policy, user, results }: CompiledDocument, position: number): CompiledRuleStatus {
  const result = results[position] as CompiledBody;
  const { name, type, written } = writtenAt(policy, position);
  return {
    policyId: policy.id,
    scope: policy.scope.kind,
    ...(user === undefined ? {} : { user }),
    name,
    type,
    written,
    state: stateOf(result),
    reasons: result.reasons,
    stillDenies: result.body?.rejected === true,
    warnings: result.warnings,
  };
}

function writtenAt(policy: PolicyDocument, position: number): Pick<CompiledRuleStatus, 'name' | 'type' | 'written'> {
  const rule = policy.rules[position];
  if (rule !== undefined) return { name: rule.name, type: rule.type, written: rule };
  const rejected = policy.rejected[position - policy.rules.length] as PolicyDocument['rejected'][number];
  const { name, typeText, readable } = rejected;
  return { name, type: isNameOf(ELEVATION_TYPES, typeText) ? typeText : 'unreadable', written: readable };
}
