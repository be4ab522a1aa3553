/**
 * A policy from and to the key tree of POLICY_KEY: settings are values of the key itself, rules and certificates one
 * subkey each with one value per entry.
 */
import { foldCase } from '../../text/compare.ts';
import { defined } from '../../model/defined.ts';
import { diagnostic, type Diagnostic } from '../../model/diagnostic.ts';
import { EpmError } from '../../model/errors.ts';
import type {
  PortableScope,
  PolicyApprovals,
  PolicyCertificate,
  PolicyDocument,
  PolicyGrant,
  PolicyScope,
  PortablePolicy,
} from '../../model/policy.ts';
import type { RejectedRuleInput, RuleInput } from '../../model/rule.ts';
import type { SettingsInput } from '../../model/settings.ts';
import {
  APPROVAL_LISTS,
  approvalEntries,
  type ApprovalEntries,
  type ApprovalList,
  approvalsOf,
  parseStored,
  readApprovals,
  storedText,
} from '../declaration/approvals.ts';
import { storedRule, toJson } from '../declaration/canonical.ts';
import { certificateEntries, readCertificateList, type CertificateList } from '../declaration/certificate-text.ts';
import { LIMITS } from '../declaration/limits.ts';
import { LISTS, POLICY_DIGEST, POLICY_ID, type ListName } from '../declaration/lists.ts';
import { POLICY_KEY } from '../declaration/names.ts';
import { withDigest } from '../declaration/policy-digest.ts';
import { SETTING_ENTRIES } from '../declaration/settings.ts';
import { requireCounts } from '../declaration/counts.ts';
import { pointerNames } from '../../text/json-pointer.ts';
import { sameRegistryName, type RegistrySnapshot, type RegistryValue } from './registry-snapshot.ts';
import { readPlainRule } from '../declaration/plain-rule.ts';
import { readRuleText, type Certificates, type RuleResult } from '../declaration/rule-reader.ts';
import { settingsFromRegistry, settingsToRegistry } from '../declaration/settings-codec.ts';
import { checkValue } from '../declaration/validation.ts';

/** What a policy without an identifier of its own is called. */
export function defaultPolicyId(scope: PortableScope): string {
  return scope.kind;
}

/**
 * Reads the policy of one scope.
 * @param snapshot The key POLICY_KEY of that scope. A key that does not exist is no policy, and not asked for here.
 * @param memory What values read before came to; the same value comes to the same rule.
 * @returns Everything that can be read. A broken rule is in `rejected`, anything else broken in `problems`, each with
 *   its place below the key.
 * @throws EpmError EPM_POLICY_INVALID when the key has another shape than a policy has: a list that is no list, or
 *   more entries than the limit. Reading on would lose rules without a word.
 */
