/**
 * The policy file: JSON in which comments are tolerated.
 *
 *   { "version": 1, "id": "…", "settings": { … }, "certificates": { "name": "sha256 or base64" }, "approverKeys": { … },
 *     "revocations": { … }, "roles": { … }, "notifications": { … }, "rules": [ { … } ] }
 *
 * A rule that cannot be taken is rejected and the others stay; a file that is not JSON, or whose frame is wrong, is
 * refused as a whole.
 */
import { foldCase } from '../../../text/compare.ts';
import { defined } from '../../../model/defined.ts';
import { diagnostic, inside, placeText, pointerPlace, type Diagnostic } from '../../../model/diagnostic.ts';
import { EpmError } from '../../../model/errors.ts';
import type {
  PortableScope,
  PolicyApprovals,
  PolicyCertificate,
  PolicyDocument,
  PolicyScope,
  PortablePolicy,
} from '../../../model/policy.ts';
import type { RejectedRuleInput, RuleInput } from '../../../model/rule.ts';
import type { SettingsInput } from '../../../model/settings.ts';
import {
  APPROVAL_LISTS,
  approvalEntries,
  type ApprovalEntries,
  type ApprovalList,
  approvalsOf,
  readApprovals,
} from '../../declaration/approvals.ts';
import { orderedRule, orderedSettings, toJson } from '../../declaration/canonical.ts';
import { certificateEntries, readCertificateList, type CertificateList } from '../../declaration/certificate-text.ts';
import { requireCounts } from '../../declaration/counts.ts';
import { LIMITS } from '../../declaration/limits.ts';
import type { DigestState } from '../../declaration/policy-digest.ts';
import { POLICY_FILE_VERSION } from '../../declaration/names.ts';
import { nodeAt, pointerStep } from '../../../text/json-pointer.ts';
import { hasDuplicates, membersOf, parseJson, valueOf, type JsonNode } from '../../../text/json-text.ts';
import { defaultPolicyId } from '../../registry/registry-policy.ts';
import { stillDenies } from '../../declaration/rejected-deny.ts';
import { readRuleNode, type Certificates } from '../../declaration/rule-reader.ts';
import { settingsFromJson } from '../../declaration/settings-codec.ts';
import type { RuleImportResult } from '../../declaration/rule-import-result.ts';
import { UniqueNames } from '../../declaration/unique-names.ts';
import { checkValue } from '../../declaration/validation.ts';

export interface PolicyFile {
  readonly id?: string;
  /** Absent where the format does not say, as in a file, which is assigned by whoever delivers it. */
  readonly scope?: PortableScope;
  readonly settings?: SettingsInput;
  readonly rules: readonly RuleInput[];
  readonly rejected: readonly RejectedRuleInput[];
  readonly certificates?: readonly PolicyCertificate[];
  readonly approvals?: PolicyApprovals;
  /** One entry per rule, in the order of the file. */
  readonly report: readonly RuleImportResult[];
  /** What was left out outside of rules. */
  readonly problems: readonly Diagnostic[];
  /** Whether the policy's own digest fits; absent where the format carries none. */
  readonly digest?: DigestState;
  /**
   * Line, from 1, of what a JSON pointer leads to, or of the last thing on the way that is there. Absent where the format
   * has no lines.
   */
  readonly lineAt?: (pointer: string) => number;
}

/**
 * Reads a policy file.
 * @param text Its text; a byte order mark is ignored.
 * @throws EpmError EPM_POLICY_INVALID when it is too long, is not JSON, or its frame is wrong.
 */
export function parsePolicyFile(text: string): PolicyFile {
  const root = parseFrame(text.startsWith('\ufeff') ? text.slice(1) : text);
  const members = membersOf(root) ?? new Map<string, readonly JsonNode[]>();
  const problems: Diagnostic[] = [];
  const only = (name: string): JsonNode | undefined => members.get(name)?.[0];

  for (const [name, [node]] of members) {
    if (!['$schema', 'version', 'id', 'settings', 'certificates', ...APPROVAL_LISTS, 'rules'].includes(name)) {
      const message = `"${name.slice(0, 64)}" is not known here and has no effect.`;
      problems.push(diagnostic('unknownMember', message, { pointer: pointerStep(name), line: (node ?? root).line }));
    }
  }

  const { digests, certificates } = readCertificates(only('certificates'), problems);
  const settings = readSettings(only('settings'), problems);
  const { rules, rejected, report } = readRules(only('rules'), digests);
  const { approvals, problems: unread } = readApprovals(approvalNodes(only));
  problems.push(...unread.map((found) => ({ ...found, place: placeOf(found, root) })));
  const id = only('id');
  return {
    ...(id?.type === 'String' ? { id: id.value } : {}),
    ...defined({ settings }),
    rules,
    rejected,
    ...(certificates.length === 0 ? {} : { certificates }),
    ...defined({ approvals }),
    report,
    problems,
    lineAt: (pointer) => nodeAt(root, pointer).line,
  };
}

