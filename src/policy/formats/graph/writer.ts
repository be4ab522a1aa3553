/** A policy as Microsoft Graph takes it: `POST /deviceManagement/configurationPolicies`, one body a policy. */
import { diagnostic, type Diagnostic } from '../../../model/diagnostic.ts';
import type { EpmError } from '../../../model/errors.ts';
import type { PortablePolicy } from '../../../model/policy.ts';
import { toJson } from '../../declaration/canonical.ts';
import { NothingWritten, type PolicyWriter, type WrittenPolicy } from '../format.ts';
import type { RuleImportResult } from '../../declaration/rule-import-result.ts';
import { rewriteRejected } from '../../declaration/rejected-deny.ts';
import { UniqueNames } from '../../declaration/unique-names.ts';
import {
  PLATFORMS,
  POLICY_KINDS,
  RULES_PER_POLICY,
  RULE_GROUP_ID,
  RULE_GROUP_TEMPLATE,
  TEMPLATE_FAMILY,
  TEMPLATE_VERSION,
  type PolicyKind,
} from './definitions.ts';
import { groupInstance, type GraphJson } from './write-instance.ts';
import { writeRule, type RuleWriter } from './write-rule.ts';
import { writeSettings } from './write-settings.ts';

/**
 * Writes one policy of settings, when there are any, and one policy of rules for each 100 rules: a single object, or a
 * list when there are several. Policies are named after the document's id. Certificates are written into their rules,
 * because reusable settings get their ids from Graph.
 * @param options `allowLooser`: write what would elevate more, or deny less, at Microsoft's client than here; otherwise
 *   such a rule is left out, and settings without which every rule would elevate more refuse the policy.
 * @returns UTF-8 without byte order mark. `rules` has every rule that was changed or left out.
 * @throws EpmError EPM_POLICY_INVALID when nothing of the policy can be written, or a setting would be lost that
 *   everything else needs
 */
export const writeGraph: PolicyWriter = (given, { allowLooser = false } = {}) => {
  const { document, rules: rewritten } = rewriteRejected(given);
  const { writers, reports } = writeRules(document, allowLooser);
  const problems: Diagnostic[] = [];
  const policies: GraphJson[] = [];
  const parts = chunks(writers, RULES_PER_POLICY);
  const settings = document.settings === undefined ? undefined : writeSettings(document.settings, allowLooser);
  problems.push(...(settings?.problems ?? []));
  const isSplit = parts.length + (settings?.instance === undefined ? 0 : 1) > 1;
  if (settings?.instance !== undefined) {
    policies.push(policyJson('settings', isSplit ? `${document.id} (settings)` : document.id, settings.instance));
  }
  parts.forEach((part, index) => {
    const number = parts.length === 1 ? 'rules' : `rules ${index + 1} of ${parts.length}`;
    const groups = part.map((write, position) => write(position === 0));
    const instance = groupInstance(RULE_GROUP_ID, RULE_GROUP_TEMPLATE, groups);
    policies.push(policyJson('rules', isSplit ? `${document.id} (${number})` : document.id, instance));
  });
  if (parts.length > 1) {
    const message = `Intune takes ${RULES_PER_POLICY} rules a policy; the rules are split into ${parts.length} policies.`;
    problems.push(diagnostic('split', message, { pointer: '/rules' }));
  }
  if (document.approvals !== undefined) {
    const message = 'Graph has no keys of approvers, revocations, roles and notifications; they are not written.';
    problems.push(diagnostic('approvalsNotCarried', message));
  }
  const rules = [...rewritten, ...reports];
  if (policies.length === 0) throw nothingToWrite(rules, problems);
  return written(policies, rules, problems);
};

function written(
  policies: readonly GraphJson[],
  rules: readonly RuleImportResult[],
  problems: readonly Diagnostic[],
): WrittenPolicy {
  const [only, second] = policies;
  return { bytes: Buffer.from(`${toJson(second === undefined ? only : policies, 2)}\n`), rules, problems };
}

function writeRules(
  document: PortablePolicy,
  allowLooser: boolean,
): {
  readonly writers: readonly RuleWriter[];
  readonly reports: readonly RuleImportResult[];
} {
  const writers: RuleWriter[] = [];
  const reports: RuleImportResult[] = [];
  const names = new UniqueNames();
  const certificates = new Map(
    (document.certificates ?? [])
      .filter(({ der }) => der !== undefined)
      .map((certificate) => [certificate.sha256.toLowerCase(), certificate]),
  );
  document.rules.forEach((rule, index) => {
    const pointer = `/rules/${index}`;
    const place = { pointer };
    const { write, reasons } = writeRule(rule, pointer, certificates, allowLooser);
    if (write === undefined) {
      reports.push({ name: rule.name, outcome: 'rejected', place, reasons });
      return;
    }
    const name = names.take(rule.name);
    if (name === rule.name) {
      writers.push(write);
      if (reasons.length > 0) reports.push({ name, outcome: 'importedWithWarnings', place, reasons });
      return;
    }
    writers.push(writeRule({ ...rule, name }, pointer, certificates, allowLooser).write ?? write);
    const message = `Another rule is called "${rule.name}"; this one becomes "${name}".`;
    const renamed = diagnostic('renamed', message, { pointer: `${pointer}/name` });
    reports.push({ name, outcome: 'importedWithWarnings', place, reasons: [renamed, ...reasons] });
  });
  return { writers, reports };
}

function policyJson(kind: PolicyKind, name: string, settingInstance: GraphJson): GraphJson {
  const { templateId, templateDisplayName, technologies } = POLICY_KINDS[kind];
  return {
    '@odata.type': '#microsoft.graph.deviceManagementConfigurationPolicy',
    name,
    description: '',
    platforms: PLATFORMS,
    technologies,
    roleScopeTagIds: ['0'],
    settingCount: 1,
    templateReference: {
      templateId,
      templateFamily: TEMPLATE_FAMILY,
      templateDisplayName,
      templateDisplayVersion: TEMPLATE_VERSION,
    },
    settings: [
      {
        '@odata.type': '#microsoft.graph.deviceManagementConfigurationSetting',
        id: '0',
        settingInstance,
      },
    ],
  };
}

function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function nothingToWrite(rules: readonly RuleImportResult[], problems: readonly Diagnostic[]): EpmError {
  const [reason] = [...rules.flatMap((rule) => rule.reasons), ...problems];
  const why = reason === undefined ? 'It has no rules and no settings.' : `No rules are left. ${reason.message}`;
  const hint = 'Give a policy with rules or settings that Intune has.';
  return new NothingWritten(`Nothing of the policy can be written for Graph. ${why}`, hint, { rules, problems });
}
