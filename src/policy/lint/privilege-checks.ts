/** What can be said about the privileges that a rule leaves in the token. */
import { privilegeRow } from '../../model/privileges.ts';
import type { RuleInput } from '../../model/rule.ts';
import type { SettingsInput } from '../../model/settings.ts';
import type { LintMessage } from './lint-diagnostic.ts';

/** @param settings of the same policy; another one may say something else */
export function checkPrivileges(rule: RuleInput, settings: SettingsInput | undefined): readonly LintMessage[] {
  if (rule.type === 'deny') return [];
  const found: LintMessage[] = [];
  const kept = rule.keepPrivileges ?? [];
  const isReduced = rule.reducedPrivileges ?? settings?.reducedPrivileges ?? false;
  if (kept.length > 0 && !isReduced) {
    found.push({
      code: 'kept-privileges-unused',
      place: { pointer: '/keepPrivileges' },
      message:
        rule.reducedPrivileges === false
          ? 'The rule does not reduce privileges, so that there is nothing to keep.'
          : 'This policy does not reduce privileges, so that there is nothing to keep unless another one does.',
      hint: 'Set "reducedPrivileges": true, or remove keepPrivileges.',
    });
  }
  const reaching = kept.filter((name) => privilegeRow(name).reachesOthers === true);
  if (reaching.length > 0 && isReduced) {
    const { keepPrivileges: _, ...rest } = rule;
    const others = kept.filter((name) => !reaching.includes(name));
    found.push({
      code: 'kept-privilege-reaches-others',
      place: { pointer: '/keepPrivileges' },
      message: `With ${reaching.join(' and ')} the program can take over every other one, those of the system among them.`,
      hint: `Remove ${reaching.join(' and ')} from keepPrivileges.`,
      tighter: others.length > 0 ? { ...rest, keepPrivileges: others } : rest,
    });
  }
  if (rule.reducedPrivileges === false && settings?.reducedPrivileges === true) {
    found.push({
      code: 'privileges-not-reduced',
      place: { pointer: '/reducedPrivileges' },
      message: 'The program keeps every privilege of administrators, although the policy reduces them.',
      hint: 'Name in keepPrivileges what the program needs instead.',
    });
  }
  return found;
}