/** What a file says, as a policy of a scope. */
export function policyFor<Scope extends PortableScope>(
  file: PolicyFile,
  scope: Scope,
): Omit<PortablePolicy, 'scope'> & { readonly scope: Scope } {
  return {
    id: file.id ?? defaultPolicyId(scope),
    scope,
    ...defined({ settings: file.settings }),
    rules: file.rules,
    rejected: file.rejected,
    ...defined({ certificates: file.certificates, approvals: approvalsOf(scope, file.approvals).approvals }),
  };
}

/**
 * The documents a file stands for: one, for the scope it is assigned to. Rejected rules go with it, since a rejected
 * deny rule still denies.
 */
export function toPolicyDocuments(file: PolicyFile, scope: PolicyScope): readonly PolicyDocument[] {
  const problems = [...file.problems, ...approvalsOf(scope, file.approvals).problems];
  return [
    {
      ...policyFor(file, scope),
      ...(problems.length === 0 ? {} : { problems: problems.map(withoutLine) }),
    },
  ];
}

/** A line says nothing about a policy, whose digest must not change with it. */
function withoutLine({ place, ...rest }: Diagnostic): Diagnostic {
  if (place === undefined) return rest;
  const { line: _, ...whole } = place;
  return { ...rest, place: whole };
}

/**
 * The canonical text of a policy: declared order, two blanks a level, one line feed at the end.
 * @throws EpmError EPM_POLICY_RULE_REJECTED when the document holds a rejected rule, which has no canonical form;
 *   EPM_POLICY_INVALID when no reader would take so many rules or certificates.
 */
export function writePolicyFile(document: PortablePolicy): string {
  const [rejected] = document.rejected;
  if (rejected !== undefined) {
    throw new EpmError('EPM_POLICY_RULE_REJECTED', `Rule "${rejected.name}" is rejected and cannot be written.`, {
      hint: 'Correct or remove the rule first.',
    });
  }
  requireCounts(document);
  const certificates = certificateEntries(document.certificates);
  const file = {
    version: POLICY_FILE_VERSION,
    ...(document.id === defaultPolicyId(document.scope) ? {} : { id: document.id }),
    ...(document.settings === undefined ? {} : { settings: orderedSettings(document.settings) }),
    ...(certificates.length === 0 ? {} : { certificates: Object.fromEntries(certificates) }),
    ...writtenApprovals(document.approvals),
    rules: document.rules.map((rule) => orderedRule(rule, true)),
  };
  return `${toJson(file, 2)}\n`;
}

function parseFrame(text: string): JsonNode {
  if (text.length > LIMITS.policyFile) {
    throw new EpmError('EPM_POLICY_INVALID', `The policy file has more than ${LIMITS.policyFile} characters.`);
  }
  const parsed = parseJson(text, { comments: true, maxDepth: LIMITS.policyFileDepth });
  if ('fault' in parsed) {
    const { message, place } = parsed.fault;
    const { line, column } = place;
    throw new EpmError(
      'EPM_POLICY_INVALID',
      `The policy file is not valid at line ${line}, column ${column}: ${message}`,
      {
        hint: 'Correct the file at the place given.',
        data: { line, column },
      },
    );
  }
  const { root } = parsed;
  const members = membersOf(root);
  if (members === undefined) throw frameError('', 'This must be a JSON object.', root);
  const frame = Object.create(null) as Record<string, unknown>;
  for (const [name, [node, second]] of members) {
    if (second !== undefined) throw frameError(pointerStep(name), 'This is given twice.', second);
    if (node !== undefined) frame[name] = frameValue(name, node);
  }
  const [found] = checkValue('frame', frame);
  if (found !== undefined) {
    const { place, message } = found.diagnostic;
    throw frameError(placeText(place), message, members.get(found.member ?? '')?.[0] ?? root);
  }
  for (const name of ['settings', 'certificates', ...APPROVAL_LISTS]) {
    const node = members.get(name)?.[0];
    if (node !== undefined && (hasDuplicates(node) || hasDuplicatesWithoutCase(name, node))) {
      throw frameError(pointerStep(name), 'A name is given twice.', node);
    }
  }
  return root;
}

/** Names of entries are names of registry values elsewhere, where case does not count. */
function hasDuplicatesWithoutCase(member: string, node: JsonNode): boolean {
  if (member === 'settings') return false;
  const names = [...(membersOf(node)?.keys() ?? [])].map(foldCase);
  return new Set(names).size !== names.length;
}

