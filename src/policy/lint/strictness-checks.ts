/** What makes a rule look stricter than it is. */
import { ELEVATION_TYPES } from '../../model/rule-action.ts';
import type { CheckedRule } from './checked-rule.ts';
import type { LintMessage } from './lint-diagnostic.ts';

/** Validations that nobody is asked for. */
export function checkValidations({ rule }: CheckedRule): readonly LintMessage[] {
  const given = rule.validations ?? [];
  const place = { pointer: '/validations' };
  if (rule.type === 'automatic' && given.length > 0) {
    return [
      {
        code: 'automatic-validation',
        place,
        message: 'The rule elevates at each start and asks for nothing; the validations have no effect.',
        hint: 'Use userConfirmed, which asks for them, or remove validations.',
      },
    ];
  }
  // A justification is part of every request for support.
  if (rule.type !== 'supportApproved' || !given.includes('authentication')) return [];
  return [
    {
      code: 'support-validation',
      place,
      message: `${ELEVATION_TYPES.supportApproved.title} rules ask for a justification and an approval only; who is signed in is not checked again.`,
      hint: 'Remove authentication, or use userConfirmed with it.',
    },
  ];
}

/** Arguments that are required without saying which. */
export function checkRequiredArguments({ rule }: CheckedRule): readonly LintMessage[] {
  if (rule.type === 'deny' || rule.requireArguments !== true) return [];
  if (rule.arguments?.every((entry) => entry.trim() === '') === true) {
    return [
      {
        code: 'never-matches',
        place: { pointer: '/arguments' },
        message: 'The rule requires arguments and lists none, so that it matches no call.',
        hint: 'List the command lines you allow, or remove requireArguments.',
      },
    ];
  }
  if (rule.arguments !== undefined) return [];
  return [
    {
      code: 'arguments-open',
      place: { pointer: '/requireArguments' },
      message: 'Any arguments at all are enough: a standard user adds whatever the program takes.',
      hint: 'List the command lines you allow in arguments, or remove requireArguments.',
    },
  ];
}

/** What a Deny leaves out. */
export function checkDenyReach({ rule, conditions }: CheckedRule): readonly LintMessage[] {
  if (rule.type !== 'deny') return [];
  const found: LintMessage[] = [];
  if (conditions.minimumVersion !== undefined) {
    found.push({
      code: 'deny-from-version',
      place: { pointer: '/minimumVersion' },
      message: `Versions below ${rule.minimumVersion ?? ''} are not denied, and a standard user can bring one.`,
      hint: 'Remove minimumVersion from the Deny; to allow new versions only, set it on the rule that elevates.',
    });
  }
  if (conditions.fileHash !== undefined) {
    found.push({
      code: 'deny-one-file',
      place: { pointer: '/fileHash' },
      message: 'Every other version of the program is not denied, and neither is a copy with one changed byte.',
      hint: 'Deny by certificate and product name; keep the hash for a file that has neither.',
    });
  }
  if (conditions.arguments !== undefined) {
    found.push({
      code: 'deny-arguments',
      place: { pointer: '/arguments' },
      message: 'Only these very command lines are denied: one more blank argument, or none at all, passes.',
      hint: 'Remove arguments from the Deny; to allow certain command lines, list them in the rule that elevates.',
    });
  }
  return found;
}
