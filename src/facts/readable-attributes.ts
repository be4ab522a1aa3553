/**
 * Which detection attributes the file facts of this build can answer. A rule that sets another one cannot be decided
 * from these facts: it is rejected before compiling, so that it elevates nothing, while a Deny among them still denies by
 * its other attributes (decision M8).
 */
import type { PolicyDocument } from '../model/policy.ts';
import type { RejectedRuleInput, RejectionReason, RuleInput } from '../model/rule.ts';

const UNREAD = [
  'certificate',
  'minimumVersion',
  'fileDescription',
  'productName',
  'internalName',
] as const satisfies readonly (keyof RuleInput)[];

/** Moves rules whose attributes are not read into the rejected ones, in the order of the policy. */
export function rejectUnreadAttributes(policy: PolicyDocument): PolicyDocument {
  const rules: RuleInput[] = [];
  const rejected: RejectedRuleInput[] = [...policy.rejected];
  for (const rule of policy.rules) {
    const reasons = UNREAD.filter((attribute) => rule[attribute] !== undefined).map(reasonFor);
    if (reasons.length === 0) rules.push(rule);
    else rejected.push(rejectedRule(rule, reasons));
  }
  return { ...policy, rules, rejected: rejected.map(withoutUnread) };
}

function reasonFor(attribute: (typeof UNREAD)[number]): RejectionReason {
  return {
    reason: 'attributeNotRead',
    place: `/${attribute}`,
    message: `This version does not read the attribute "${attribute}" of files, so the rule cannot be decided.`,
  };
}

function rejectedRule(rule: RuleInput, reasons: readonly RejectionReason[]): RejectedRuleInput {
  const { name, type, ...readable } = rule;
  return { name, typeText: type, readable, reasons };
}

/** A rejected Deny denies by what can be read only. */
function withoutUnread(rule: RejectedRuleInput): RejectedRuleInput {
  const readable = Object.fromEntries(
    Object.entries(rule.readable).filter(([attribute]) => !UNREAD.some((unread) => unread === attribute)),
  ) as RejectedRuleInput['readable'];
  return { ...rule, readable };
}