export function readPolicy(snapshot: RegistrySnapshot, scope: PolicyScope, memory?: RuleMemory): PolicyDocument {
  const { id, settings, rules, rejected, certificates, grants, ...read } = readPolicyTree(snapshot, memory);
  const { approvals, problems: elsewhere } = approvalsOf(scope, read.approvals);
  const problems = [...read.problems, ...elsewhere.map(inRegistry)];
  return {
    id: id ?? defaultPolicyId(scope),
    scope,
    ...defined({ settings }),
    rules,
    rejected,
    ...(certificates.length === 0 ? {} : { certificates }),
    ...defined({ approvals }),
    ...(grants.length === 0 ? {} : { grants }),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** What a key tree says, whoever it is for. */
interface PolicyTree {
  readonly id: string | undefined;
  readonly settings: SettingsInput | undefined;
  readonly rules: readonly RuleInput[];
  readonly rejected: readonly RejectedRuleInput[];
  /** What became of each value of the list of rules, in its order. */
  readonly results: readonly RuleResult[];
  readonly certificates: readonly PolicyCertificate[];
  /** Whether it counts is for its scope to say. */
  readonly approvals: PolicyApprovals | undefined;
  readonly grants: readonly PolicyGrant[];
  readonly problems: readonly Diagnostic[];
}

/** {@link readPolicy} without a scope. @throws the same */
export function readPolicyTree(snapshot: RegistrySnapshot, memory?: RuleMemory): PolicyTree {
  const problems: Diagnostic[] = [];
  const lists = { rules: listOf(snapshot, 'rules'), certificates: listOf(snapshot, 'certificates') };
  const grants = listOf(snapshot, 'grants').flatMap((value) =>
    value.type === 'REG_SZ' ? [{ id: value.name, text: value.data }] : [],
  );
  problems.push(...unknownMembers(snapshot));

  const { settings, problems: settingProblems } = settingsFromRegistry(snapshot.values);
  problems.push(...settingProblems);

  const { digests, certificates } = readCertificates(lists.certificates, problems);
  const results = lists.rules.map((value) => readRuleValue(value, digests, memory));
  const rules: RuleInput[] = [];
  const rejected: RejectedRuleInput[] = [];
  for (const result of results) {
    if ('rule' in result) rules.push(result.rule);
    else rejected.push(result.rejected);
  }
  const { approvals, problems: unread } = readApprovals(storedApprovals(snapshot));
  problems.push(...unread.map(inRegistry));
  return {
    id: readId(snapshot, problems),
    settings,
    rules,
    rejected,
    results,
    certificates,
    approvals,
    grants,
    problems,
  };
}

/**
 * The key tree that reads back as this policy, with its digest; none at all for an empty policy, which a device reads as
 * no policy. It has no `Grants`: signed approvals are not part of a policy document.
 * @throws EpmError EPM_POLICY_RULE_REJECTED when the document holds a rejected rule, which has no stored form;
 *   EPM_POLICY_INVALID when two rules have one name, a rule is longer than a value may be, or a reader would find too
 *   many rules or certificates.
 */
export function writePolicy(document: PortablePolicy): RegistrySnapshot {
  const [rejected] = document.rejected;
  if (rejected !== undefined) {
    throw new EpmError('EPM_POLICY_RULE_REJECTED', `Rule "${rejected.name}" is rejected and cannot be stored.`, {
      hint: 'Correct or remove the rule first.',
    });
  }
  requireCounts(document);
  const seen = new Set<string>();
  const rules = document.rules.map((rule): RegistryValue => {
    const folded = foldCase(rule.name);
    if (seen.has(folded)) {
      throw invalid(`Two rules are called "${rule.name}".`, 'Give each rule a name of its own; case does not count.');
    }
    seen.add(folded);
    return { name: rule.name, type: 'REG_SZ', data: ruleText(rule) };
  });
  const content = {
    values: [
      ...(document.id === defaultPolicyId(document.scope)
        ? []
        : [{ name: POLICY_ID.valueName, type: 'REG_SZ' as const, data: document.id }]),
      ...settingsToRegistry(document.settings ?? {}),
    ],
    subkeys: [
      { name: LISTS.rules.subkey, key: { values: rules, subkeys: [] } },
      { name: LISTS.certificates.subkey, key: { values: certificateValues(document), subkeys: [] } },
      ...APPROVAL_LISTS.map((list) => ({
        name: LISTS[list].subkey,
        key: { values: approvalValues(document, list), subkeys: [] },
      })),
    ].filter(({ key }) => key.values.length > 0),
  };
  return content.values.length + content.subkeys.length === 0 ? content : withDigest(content);
}

/** Names and values of the lists about approvals, as a policy file has them. */
function storedApprovals(snapshot: RegistrySnapshot): ApprovalEntries {
  const entries = (list: ApprovalList): ApprovalEntries[ApprovalList] =>
    listOf(snapshot, list).map(
      (value) => [value.name, parseStored(list, value.type === 'REG_SZ' ? value.data : undefined)] as const,
    );
  return {
    approverKeys: entries('approverKeys'),
    revocations: entries('revocations'),
    roles: entries('roles'),
    notifications: entries('notifications'),
  };
}

/** A place in the lists about approvals, as the registry names it. */
export function inRegistry(found: Diagnostic): Diagnostic {
  const [list = '', name] = pointerNames(found.place?.pointer ?? '');
  const subkey = APPROVAL_LISTS.find((each) => each === list);
  if (subkey === undefined) return found;
  const value = name === undefined ? '' : `\\${name.slice(0, LIMITS.ruleName)}`;
  return { ...found, place: { registry: `${LISTS[subkey].subkey}${value}` } };
}

function approvalValues({ approvals }: PortablePolicy, list: ApprovalList): readonly RegistryValue[] {
  return approvalEntries(approvals, list).map(([name, value]) => ({
    name,
    type: 'REG_SZ',
    data: storedText(list, value, (each) => toJson(each, 0)),
  }));
}

function certificateValues(document: PortablePolicy): readonly RegistryValue[] {
  return certificateEntries(document.certificates).map(([name, data]) => ({ name, type: 'REG_SZ', data }));
}

function ruleText(rule: RuleInput): string {
  const text = storedRule(rule);
  if (text.length > LIMITS.ruleText) {
    throw invalid(
      `Rule "${rule.name}" has ${text.length} characters; ${LIMITS.ruleText} are the limit.`,
      'Shorten its argument list or split it into two rules.',
    );
  }
  return text;
}

/** Values of a list's subkey. */
function listOf(snapshot: RegistrySnapshot, list: ListName): readonly RegistryValue[] {
  const { subkey, maxItems } = LISTS[list];
  const place = `${POLICY_KEY}\\${subkey}`;
  if (snapshot.values.some((value) => sameRegistryName(value.name, subkey))) {
    throw invalid(`${place} is a value and must be a key with one value per entry.`, 'Deliver the list with EPM.admx.');
  }
  const key = snapshot.subkeys.find((candidate) => sameRegistryName(candidate.name, subkey))?.key;
  if (key === undefined) return [];
  if (key.subkeys.length > 0) {
    throw invalid(`${place} has keys in it and must have only values.`, 'Deliver the list with EPM.admx.');
  }
  if (key.values.length > maxItems) {
    throw invalid(`${place} has ${key.values.length} entries; ${maxItems} are the limit.`, 'Remove entries.');
  }
  return key.values;
}

/** Names of the key that mean nothing here: a spelling mistake, or a newer version's setting. */
function unknownMembers(snapshot: RegistrySnapshot): readonly Diagnostic[] {
  const known = [
    POLICY_DIGEST.valueName,
    POLICY_ID.valueName,
    ...SETTING_ENTRIES.map(([, setting]) => setting.valueName),
  ];
  const keys = Object.values(LISTS).map((list) => list.subkey);
  const unknownNames = [
    ...snapshot.values
      .map((value) => value.name)
      .filter((name) => !known.some((other) => sameRegistryName(name, other))),
    ...snapshot.subkeys.map((key) => key.name).filter((name) => !keys.some((other) => sameRegistryName(name, other))),
  ];
  const message = 'This is not known here and has no effect.';
  return unknownNames.map((name) => diagnostic('unknownMember', message, { registry: name.slice(0, LIMITS.ruleName) }));
}

/** Several texts are lines of one, as editors store what was pasted with line breaks. */
function textOf({ data }: RegistryValue): string | undefined {
  if (typeof data === 'string') return data;
  return Array.isArray(data) ? data.join('\n') : undefined;
}

/** Rules that depend on nothing but their value, as most do. */
export type RuleMemory = WeakMap<RegistryValue, RuleInput>;

function readRuleValue(value: RegistryValue, certificates: Certificates, memory: RuleMemory | undefined): RuleResult {
  const plain = memory?.get(value) ?? (value.type === 'REG_SZ' ? readPlainRule(value.name, value.data) : undefined);
  if (plain !== undefined) {
    memory?.set(value, plain);
    return { rule: plain };
  }
  const text = textOf(value);
  const result = readRuleText(value.name, text ?? '', certificates);
  if (value.type === 'REG_SZ') return result;
  // Text of another type is still read, so that a deny rule denies by what it says.
  const reason = diagnostic('wrongType', `The value must be of type REG_SZ, not ${value.type}.`);
  if ('rejected' in result) {
    const reasons = text !== undefined ? [reason, ...result.rejected.reasons] : [reason];
    return { rejected: { ...result.rejected, reasons } };
  }
  const { name, type, ...readable } = result.rule;
  return { rejected: { name, typeText: type, readable, reasons: [reason] } };
}

function readCertificates(values: readonly RegistryValue[], problems: Diagnostic[]): CertificateList {
  const list = readCertificateList(
    values.map((value) => [value.name, value.type === 'REG_SZ' ? value.data : undefined] as const),
  );
  for (const [name, problem] of list.problems) {
    problems.push({
      ...problem,
      place: { registry: `${LISTS.certificates.subkey}\\${name.slice(0, LIMITS.ruleName)}` },
    });
  }
  return list;
}

function readId(snapshot: RegistrySnapshot, problems: Diagnostic[]): string | undefined {
  const value = snapshot.values.find((candidate) => sameRegistryName(candidate.name, POLICY_ID.valueName));
  if (value === undefined) return undefined;
  if (value.type === 'REG_SZ' && checkValue('frame', { version: 1, id: value.data }).length === 0) return value.data;
  const message = `The identifier must be 1 to ${POLICY_ID.maxLength} characters of plain text (REG_SZ); it is left out.`;
  problems.push(diagnostic('badCharacters', message, { registry: POLICY_ID.valueName }));
  return undefined;
}

function invalid(message: string, hint: string): EpmError {
  return new EpmError('EPM_POLICY_INVALID', message, { hint });
}
