import type { Sid } from './brands.ts';
import type { RejectedRuleInput, RejectionReason, RuleInput } from './rule.ts';
import type { SettingsInput } from './settings.ts';

/** To whom a policy is assigned. */
export type PolicyScope = { readonly kind: 'device' } | { readonly kind: 'user'; readonly sid: Sid };

/** One policy as delivered: settings, rules, or both. */
export interface PolicyDocument {
  readonly id: string;
  readonly scope: PolicyScope;
  readonly settings?: SettingsInput;
  readonly rules: readonly RuleInput[];
  readonly rejected: readonly RejectedRuleInput[];
  /** What else could not be taken, for example a setting that counts as not configured; absent: nothing. */
  readonly problems?: readonly RejectionReason[];
}
