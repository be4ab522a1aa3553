/**
 * The order of precedence between two rules that both match (decisions P1, P2). It depends on the rules only, so it is
 * worked out once when policies are compiled; every step has a name that a trace can give.
 */
import { CHILD_PROCESS_BEHAVIORS, ELEVATION_TYPES, VALIDATIONS, namesOf } from '../model/rule-action.ts';
import { ATTRIBUTE_LIST } from './attributes/index.ts';
import type { Sid } from '../model/brands.ts';
import type { RuleBody } from './compile-rule.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { compareCodePoints } from '../text/compare.ts';

/** What the rule itself and its place say; the rest is worked out from it. */
type Ranked = Omit<CompiledRule, 'rank' | 'precedence' | 'basis'>;

interface Step {
  readonly id: string;
  /** Completes "It lost because the winner …". */
  readonly explanation: string;
}

/** A step on which rules fall into few groups: the smaller number, from 0 to below `groups`, comes first. */
interface GroupStep extends Step {
  readonly groups: number;
  readonly groupOf: (rule: Ranked) => number;
}

interface OrderStep extends Step {
  /** Negative when `left` wins. */
  readonly compare: (left: Ranked, right: Ranked) => number;
}

/** Titles of the types that elevate, in the order of the ladder. */
const ELEVATING = Object.values(ELEVATION_TYPES)
  .filter((type) => type !== ELEVATION_TYPES.deny)
  .sort((left, right) => left.precedence - right.precedence)
  .map(({ title }) => title);
const MOST_ATTRIBUTES = ATTRIBUTE_LIST.length;
const MOST_VALIDATIONS = namesOf(VALIDATIONS).length;

const GROUP_STEPS: readonly GroupStep[] = [
  { id: 'deny', explanation: 'is a Deny', groups: 2, groupOf: (rule) => (rule.type === 'deny' ? 0 : 1) },
  {
    id: 'scope',
    explanation: 'is assigned to the user, not to the device',
    groups: 2,
    groupOf: (rule) => (rule.user === undefined ? 1 : 0),
  },
  {
    id: 'P1.hash',
    explanation: 'names the file by its hash',
    groups: 2,
    groupOf: (rule) => (rule.conditions.fileHash === undefined ? 1 : 0),
  },
  {
    id: 'P1.attributes',
    explanation: 'sets more attributes',
    groups: MOST_ATTRIBUTES + 1,
    groupOf: (rule) => MOST_ATTRIBUTES - rule.attributeCount,
  },
  {
    id: 'type',
    explanation: `has a type that comes first (${ELEVATING.join(', ')})`,
    groups: namesOf(ELEVATION_TYPES).length,
    groupOf: (rule) => ELEVATION_TYPES[rule.type].precedence,
  },
  {
    id: 'P2.children',
    explanation: 'restricts child processes more',
    groups: namesOf(CHILD_PROCESS_BEHAVIORS).length,
    groupOf: (rule) => CHILD_PROCESS_BEHAVIORS[rule.childProcesses].precedence,
  },
  {
    id: 'P2.validations',
    explanation: 'asks for more validations',
    groups: MOST_VALIDATIONS + 1,
    groupOf: (rule) => MOST_VALIDATIONS - rule.validations.length,
  },
];

const ORDER_STEPS: readonly OrderStep[] = [
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

/** Where a rule stands. */
interface RulePlace {
  readonly policyId: string;
  /** Undefined: every user of the device. */
  readonly user: Sid | undefined;
  /** In its policy. */
  readonly position: number;
  /** Digest of the policy's content where its id alone does not tell it from others; else empty. */
  readonly contentDigest: string;
}

/** A rule that can be compared with others; its rank among them is not known yet. */
export function placeRule(body: RuleBody, name: string, place: RulePlace): CompiledRule {
  const { policyId, user, position, contentDigest } = place;
  const scope = user === undefined ? 'device' : 'user';
  const reference = Object.freeze({ policyId, scope, name, type: body.type } as const);
  const basis = { kind: 'rule', rule: reference } as const;
  // Written out, as in the body.
  const placed = {
    conditions: body.conditions,
    checks: body.checks,
    type: body.type,
    namesProgram: body.namesProgram,
    hasHash: body.hasHash,
    takesPackages: body.takesPackages,
    hours: body.hours,
    childProcesses: body.childProcesses,
    validations: body.validations,
    requireArguments: body.requireArguments,
    acceptTimestamped: body.acceptTimestamped,
    userWritableFile: body.userWritableFile,
    runInPlace: body.runInPlace,
    libraryGate: body.libraryGate,
    copyFolder: body.copyFolder,
    start: body.start,
    reducedPrivileges: body.reducedPrivileges,
    keepPrivileges: body.keepPrivileges,
    attributeCount: body.attributeCount,
    rejected: body.rejected,
    reference,
    basis,
    user,
    position,
    contentDigest,
    precedence: 0,
    rank: -1,
  };
  placed.precedence = precedenceOf(placed);
  return placed;
}

/** The group steps of a rule as one number, so that sorting thousands of rules compares numbers. */
function precedenceOf(rule: Ranked): number {
  let precedence = 0;
  for (const { groups, groupOf } of GROUP_STEPS) precedence = precedence * groups + groupOf(rule);
  return precedence;
}

/** Order for a sort: the rule that wins comes first. Only the same rule of the same policy is equal to itself. */
export function compareRules(left: CompiledRule, right: CompiledRule): number {
  if (left.precedence !== right.precedence) return left.precedence - right.precedence;
  for (const step of ORDER_STEPS) {
    const order = step.compare(left, right);
    if (order !== 0) return order;
  }
  return 0;
}

/** The step on which `loser` falls behind `winner`. */
export function decidingStep(winner: CompiledRule, loser: CompiledRule): Step | undefined {
  return (
    GROUP_STEPS.find((step) => step.groupOf(winner) !== step.groupOf(loser)) ??
    ORDER_STEPS.find((step) => step.compare(winner, loser) !== 0)
  );
}
