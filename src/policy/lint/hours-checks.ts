/** When a rule matches. */
import { describeTime, type Hours, isNeverActive } from '../../engine/hours.ts';
import type { RuleInput } from '../../model/rule.ts';
import type { LintMessage } from './lint-diagnostic.ts';

/** The last place of the world at which a day ends is 12 hours behind UTC. */
const EVERYWHERE = 12 * 60 * 60_000;

/** @param hours of the rule; undefined: it always matches @param now milliseconds since 1970 */
export function checkHours(rule: RuleInput, hours: Hours | undefined, now: number): readonly LintMessage[] {
  if (hours === undefined) return [];
  const { activeFrom: _from, activeUntil: _until, activeHours: _hours, ...always } = rule;
  const named = (['activeUntil', 'activeHours', 'activeFrom'] as const).find((name) => rule[name] !== undefined);
  const place = { pointer: `/${named ?? ''}` };
  if (isNeverActive(hours)) {
    return [
      {
        code: 'hours-never',
        place,
        message: `There is no such time (${hours.text}), so the rule never matches.`,
        hint: 'Correct the times, or remove the rule.',
      },
    ];
  }
  if (hours.until !== undefined && hours.until + EVERYWHERE <= now) {
    return [
      {
        code: 'hours-over',
        place,
        message: `The rule has not matched since ${describeTime(hours.until)}.`,
        hint: 'Remove the rule, or give it another end.',
      },
    ];
  }
  if (rule.type !== 'deny') return [];
  return [
    {
      code: 'deny-hours',
      place,
      message: `At other times than ${hours.text} it denies nothing, and another rule may elevate the file.`,
      hint: 'Deny at every time, and give the rule that elevates the hours at which it may.',
      tighter: always,
    },
  ];
}