/** Rules are judged one by one later; the frame only asks how many there are. */
function frameValue(name: string, node: JsonNode): unknown {
  if (name === 'rules' && node.type === 'Array') return node.elements.map(() => null);
  return valueOf(node);
}

function frameError(pointer: string, message: string, node: JsonNode): EpmError {
  const line = node.line;
  const where = pointer === '' ? '' : `${pointer}: `;
  return new EpmError('EPM_POLICY_INVALID', `The policy file is not valid at line ${line}: ${where}${message}`, {
    hint: 'Correct the file at the place given.',
    data: { line, pointer },
  });
}

function readSettings(node: JsonNode | undefined, problems: Diagnostic[]): SettingsInput | undefined {
  if (node === undefined) return undefined;
  const { settings, problems: found } = settingsFromJson(valueOf(node) as Record<string, unknown>);
  for (const problem of found) problems.push(locate(problem, '/settings', node));
  return settings;
}

function readCertificates(node: JsonNode | undefined, problems: Diagnostic[]): CertificateList {
  const nodes = (node && membersOf(node)) ?? new Map<string, readonly JsonNode[]>();
  const entries = [...nodes].map(
    ([name, [value]]) => [name, value?.type === 'String' ? value.value : undefined] as const,
  );
  const list = readCertificateList(entries);
  for (const [name, problem] of list.problems) {
    const [value] = nodes.get(name) ?? [];
    const pointer = `/certificates${pointerStep(name)}`;
    problems.push({ ...problem, place: pointerPlace(pointer, value && value.line) });
  }
  return list;
}

function approvalNodes(only: (name: string) => JsonNode | undefined): ApprovalEntries {
  const entries = (list: ApprovalList): ApprovalEntries[ApprovalList] => {
    const node = only(list);
    const members = (node && membersOf(node)) ?? new Map<string, readonly JsonNode[]>();
    return [...members].map(([name, [value]]) => [name, value && valueOf(value)] as const);
  };
  return {
    approverKeys: entries('approverKeys'),
    revocations: entries('revocations'),
    roles: entries('roles'),
    notifications: entries('notifications'),
  };
}

function placeOf({ place }: Diagnostic, root: JsonNode): ReturnType<typeof pointerPlace> {
  const pointer = place?.pointer ?? '';
  return pointerPlace(pointer, nodeAt(root, pointer).line);
}

function writtenApprovals(approvals: PolicyApprovals | undefined): object {
  const lists = APPROVAL_LISTS.map((list) => [list, approvalEntries(approvals, list)] as const);
  return Object.fromEntries(
    lists.filter(([, entries]) => entries.length > 0).map(([list, entries]) => [list, Object.fromEntries(entries)]),
  );
}

function readRules(
  node: JsonNode | undefined,
  certificates: Certificates,
): { rules: RuleInput[]; rejected: RejectedRuleInput[]; report: RuleImportResult[] } {
  const rules: RuleInput[] = [];
  const rejected: RejectedRuleInput[] = [];
  const report: RuleImportResult[] = [];
  const elements = node?.type === 'Array' ? node.elements : [];
  const names = new UniqueNames();
  for (const [index, element] of elements.entries()) {
    const place = { pointer: `/rules/${index}`, line: element.line };
    const result = readRuleNode(element, certificates, undefined, `rule ${index + 1}`);
    if ('rejected' in result) {
      rejected.push(result.rejected);
      const reasons = result.rejected.reasons.map((reason) => locate(reason, place.pointer, element));
      const denies = stillDenies(result.rejected) ? { stillDenies: true as const } : {};
      report.push({
        name: result.rejected.name,
        outcome: 'rejected',
        place,
        ...denies,
        reasons,
      });
      continue;
    }
    const name = names.take(result.rule.name);
    if (name === result.rule.name) {
      rules.push(result.rule);
      report.push({ name, outcome: 'imported', place, reasons: [] });
    } else {
      rules.push({ ...result.rule, name });
      const message = `Another rule is called "${result.rule.name}"; this one becomes "${name}".`;
      const reason = locate(diagnostic('renamed', message, { pointer: '/name' }), place.pointer, element);
      report.push({ name, outcome: 'importedWithWarnings', place, reasons: [reason] });
    }
  }
  return { rules, rejected, report };
}

/** Puts what is said of an object of the file at its place and line there. */
function locate(found: Diagnostic, pointer: string, node: JsonNode): Diagnostic {
  return inside(found, { pointer }, nodeAt(node, found.place?.pointer ?? '').line);
}
