/** What the checks of one rule are given. */
import type { Conditions } from '../../engine/attributes/index.ts';
import type { ProgramSet } from '../../engine/interpreters.ts';
import type { RuleInput } from '../../model/rule.ts';
import type { SettingsInput } from '../../model/settings.ts';
import type { LintMessage } from './lint-diagnostic.ts';

export interface CheckedRule {
  readonly rule: RuleInput;
  readonly conditions: Conditions;
  /** Those of the policy's settings included. */
  readonly interpreters: ProgramSet;
  /** Of the same policy. */
  readonly settings: SettingsInput | undefined;
}

export type RuleCheck = (checked: CheckedRule) => readonly LintMessage[];

/** Lower case; undefined: the rule has no file name, or one with another extension. */
export function extensionOf({ fileName }: Conditions): string | undefined {
  return /\.(exe|msi|ps1)$/i.exec(fileName?.text ?? '')?.[1]?.toLowerCase();
}
