/** Decides again in a world that differs in one thing, so that nobody is told a change that would change nothing. */
import type { FileFacts } from '../model/file-facts.ts';
import type { ElevationRequest, Grant } from '../model/request.ts';
import type { RuleInput } from '../model/rule.ts';
import type { EffectiveSettings, SettingsInput } from '../model/settings.ts';
import { answer, type MadeDecision, findWinner } from './answer.ts';
import type { CompiledPolicy, UserPolicy } from './compile.ts';
import type { CompiledRule } from './compiled-rule.ts';
import { compareRules } from './ladder.ts';
import { matches } from './match.ts';
import type { MatchInput } from './match-input.ts';
import type { TraceInput } from './trace-input.ts';

/** What is different. */
export interface Change {
  readonly request?: ElevationRequest;
  readonly facts?: FileFacts;
  readonly grants?: readonly Grant[];
  /** Values in force. */
  readonly settings?: SettingsInput;
  readonly without?: CompiledRule;
  /** In one more policy of the device. */
  readonly added?: RuleInput;
  readonly edited?: { readonly rule: CompiledRule; readonly by: Partial<RuleInput> };
}

/** @returns undefined when the change cannot be made: the rule would be rejected */
export function answerWith(input: TraceInput, change: Change): MadeDecision | undefined {
  const { compiled, request: asked, facts, grants } = input;
  const request = change.request ?? asked;
  const policy = compiled.forUser(request.requester.sid);
  const find = finder(compiled, policy, change);
  if (find === undefined) return undefined;
  const question = { request, facts: change.facts ?? facts, grants: change.grants ?? grants };
  return answer({ ...policy, settings: withSettings(policy.settings, change.settings) }, question, find);
}

function withSettings(settings: EffectiveSettings, change: SettingsInput | undefined): EffectiveSettings {
  if (change === undefined) return settings;
  const { enabled, ...values } = change;
  return { ...settings, ...values, ...(enabled === true ? { clientState: 'enabled' } : {}) };
}

type Finder = (file: MatchInput) => CompiledRule | undefined;

function finder(compiled: CompiledPolicy, policy: UserPolicy, change: Change): Finder | undefined {
  const gone = change.without ?? change.edited?.rule;
  const wanted = change.added !== undefined || change.edited !== undefined;
  const other =
    change.added !== undefined
      ? compiled.added(change.added)
      : change.edited && compiled.edited(change.edited.rule, change.edited.by);
  if (wanted && other === undefined) return undefined;
  return (file) => {
    const own =
      gone === undefined
        ? findWinner(policy, file)
        : policy.indexes
            .flatMap((index) => index.allMatching(file))
            .filter((rule) => rule !== gone)
            .sort(compareRules)[0];
    if (other === undefined || !matches(other, file)) return own;
    return own === undefined || compareRules(other, own) < 0 ? other : own;
  };
}
