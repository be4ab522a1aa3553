/** What a policy says and this version does nothing about. */
import type { RuleInput } from '../../model/rule.ts';
import type { SettingsInput } from '../../model/settings.ts';
import { effectOf, EFFECT_WORDS, type WithEffect } from '../declaration/described.ts';
import { ATTRIBUTE_ENTRIES } from '../declaration/rule-attributes.ts';
import { SETTING_ENTRIES } from '../declaration/settings.ts';
import type { LintMessage } from './lint-diagnostic.ts';

export function checkSettingEffects(settings: SettingsInput): readonly LintMessage[] {
  return withoutEffect(SETTING_ENTRIES, settings, '/settings');
}

export function checkRuleEffects(rule: RuleInput): readonly LintMessage[] {
  return withoutEffect(ATTRIBUTE_ENTRIES, rule, '');
}

function withoutEffect<Name extends string>(
  entries: readonly (readonly [Name, WithEffect])[],
  given: { readonly [Each in Name]?: unknown },
  base: string,
): readonly LintMessage[] {
  return entries.flatMap(([name, declaration]): readonly LintMessage[] => {
    const value = given[name];
    const effect = value === undefined ? undefined : effectOf(declaration, value);
    if (effect === undefined) return [];
    const what = declaration.effect === undefined ? `"${name}" as ${JSON.stringify(value)}` : `"${name}"`;
    return [
      {
        code: 'no-effect',
        place: { pointer: `${base}/${name}` },
        message: `${what} ${EFFECT_WORDS[effect]}.`,
        hint: 'Leave it out, or keep it for a version that has it.',
      },
    ];
  });
}
