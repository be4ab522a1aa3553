/** Words for what the engine says. */
import type { Outcome, RuleReference } from '../model/decision.ts';
import { assertNever } from '../model/errors.ts';
import { isNameOf } from '../model/rule-action.ts';
import { ATTRIBUTES } from './attributes/index.ts';

/** `the rule "x" of policy p`. */
export function nameOf(reference: RuleReference): string {
  return `the rule "${reference.name}" of policy "${reference.policyId}"`;
}

/** An attribute, or what else keeps a rule from matching, in a sentence. */
export function attributeInWords(attribute: string): string {
  if (attribute === 'externalFiles') return 'the payload';
  if (attribute === 'hours') return 'the time';
  return isNameOf(ATTRIBUTES, attribute) ? ATTRIBUTES[attribute].words.inSentence : attribute;
}

export function outcomeInWords(outcome: Outcome): string {
  switch (outcome) {
    case 'elevate':
      return 'the file is elevated';
    case 'needs':
      return 'the requester is asked first';
    case 'needsApproval':
      return 'a support approval is needed';
    case 'denied':
      return 'the elevation is denied';
    case 'notManaged':
      return 'EPM does nothing';
    default:
      return assertNever(outcome);
  }
}
