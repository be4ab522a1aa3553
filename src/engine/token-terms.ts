/** What policy says of the token of a program that is permitted: its privileges and its account (decisions N1, N2). */
import type { Decision } from '../model/decision.ts';
import type { EffectiveSettings } from '../model/settings.ts';
import type { CompiledRule } from './compiled-rule.ts';

export function withTokenTerms(
  decision: Decision,
  winner: CompiledRule | undefined,
  settings: EffectiveSettings,
): Decision {
  if (decision.outcome !== 'elevate' && decision.outcome !== 'needs') return decision;
  const isReduced = winner?.reducedPrivileges ?? settings.reducedPrivileges;
  const { accountScope } = settings;
  if (!isReduced && accountScope === 'userAndRule') return decision;
  return {
    ...decision,
    ...(isReduced ? { reducedPrivileges: { keep: winner?.keepPrivileges ?? [] } } : {}),
    ...(accountScope === 'userAndRule' ? {} : { accountScope }),
  };
}
