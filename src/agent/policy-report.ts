/** The policy in force, as its reader sees it: the settings and rules that apply to him, and every rejected rule. */
import type { Sid } from '../model/brands.ts';
import type { PolicyReport } from './contract.ts';
import { settingSources } from '../policy/setting-sources.ts';
import type { PolicyLifecycle } from './policy-lifecycle.ts';

export function policyReport(lifecycle: PolicyLifecycle, user: Sid): PolicyReport {
  const { compiled, digest, documents, since } = lifecycle.current;
  const settings = compiled.settingsFor(user);
  return {
    digest,
    since: new Date(since).toISOString(),
    settings,
    settingSources: settingSources(documents, user, settings),
    rules: compiled.rulesFor(user).map((rule) => ({
      policyId: rule.policyId,
      scope: rule.scope,
      name: rule.name,
      type: rule.type,
      ...(rule.fileName === undefined ? {} : { fileName: rule.fileName }),
      ...(rule.filePath === undefined ? {} : { filePath: rule.filePath }),
      ...(rule.fileHash === undefined ? {} : { fileHash: rule.fileHash }),
      state: rule.state,
      reasons: rule.reasons.map(({ message }) => message),
    })),
    ...(lifecycle.fault === undefined ? {} : { fault: lifecycle.fault }),
  };
}
