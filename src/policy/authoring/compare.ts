/** How two policies differ, by what they say and not by how they are written. */
import { foldCase, trimText } from '../../text/compare.ts';
import { readHours } from '../../engine/hours.ts';
import { parseRuleVersion } from '../../engine/version.ts';
import { canonicalJson } from '../../text/canonical-json.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { PortablePolicy } from '../../model/policy.ts';
import type { RuleInput } from '../../model/rule.ts';
import { APPROVAL_LISTS, approvalEntries, type ApprovalList } from '../declaration/approvals.ts';
import { ATTRIBUTE_ENTRIES, type AttributeDeclaration, type AttributeName } from '../declaration/rule-attributes.ts';
import { SETTING_ENTRIES } from '../declaration/settings.ts';

export interface PolicyDifference {
  readonly what:
    | 'id'
    | 'scope'
    | 'setting'
    | 'rule'
    | 'rejected rule'
    | 'certificate'
    | 'approver key'
    | 'revocation'
    | 'role'
    | 'notification';
  /** Of the setting, rule or certificate. */
  readonly name?: string;
  /** Of a rule that both have. */
  readonly attribute?: string;
  /** Undefined: not there. */
  readonly left: unknown;
  readonly right: unknown;
}

/**
 * Differences in the order in which files are written; none: the policies say the same. The order of rules says nothing,
 * since no two rules of a policy have one name and a name decides before a position (decision P2).
 */
export function comparePolicies(left: PortablePolicy, right: PortablePolicy): readonly PolicyDifference[] {
  return [
    ...difference({ what: 'id' }, left.id, right.id),
    ...difference({ what: 'scope' }, left.scope, right.scope),
    ...SETTING_ENTRIES.flatMap(([name]) =>
      difference({ what: 'setting', name }, left.settings?.[name], right.settings?.[name]),
    ),
    ...pairs(left.rules, right.rules).flatMap(({ name, first, second }) => compareRule(name, first, second)),
    ...pairs(left.rejected, right.rejected).flatMap(({ name, first, second }) => {
      const visible = (rule: typeof first): unknown => rule && { type: rule.typeText, ...rule.readable };
      return difference({ what: 'rejected rule', name }, visible(first), visible(second));
    }),
    // By the digest, as rules refer to them: of one with two names everything is the same.
    ...pairs(byDigest(left), byDigest(right)).flatMap(({ name, first, second }) => {
      return difference({ what: 'certificate', name: (first ?? second)?.called ?? name }, first?.text, second?.text);
    }),
    ...APPROVAL_LISTS.flatMap((list) =>
      pairs(entriesOf(left, list), entriesOf(right, list)).flatMap(({ name, first, second }) =>
        difference({ what: APPROVAL_WORDS[list], name }, first?.value, second?.value),
      ),
    ),
  ];
}

const APPROVAL_WORDS = {
  approverKeys: 'approver key',
  revocations: 'revocation',
  roles: 'role',
  notifications: 'notification',
} as const;

function entriesOf({ approvals }: PortablePolicy, list: ApprovalList) {
  return approvalEntries(approvals, list).map(([name, value]) => ({ name, value }));
}

/** Each certificate once, and whether the policy has it whole; the DER itself tells nobody anything. */
function byDigest({ certificates = [] }: PortablePolicy) {
  const all = new Map(certificates.map((certificate) => [certificate.sha256.toLowerCase(), certificate]));
  return [...all].map(([name, { name: called, der }]) => ({
    name,
    called,
    text: der === undefined ? `${name} (its digest alone)` : name,
  }));
}

function compareRule(
  name: string,
  left: RuleInput | undefined,
  right: RuleInput | undefined,
): readonly PolicyDifference[] {
  if (left === undefined || right === undefined) return difference({ what: 'rule', name }, left, right);
  return ATTRIBUTE_ENTRIES.flatMap(([attribute, { kind }]) => {
    const meaningOf = ({ [attribute]: value }: RuleInput): string | undefined =>
      content(meaning(attribute, kind, value));
    if (meaningOf(left) === meaningOf(right)) return [];
    return [{ what: 'rule', name, attribute, left: left[attribute], right: right[attribute] }];
  });
}

/** Flags that say the same as nothing when they are false. */
const OFF_BY_DEFAULT: ReadonlySet<AttributeName> = new Set([
  'requireArguments',
  'allowInterpreter',
  'runInPlace',
  'libraryGate',
  'copyFolder',
  'ownDesktop',
  'showUserFolders',
]);

/** Spellings that are one to the engine: order of a set, case of digits, blanks around a text, a version's last zeros. */
function meaning(attribute: AttributeName, kind: AttributeDeclaration['kind'], value: unknown): unknown {
  if (kind === 'set') return Array.isArray(value) && value.length > 0 ? value.toSorted() : undefined;
  if (attribute === 'activeHours') return weekOf(value as RuleInput['activeHours']);
  if (OFF_BY_DEFAULT.has(attribute)) return value === true || undefined;
  if (kind === 'certificate') {
    const certificate = value as RuleInput['certificate'];
    return certificate && { type: certificate.type, sha256: certificate.sha256.trim().toLowerCase() };
  }
  if (typeof value !== 'string' || attribute === 'name') return value;
  const text = trimText(value);
  if (attribute === 'fileHash') return text?.toLowerCase();
  if (attribute === 'minimumVersion' && text !== undefined) return parseRuleVersion(text) ?? text;
  return text;
}

/** Hours can be written in many ways; those that cannot be read are told as they are. */
function weekOf(activeHours: RuleInput['activeHours']): unknown {
  const reasons: Diagnostic[] = [];
  const hours = activeHours && readHours({ activeHours }, reasons);
  return reasons.length > 0 ? activeHours : hours?.week;
}

interface Pair<T> {
  readonly name: string;
  readonly first: T | undefined;
  readonly second: T | undefined;
}

/** Entries of two lists by name, without case; in the order of the first list, then of the second. */
function pairs<T extends { readonly name: string }>(left: readonly T[], right: readonly T[]): readonly Pair<T>[] {
  const rest = Map.groupBy(right, ({ name }) => foldCase(name));
  const found = left.map((first) => ({ name: first.name, first, second: rest.get(foldCase(first.name))?.shift() }));
  return [...found, ...[...rest.values()].flat().map((second) => ({ name: second.name, first: undefined, second }))];
}

function difference(
  subject: Omit<PolicyDifference, 'left' | 'right'>,
  left: unknown,
  right: unknown,
): readonly PolicyDifference[] {
  return content(left) === content(right) ? [] : [{ ...subject, left, right }];
}

/** Members in one order, so that only what is said counts. */
function content(value: unknown): string | undefined {
  return value === undefined ? undefined : canonicalJson(value);
}
