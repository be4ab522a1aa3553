/** The policy in force, as its reader sees it: the settings and rules that apply to the reader, and every rejected rule. */
import type { Sid } from '../model/brands.ts';
import type { PolicyQuery, PolicyReport } from './contract.ts';
import { settingSources } from '../policy/authoring/setting-sources.ts';
import type { PolicyLifecycle } from './policy-lifecycle.ts';

/** Rules of one answer: about what a message holds, so that few are written and then left out. */
export const RULES_PER_ANSWER = 200;

export function policyReport(
  lifecycle: PolicyLifecycle,
  user: Sid,
  { after = 0 }: PolicyQuery = {},
  limit: number = Infinity,
): PolicyReport {
  const { compiled, digest, documents, since, withheld } = lifecycle.current;
  const fault = lifecycle.faultFor(user);
  const lastRead = lifecycle.lastReadFor(user);
  const settings = compiled.forUser(user).settings;
  const rules = compiled.rulesFor(user, after, limit);
  const counts = compiled.countFor(user);
  return {
    digest,
    since: new Date(since).toISOString(),
    ...(lastRead === undefined ? {} : { lastRead: new Date(lastRead).toISOString() }),
    settings,
    settingSources: settingSources(withheld.has(user) ? [] : documents, user, settings),
    rules: rules.map(({ written, policyId, scope, name, type, state, reasons, warnings }) => ({
      ...written,
      policyId,
      scope,
      name,
      type,
      state,
      reasons: [...reasons, ...warnings],
    })),
    ...(counts.active + counts.rejected > after + limit ? { truncated: true as const } : {}),
    ...(fault === undefined
      ? {}
      : {
          fault: fault.report,
          faultSince: new Date(fault.since).toISOString(),
          faultAge: Math.floor(fault.age / 1000),
        }),
  };
}
