/**
 * What a decision says would change it, tried: the change is made to the policies, the file or the request themselves, and
 * everything is compiled and decided anew. `EPM_FUZZ_INPUTS` makes the run longer, `EPM_FUZZ_SEED` another.
 */
import { describe, expect, it } from 'vitest';
import { answer, findWinner } from '../../src/engine/answer.ts';
import type { Change } from '../../src/engine/change.ts';
import { compile, type CompiledPolicy, decide } from '../../src/engine/index.ts';
import { changesOf } from '../../src/engine/trace.ts';
import { defined } from '../../src/model/defined.ts';
import type { Decision } from '../../src/model/decision.ts';
import type { PolicyDocument } from '../../src/model/policy.ts';
import type { RuleInput } from '../../src/model/rule.ts';
import { canonicalJson } from '../../src/text/canonical-json.ts';
import { patient } from '../../tooling/patience.mjs';
import { type EngineCase, randomCase } from './engine-case.ts';
import { Choices } from './random.ts';

const CASES = Number(process.env['EPM_FUZZ_INPUTS'] ?? 4000);
const SEED = Number(process.env['EPM_FUZZ_SEED'] ?? 1);

function compiled({ policies, machine, longPath }: EngineCase): CompiledPolicy {
  return compile(policies, { machine, ...defined({ longPath }) });
}

/** The case in which the change was made. */
function changed(testCase: EngineCase, policy: CompiledPolicy, change: Change): EngineCase {
  let { policies } = testCase;
  const { settings } = change;
  if (settings !== undefined) {
    // To enable, one more policy is enough; any other value is to be the only one.
    if (settings.enabled === undefined) {
      policies = policies.map((one) =>
        one.settings === undefined ? one : { ...one, settings: { ...one.settings, ...settings } },
      );
    }
    policies = [...policies, { ...NEW, settings }];
  }
  if (change.added !== undefined) policies = [...policies, { ...NEW, rules: [change.added] }];
  const old = change.without ?? change.edited?.rule;
  if (old !== undefined) policies = replaced(policies, old.reference.policyId, policy.writtenOf(old), change);
  return {
    ...testCase,
    policies,
    request: change.request ?? testCase.request,
    facts: change.facts ?? testCase.facts,
    grants: change.grants ?? testCase.grants,
  };
}

const NEW = { id: '\u{10ffff}', scope: { kind: 'device' }, rules: [], rejected: [] } as const;

/** The same policy may have been delivered twice. */
function replaced(
  policies: readonly PolicyDocument[],
  id: string,
  rule: RuleInput | undefined,
  { without, edited }: Change,
): readonly PolicyDocument[] {
  if (rule === undefined) {
    const position = without?.position ?? 0;
    return policies.map((one) =>
      one.id === id && one.rejected[position - one.rules.length] !== undefined
        ? { ...one, rejected: one.rejected.toSpliced(position - one.rules.length, 1) }
        : one,
    );
  }
  const home = policies.find((one) => one.rules.includes(rule));
  const content = (one: PolicyDocument | undefined): string =>
    canonicalJson({ ...one, trust: undefined, rejected: one?.rejected.map(({ reasons: _, ...rest }) => rest) });
  const at = home?.rules.indexOf(rule) ?? -1;
  return policies.map((one) => {
    if (content(one) !== content(home)) return one;
    const rules = edited === undefined ? one.rules.toSpliced(at, 1) : one.rules.with(at, { ...rule, ...edited.by });
    return { ...one, rules };
  });
}

describe('what would change a decision', () => {
  it('changes it, to the outcome that is told', { timeout: patient(1_800_000) }, () => {
    const told = new Map<string, number>();
    for (let number = 0; number < CASES; number += 1) {
      const testCase = randomCase(new Choices(SEED * 1_000_000 + number));
      const { request, facts, grants } = testCase;
      const policy = compiled(testCase);
      const forUser = policy.forUser(request.requester.sid);
      const made = answer(forUser, testCase, (file) => findWinner(forUser, file));
      for (const { sentence, change, outcome } of changesOf({ compiled: policy, request, facts, grants, ...made })) {
        const other = changed(testCase, policy, change);
        const found: Decision = decide(compiled(other), other.request, other.facts, { grants: other.grants });
        if (found.outcome !== outcome || outcome === made.decision.outcome) {
          expect({ number, sentence, found: found.outcome }).toEqual({ number, sentence, found: outcome });
        }
        const kind = Object.keys(change).join();
        told.set(kind, (told.get(kind) ?? 0) + 1);
      }
    }
    // Every kind of change is among them, so that none of them is held only by luck.
    expect([...told.keys()].sort()).toEqual(['added', 'edited', 'facts', 'grants', 'request', 'settings', 'without']);
  });
});
