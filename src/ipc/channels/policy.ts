import type { PolicyQuery, PolicyReport, PolicyRuleReport } from '../../agent/contract.ts';
import { bodySchema, POSITION } from './body-schema.ts';
import type { ChannelDeclaration } from './channel.ts';
import { head } from './shorten.ts';

/** Asks for the policy in force; the rules that one message does not hold are asked for by `after`. */
export const policy: ChannelDeclaration<PolicyQuery, never, PolicyReport> = {
  pipes: ['user', 'administration'],
  schema: bodySchema({ after: POSITION }),
  serve: (agent, { caller }, query) => agent.policy(caller, query),
  shortenResult(report, keep) {
    const [first] = report.rules;
    const kept = head(report.rules, keep);
    // Always at least one, so that whoever asks for the rest gets on; only its argument list can be that long.
    const rules = kept.length > 0 || first === undefined ? kept : [withoutArguments(first)];
    const isCut = report.truncated === true || rules.length < report.rules.length;
    return { ...report, rules, ...(isCut ? { truncated: true } : {}) };
  },
};

function withoutArguments(rule: PolicyRuleReport): PolicyRuleReport {
  const { arguments: left, ...rest } = rule;
  return left === undefined ? rule : { ...rest, truncated: true };
}
