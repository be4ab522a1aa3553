/** One configuration policy of Graph JSON: rules, settings, or both (decisions I1, I2, I8). */
import { foldCase } from '../../../text/compare.ts';
import { defined } from '../../../model/defined.ts';
import { diagnostic, pointerPlace } from '../../../model/diagnostic.ts';
import { EpmError } from '../../../model/errors.ts';
import type { PolicyCertificate } from '../../../model/policy.ts';
import type { RejectedRuleInput, RuleInput } from '../../../model/rule.ts';
import { LIMITS } from '../../declaration/limits.ts';
import type { PolicyFile } from '../json/policy-file.ts';
import type { RuleImportResult } from '../../declaration/rule-import-result.ts';
import { isName } from '../../declaration/schema.ts';
import { UniqueNames } from '../../declaration/unique-names.ts';
import {
  POLICY_KINDS,
  RULES_PER_POLICY,
  RULE_GROUP_ID,
  SYSTEM_SETTING_GROUP_ID,
  type PolicyKind,
} from './definitions.ts';
import { reportAssignments } from './assignments.ts';
import { addInstance, readText, type Instance } from './instances.ts';
import {
  elementsOf,
  Diagnostics,
  openObject,
  reportCollisions,
  shownText,
  type GraphObject,
  type Located,
} from './json-view.ts';
import { readRule } from './read-rule.ts';
import { isClientSetting, readSettings } from './read-settings.ts';
import type { ReusableCertificates } from './reusable-settings.ts';

/** Diagnostics kept for one policy, outside of its rules. */
const DIAGNOSTICS_KEPT = 256;

const RULE_GROUP = foldCase(RULE_GROUP_ID);
const SYSTEM_SETTING_GROUP = foldCase(SYSTEM_SETTING_GROUP_ID);
const SYSTEM_SETTING_NAME = foldCase(`${SYSTEM_SETTING_GROUP_ID}_name`);

/**
 * Reads a policy.
 * @param policy An object with settings, or a list of settings as `/configurationPolicies/{id}/settings` gives it.
 * @throws EpmError EPM_POLICY_INVALID with the place, when nothing of the policy can be imported
 */
export function readGraphPolicy(policy: Located, certificates: ReusableCertificates): PolicyFile {
  const diagnostics = new Diagnostics('warning', DIAGNOSTICS_KEPT);
  const object = openObject(policy);
  if (object !== undefined) refuseCollisions(object);
  const { groups, clientSettings } = sortEntries(settingEntries(policy, object), diagnostics);

  const settings = readSettings(clientSettings, diagnostics);
  const used = new Map<string, PolicyCertificate>();
  const rules = readGroups(groups, certificates, used);
  if (groups.length === 0 && clientSettings.length === 0) {
    throw policyError(policy, 'The policy has no elevation rules and no elevation settings.');
  }
  const supported = rules.report.length - rules.unsupported;
  if (supported > RULES_PER_POLICY) {
    const message = `The policy has ${supported} rules; Intune takes ${RULES_PER_POLICY}.`;
    diagnostics.add('tooManyRules', policy, message);
  }
  const kinds: PolicyKind[] = [];
  if (clientSettings.length > 0) kinds.push('settings');
  if (groups.length > 0) kinds.push('rules');
  if (object !== undefined) checkTemplate(object, kinds, diagnostics);
  if (object !== undefined) reportAssignments(object, diagnostics);
  const id = object === undefined ? undefined : idOf(object);
  return {
    ...defined({ id, settings }),
    rules: rules.rules,
    rejected: rules.rejected,
    ...(used.size === 0 ? {} : { certificates: [...used.values()] }),
    report: rules.report,
    problems: diagnostics.found,
  };
}

function settingEntries(policy: Located, object: GraphObject | undefined): readonly Located[] {
  const lists = object === undefined ? [policy] : [object.one('settings'), object.one('settingsDetails')];
  const given = lists.filter((list) => list !== undefined);
  const [list, second] = given;
  if (list === undefined) {
    throw policyError(policy, 'The policy has no settings.', 'Export it with $expand=settings.');
  }
  if (second !== undefined) throw policyError(policy, 'The policy has "settings" and "settingsDetails".');
  const entries = elementsOf(list);
  if (entries === undefined) throw policyError(list, 'The settings of the policy must be a list.');
  if (entries.length === 0) throw policyError(list, 'The policy has no settings.');
  return entries;
}

/** Sorts the entries into groups of rules and client settings; others are reported. */
function sortEntries(
  entries: readonly Located[],
  diagnostics: Diagnostics,
): { readonly groups: readonly Instance[]; readonly clientSettings: readonly Instance[] } {
  const instances: Instance[] = [];
  // Outside of a rule, what is no object or collides makes the policy unreadable.
  const faults = new Diagnostics('error', 1);
  for (const entry of entries) {
    const object = openObject(entry);
    if (object === undefined) throw policyError(entry, 'A setting must be an object.');
    refuseCollisions(object);
    addInstance(object.one('settingInstance') ?? entry, faults, instances);
  }
  const [fault] = faults.found;
  if (fault !== undefined) throw invalid(fault.place?.pointer ?? '', fault.place?.line ?? 1, fault.message);
  const groups: Instance[] = [];
  const clientSettings: Instance[] = [];
  for (const instance of instances) {
    const [id] = instance.ids;
    if (id === RULE_GROUP || id === SYSTEM_SETTING_GROUP) groups.push(instance);
    else if (isClientSetting(instance)) clientSettings.push(instance);
    else {
      const message = `"${shownText(instance.id)}" is not a setting of elevation management; it is ignored.`;
      diagnostics.add('unknownSetting', instance.object, message);
    }
  }
  return { groups, clientSettings };
}

