import { describe, expect, it } from 'vitest';
import { compile, decide } from '../../src/engine/index.ts';
import { compare, run, shrink } from '../fuzz/engine.ts';
import { randomCase } from '../fuzz/engine-case.ts';
import { Choices } from '../fuzz/random.ts';

describe('the engine and its reference', () => {
  it('agree on 10,000 random cases', () => {
    expect(run(20_261_122, 10_000)).toBeUndefined();
  });

  it('are given cases in which every outcome and every step of precedence occurs', () => {
    const outcomes = new Set<string>();
    const steps = new Set<string>();
    for (let index = 0; index < 6000; index += 1) {
      const { policies, machine, request, facts, grants } = randomCase(new Choices(index));
      const decision = decide(compile(policies, { machine }), request, facts, {
        grants,
        trace: true,
      });
      outcomes.add('reason' in decision ? `${decision.outcome} ${decision.reason}` : decision.outcome);
      for (const { lostOn } of decision.trace?.candidates ?? []) if (lostOn !== undefined) steps.add(lostOn);
    }
    // Too rare to be counted on: one id with two contents, and rules that are the same but for that.
    steps.delete('P2.content');
    expect([...outcomes].sort()).toEqual([
      'denied argumentsNotAllowed',
      'denied defaultResponse',
      'denied denyRule',
      'denied elevatedRequester',
      'denied fileRefused',
      'denied hostNeedsArguments',
      'denied userWritableFile',
      'elevate',
      'needs',
      'needsApproval',
      'notManaged administrator',
      'notManaged clientDisabled',
      'notManaged detectionOff',
      'notManaged fileRefused',
      'notManaged noPolicy',
      'notManaged noRule',
      'notManaged notAutomatic',
      'notManaged userWritableFile',
    ]);
    expect([...steps].sort()).toEqual([
      'P1.attributes',
      'P1.hash',
      'P2.children',
      'P2.name',
      'P2.policy',
      'P2.position',
      'P2.validations',
      'deny',
      'scope',
      'type',
    ]);
  });

  it('do not depend on the order in which policies arrive', () => {
    for (let index = 0; index < 2000; index += 1) {
      const { policies, machine, request, facts, grants } = randomCase(new Choices(index));
      const forward = decide(compile(policies, { machine }), request, facts, { grants });
      const backward = decide(compile(policies.toReversed(), { machine }), request, facts, {
        grants,
      });
      expect(backward).toEqual(forward);
    }
  });

  it('grant nothing more for what only the hive of a user says', () => {
    let refusals = 0;
    for (let index = 0; index < 6000; index += 1) {
      const { policies, machine, request, facts, grants } = randomCase(new Choices(index));
      const confirmed = policies.filter(({ trust }) => trust === undefined);
      if (confirmed.length === policies.length) continue;
      const without = decide(compile(confirmed, { machine }), request, facts, { grants });
      const isOff = without.outcome === 'notManaged' && ['noPolicy', 'clientDisabled'].includes(without.reason);
      if (without.outcome !== 'denied' && !isOff) continue;
      refusals += 1;
      const decision = decide(compile(policies, { machine }), request, facts, { grants });
      expect(['denied', 'notManaged'], `case ${index}`).toContain(decision.outcome);
    }
    expect(refusals).toBeGreaterThan(200);
  });

  it('are compared on cases that shrink to what a difference needs', () => {
    const large = Array.from({ length: 200 }, (_, index) => randomCase(new Choices(index)));
    const some = large.find((each) => each.policies.length === 4 && compare(each) === undefined);
    if (some === undefined) throw new Error('No such case.');
    const small = shrink(some, (candidate) => candidate.policies.some((policy) => policy.id === some.policies[2]?.id));
    expect(small.policies).toHaveLength(1);
    expect(small.grants).toHaveLength(0);
  });
});
