/**
 * The order of precedence between two rules that both match (decisions P1, P2). It depends on the rules only, so it is
 * worked out once when policies are compiled; every step has a name that a trace can give.
 */
import type { ChildProcessBehavior, ElevationType } from '../model/rule.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { compareCodePoints } from './text-compare.ts';

type Ranked = Omit<CompiledRule, 'rank'>;

interface Step {
  readonly id: string;
  /** Completes "It lost because the winner …". */
  readonly explanation: string;
  /** Negative when `left` wins. */
  readonly compare: (left: Ranked, right: Ranked) => number;
}

const TYPE_ORDER: Readonly<Record<ElevationType, number>> = {
  deny: 0,
  userConfirmed: 1,
  currentUser: 2,
  supportApproved: 3,
  automatic: 4,
};
const CHILD_ORDER: Readonly<Record<ChildProcessBehavior, number>> = { deny: 0, requireRule: 1, allow: 2 };

const flag = (condition: boolean): number => (condition ? 0 : 1);

export const LADDER: readonly Step[] = [
  {
    id: 'deny',
    explanation: 'is a Deny',
    compare: (left, right) => flag(left.type === 'deny') - flag(right.type === 'deny'),
  },
  {
    id: 'scope',
    explanation: 'is assigned to the user, not to the device',
    compare: (left, right) => flag(left.user !== undefined) - flag(right.user !== undefined),
  },
  {
    id: 'P1.hash',
    explanation: 'names the file by its hash',
    compare: (left, right) => flag(left.conditions.hash !== undefined) - flag(right.conditions.hash !== undefined),
  },
  {
    id: 'P1.attributes',
    explanation: 'sets more attributes',
    compare: (left, right) => right.attributeCount - left.attributeCount,
  },
  {
    id: 'type',
    explanation: 'has a type that comes first (User confirmed, Elevate as current user, Support approved, Automatic)',
    compare: (left, right) => TYPE_ORDER[left.type] - TYPE_ORDER[right.type],
  },
  {
    id: 'P2.children',
    explanation: 'restricts child processes more',
    compare: (left, right) => CHILD_ORDER[left.childProcesses] - CHILD_ORDER[right.childProcesses],
  },
  {
    id: 'P2.validations',
    explanation: 'asks for more validations',
    compare: (left, right) => right.validations.length - left.validations.length,
  },
  {
    id: 'P2.policy',
    explanation: 'stands in the policy with the smaller id',
    compare: (left, right) => compareCodePoints(left.reference.policyId, right.reference.policyId),
  },
  {
    id: 'P2.name',
    explanation: 'has the smaller name',
    compare: (left, right) => compareCodePoints(left.reference.name, right.reference.name),
  },
  {
    id: 'P2.position',
    explanation: 'stands earlier in its policy',
    compare: (left, right) => left.position - right.position,
  },
  {
    id: 'P2.content',
    explanation: 'stands in the policy whose content has the smaller digest',
    compare: (left, right) => compareCodePoints(left.contentDigest, right.contentDigest),
  },
];

/** Order for a sort: the rule that wins comes first. Only the same rule of the same policy is equal to itself. */
export function compareRules(left: Ranked, right: Ranked): number {
  for (const step of LADDER) {
    const order = step.compare(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

/** The step on which `loser` falls behind `winner`. */
export function decidingStep(winner: CompiledRule, loser: CompiledRule): Step | undefined {
  return LADDER.find((step) => step.compare(winner, loser) !== 0);
}
