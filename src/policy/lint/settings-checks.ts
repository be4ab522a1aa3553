/** What can be said about the settings of a policy. */
import type { PolicyFile } from '../formats/json/policy-file.ts';
import { checkSettingEffects } from './effect-checks.ts';
import type { LintMessage } from './lint-diagnostic.ts';
import { defined } from '../../model/defined.ts';
import type { RuleInput } from '../../model/rule.ts';
import { SETTING_ROWS, type SettingsInput } from '../../model/settings.ts';

export function checkSettings({ settings, rules, problems, digest }: PolicyFile): readonly LintMessage[] {
  const found: LintMessage[] = problems.map((problem) =>
    problem.code === 'digestDiffers'
      ? {
          code: 'digest-differs',
          ...defined({ place: problem.place }),
          message: problem.message,
          hint: 'Write the policy again with `epm policy convert`, or delete the value PolicyDigest.',
        }
      : {
          code: 'rule-rejected',
          severity: 'warning',
          ...defined({ place: problem.place }),
          message: problem.message,
          hint: 'Correct or remove it; it has no effect.',
        },
  );
  if (digest === 'absent' && (settings !== undefined || rules.length > 0)) {
    found.push({
      code: 'digest-missing',
      message: 'The policy carries no digest, as one that was written by hand.',
      hint: 'Write it with `epm policy convert` or `epm policy apply`.',
    });
  }
  if (settings === undefined) {
    if (rules.length === 0) return found;
    return [
      ...found,
      {
        code: 'nothing-enabled',
        place: { pointer: '/settings' },
        message: 'This policy has no settings; its rules work only where another policy enables EPM.',
        hint: 'Set "enabled": true here, or assign a policy that does to the same devices.',
      },
    ];
  }
  found.push(...checkSettingEffects(settings));
  if (settings.enabled === false) {
    found.push({
      code: 'disabled',
      place: { pointer: '/settings/enabled' },
      message: 'Unless another policy enables EPM, nothing is elevated and its data is removed after seven days.',
      hint: 'Set "enabled": true when EPM is to work.',
    });
    found.push(...checkIgnored(settings, rules));
  }
  const confirms = settings.defaultElevationResponse === 'requireUserConfirmation';
  if (confirms) {
    found.push({
      code: 'default-response-confirmation',
      place: { pointer: '/settings/defaultElevationResponse' },
      message: 'A standard user can elevate almost any file by confirming it, also one that they have written.',
      hint: 'Use denyAll or requireSupportApproval.',
    });
  } else if ((settings.defaultValidations?.length ?? 0) > 0) {
    found.push({
      code: 'validation-unused',
      place: { pointer: '/settings/defaultValidations' },
      message: 'The default response asks nobody for a confirmation, so the validations have no effect.',
      hint: 'Remove defaultValidations.',
    });
  }
  if (settings.acceptTimestamped === false) {
    found.push({
      code: 'timestamp-refused',
      place: { pointer: '/settings/acceptTimestamped' },
      message: 'No rule by certificate takes a file whose certificate has expired, even where a timestamp is older.',
      hint: 'Remove acceptTimestamped, or set it on the rules that need it.',
    });
  }
  if (settings.revocationUnknown === 'accept') {
    found.push({
      code: 'revocation-ignored',
      place: { pointer: '/settings/revocationUnknown' },
      message: 'A standard user can unplug the network and elevate a program whose certificate was revoked.',
      hint: 'Leave it out: automatic rules then refuse, and others note it.',
    });
  }
  if (settings.accountScope === 'user') {
    found.push({
      code: 'account-shared',
      place: { pointer: '/settings/accountScope' },
      message: 'All elevated programs of a person share an account, so that each can change what the others read.',
      hint: 'Leave it out: then each rule has an account of its own.',
    });
  }
  if (settings.denyReachesChildren === false) {
    found.push({
      code: 'deny-without-children',
      place: { pointer: '/settings/denyReachesChildren' },
      message: 'A standard user can start a denied program with administrator rights from one that may start anything.',
      hint: 'Leave it out: a Deny then also ends child processes.',
    });
  }
  return found;
}

/** What a policy restricts although it says that there is nothing to restrict. */
function checkIgnored(settings: SettingsInput, rules: readonly RuleInput[]): readonly LintMessage[] {
  const found: LintMessage[] = [];
  const ignored = SETTING_ROWS.map(([name]) => name).filter(
    (name) => name !== 'enabled' && settings[name] !== undefined,
  );
  const [first] = ignored;
  if (first !== undefined) {
    found.push({
      code: 'disabled-restriction',
      place: { pointer: `/settings/${first}` },
      message: `${ignored.join(', ')}: ignored, because the policy disables EPM, also where another policy enables it.`,
      hint: 'Say it in the policy that enables EPM, or set "enabled": true here.',
    });
  }
  const denials = rules.filter(({ type }) => type === 'deny').map(({ name }) => `"${name}"`);
  if (denials.length > 0) {
    found.push({
      code: 'disabled-restriction',
      place: { pointer: '/settings/enabled' },
      message: `Unless another policy enables EPM, ${denials.slice(0, 3).join(', ')}${denials.length > 3 ? ' and others deny' : denials.length > 1 ? ' deny' : ' denies'} nothing.`,
      hint: 'Set "enabled": true, so that what the rules deny is denied.',
    });
  }
  return found;
}