interface ReadGroups {
  readonly rules: readonly RuleInput[];
  readonly rejected: readonly RejectedRuleInput[];
  readonly report: readonly RuleImportResult[];
  /** Rules of a kind that this project does not have. */
  readonly unsupported: number;
}

function readGroups(
  groups: readonly Instance[],
  reusable: ReusableCertificates,
  used: Map<string, PolicyCertificate>,
): ReadGroups {
  const rules: RuleInput[] = [];
  const rejected: RejectedRuleInput[] = [];
  const report: RuleImportResult[] = [];
  const names = new UniqueNames();
  const source = {
    reusable,
    use: (certificate: PolicyCertificate) => {
      if (!used.has(certificate.sha256)) used.set(certificate.sha256, certificate);
    },
  };
  let unsupported = 0;
  for (const group of groups) {
    const entries = groupEntries(group);
    if (report.length + entries.length > LIMITS.rules) {
      throw policyError(group.object, `The policy has more than ${LIMITS.rules} rules.`);
    }
    for (const entry of entries) {
      const position = report.length + 1;
      if (group.ids[0] === SYSTEM_SETTING_GROUP) {
        const result = notSupported(entry, position);
        rejected.push(result.rejected);
        report.push(result.report);
        unsupported += 1;
        continue;
      }
      const result = readRule(entry, position, source);
      if ('rejected' in result) {
        rejected.push(result.rejected);
        report.push(result.report);
        continue;
      }
      const name = names.take(result.rule.name);
      rules.push(name === result.rule.name ? result.rule : { ...result.rule, name });
      report.push(name === result.rule.name ? result.report : renamed(result.report, name));
    }
  }
  return { rules, rejected, report, unsupported };
}

/** Entries of a group collection, or of a single group. */
function groupEntries({ object }: Instance): readonly Located[] {
  const collection = object.one('groupSettingCollectionValue');
  const single = object.one('groupSettingValue');
  const entries = collection === undefined ? single && [single] : elementsOf(collection);
  if (entries === undefined || (collection !== undefined && single !== undefined)) {
    throw policyError(object, 'The rules must be a list in "groupSettingCollectionValue".');
  }
  if (entries.length === 0) throw policyError(collection ?? object, 'The policy has no rules.');
  return entries;
}

function renamed(report: RuleImportResult, name: string): RuleImportResult {
  const message = `Another rule is called "${shownText(report.name)}"; this one becomes "${shownText(name)}".`;
  const reason = diagnostic('renamed', message, report.place);
  return { ...report, name, outcome: 'importedWithWarnings', reasons: [reason, ...report.reasons] };
}

/** A rule about a Windows setting: reported by its name (decision I2). */
function notSupported(
  entry: Located,
  position: number,
): { readonly rejected: RejectedRuleInput; readonly report: RuleImportResult } {
  const message = 'Rules about Windows settings are not supported; the rule is left out.';
  const name = systemSettingName(entry) ?? `rule ${position}`;
  const reason = diagnostic('notSupported', message);
  const place = pointerPlace(entry.pointer, entry.node.line);
  return {
    rejected: { name, typeText: '', readable: {}, reasons: [reason] },
    report: { name, outcome: 'rejected', place, reasons: [{ ...reason, place }] },
  };
}

function systemSettingName(entry: Located): string | undefined {
  const children = openObject(entry)?.one('children');
  for (const child of (children && elementsOf(children)) ?? []) {
    const found: Instance[] = [];
    const unused = new Diagnostics('error', 1);
    addInstance(child, unused, found);
    const instance = found.find(({ ids }) => ids[0] === SYSTEM_SETTING_NAME);
    const name = instance && readText(instance, unused)?.value;
    if (name !== undefined && isName(name)) return name;
  }
  return undefined;
}

/** A template id says what the policy was made as; what it holds is what counts. */
function checkTemplate(object: GraphObject, kinds: readonly PolicyKind[], diagnostics: Diagnostics): void {
  const template = object.one('templateReference');
  const id = template && openObject(template)?.text('templateId');
  if (template === undefined || id === undefined || id === '') return;
  const fits = kinds.length === 1 && kinds.some((kind) => foldCase(POLICY_KINDS[kind].templateId) === foldCase(id));
  if (fits) return;
  const message = `Template "${shownText(id)}" does not fit what the policy holds.`;
  diagnostics.add('templateDiffers', template, message);
}

/** The id that Graph gave the policy, else its name. */
function idOf(object: GraphObject): string | undefined {
  return [object.text('id'), object.text('name')].find(
    (id) => id !== undefined && id.length <= LIMITS.policyId && isName(id),
  );
}

function refuseCollisions(object: GraphObject): void {
  const faults = new Diagnostics('error', 1);
  reportCollisions(object, faults);
  const [fault] = faults.found;
  if (fault !== undefined) throw invalid(fault.place?.pointer ?? '', fault.place?.line ?? 1, fault.message);
}

function policyError(at: Located, message: string, hint?: string): EpmError {
  return invalid(at.pointer, at.node.line, message, hint);
}

/** `data` has the pointer and line, so that a list of policies can go on without this one. */
function invalid(pointer: string, line: number, message: string, hint = 'Export the policy again.'): EpmError {
  const where = pointer === '' ? '' : `${pointer}: `;
  return new EpmError('EPM_POLICY_INVALID', `The Graph policy is not valid at line ${line}: ${where}${message}`, {
    hint: `${hint} Nothing of it was imported.`,
    data: { line, pointer },
  });
}
