/**
 * Keys of approvers, revocations, roles and receivers of notifications, as the lists of a policy hold them: an object by name in a policy file, one
 * value each in the registry. What cannot be read grants nothing; a revocation counts by its name alone.
 */
import type { ApproverKey, Revocation } from '../../model/approver-key.ts';
import { sid, type Sid } from '../../model/brands.ts';
import { defined } from '../../model/defined.ts';
import { diagnostic, inside, type Diagnostic } from '../../model/diagnostic.ts';
import { isEpmError } from '../../model/errors.ts';
import type { Notification } from '../../model/notification.ts';
import type { PolicyApprovals, PortableScope } from '../../model/policy.ts';
import { isUsablePublicKey } from '../../model/public-key.ts';
import { type Right, RIGHTS, type RoleAssignment, type RoleName, ROLES } from '../../model/role.ts';
import { isNameOf } from '../../model/rule-action.ts';
import { compareCodePoints } from '../../text/compare.ts';
import { pointerStep } from '../../text/json-pointer.ts';
import { hasDuplicates, parseJson, valueOf } from '../../text/json-text.ts';
import { LIMITS } from './limits.ts';
import { readNotification, writtenNotification } from './notifications.ts';
import { isName } from './schema.ts';
import { checkValue } from './validation.ts';

/** The lists, in the order in which they are written. */
export const APPROVAL_LISTS = ['approverKeys', 'revocations', 'roles', 'notifications'] as const;
export type ApprovalList = (typeof APPROVAL_LISTS)[number];

/** Name and value of each entry, by list. Undefined as a value: no text at all. */
export type ApprovalEntries = Readonly<Record<ApprovalList, readonly (readonly [name: string, value: unknown])[]>>;

interface ReadApprovals {
  /** Undefined: there is nothing that could be read. */
  readonly approvals: PolicyApprovals | undefined;
  /** Places are JSON pointers from the root of a policy file. */
  readonly problems: readonly Diagnostic[];
}

/** Length of a revocation's reason. */
const REASON_LENGTH = 256;

/** @param entries as a policy file has them; what the registry has is first read by {@link parseStored} */
export function readApprovals(entries: ApprovalEntries): ReadApprovals {
  const problems: Diagnostic[] = [];
  const read = <T>(
    list: ApprovalList,
    one: (name: string, value: unknown, reasons: Diagnostic[]) => T | undefined,
  ): T[] =>
    entries[list]
      .toSorted(([left], [right]) => compareCodePoints(left, right))
      .flatMap(([name, value]) => {
        const reasons: Diagnostic[] = [];
        const entry = one(name, value, reasons);
        const place = { pointer: `/${list}${pointerStep(name)}` };
        problems.push(...reasons.map((reason) => inside(reason, place)));
        return entry === undefined ? [] : [entry];
      });
  const approvals = {
    approverKeys: read('approverKeys', readKey),
    revocations: read('revocations', readRevocation),
    roles: read('roles', readRole),
    notifications: read('notifications', readReceiver),
  };
  return { approvals: isEmpty(approvals) ? undefined : approvals, problems };
}

/** The value of a registry value as a policy file has it. */
export function parseStored(list: ApprovalList, text: string | undefined): unknown {
  if (text === undefined || list === 'revocations') return text;
  if (list === 'roles')
    return text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
  const parsed = parseJson(text, { comments: false, maxDepth: LIMITS.ruleDepth });
  return 'fault' in parsed || hasDuplicates(parsed.root) ? undefined : valueOf(parsed.root);
}

/** Names and values of a list, as a policy file has them. */
export function approvalEntries(
  approvals: PolicyApprovals | undefined,
  list: ApprovalList,
): readonly (readonly [string, unknown])[] {
  if (approvals === undefined) return [];
  switch (list) {
    case 'approverKeys':
      return approvals.approverKeys.map((key) => [key.name, writtenKey(key)] as const);
    case 'revocations':
      return approvals.revocations.map(({ of, reason }) => [of, reason] as const);
    case 'roles':
      return approvals.roles.map(({ group, given }) => [group, given] as const);
    case 'notifications':
      return approvals.notifications.map((each) => [each.name, writtenNotification(each)] as const);
  }
}

/** The text of a registry value, from the value of a policy file. */
export function storedText(list: ApprovalList, value: unknown, toJson: (value: unknown) => string): string {
  if (list === 'roles') return (value as readonly string[]).join(', ');
  return list === 'revocations' ? (value as string) : toJson(value);
}

/** What of them counts in a place, and what is said where they do not (decision D1). */
export function approvalsOf(
  scope: Pick<PortableScope, 'kind'> | undefined,
  approvals: PolicyApprovals | undefined,
): { readonly approvals?: PolicyApprovals; readonly problems: readonly Diagnostic[] } {
  if (approvals === undefined) return { problems: [] };
  if (scope?.kind !== 'user') return { approvals, problems: [] };
  const lists = APPROVAL_LISTS.filter((list) => approvals[list].length > 0);
  const message =
    'Only the policy of the device says who approves what, who has which rights and who is told. It does not count here.';
  return { problems: lists.map((list) => diagnostic('deviceOnly', message, { pointer: `/${list}` })) };
}

function isEmpty(approvals: PolicyApprovals): boolean {
  return APPROVAL_LISTS.every((list) => approvals[list].length === 0);
}

/** The value of an approver's key after the schema was checked. */
interface FileKey {
  readonly publicKey: string;
  readonly approver: string;
  readonly rights?: { readonly anyUser?: boolean; readonly deviceGroups?: readonly string[] };
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly limits?: {
    readonly publishers?: readonly string[];
    readonly maximumHours?: number;
    readonly singleUseOnly?: boolean;
  };
}

function readKey(name: string, value: unknown, reasons: Diagnostic[]): ApproverKey | undefined {
  if (!isName(name)) reasons.push(badName());
  if (value === undefined) reasons.push(diagnostic('approverKeyInvalid', 'The entry is no JSON object.'));
  else reasons.push(...checkValue('approverKey', value).map((found) => found.diagnostic));
  if (reasons.length > 0) return undefined;
  const { publicKey, approver, rights = {}, limits = {}, ...times } = value as FileKey;
  const validFrom = readTime('validFrom', times.validFrom, reasons);
  const validUntil = readTime('validUntil', times.validUntil, reasons);
  if (validFrom !== undefined && validUntil !== undefined && validFrom >= validUntil) {
    const message = 'The end lies before the beginning.';
    reasons.push(diagnostic('approverKeyInvalid', message, { pointer: '/validUntil' }));
  }
  // A padding with other bits than zero would be a second spelling of one key.
  if (Buffer.from(publicKey, 'base64').toString('base64') !== publicKey) {
    reasons.push(diagnostic('approverKeyInvalid', 'This is not base64.', { pointer: '/publicKey' }));
  } else if (!isUsablePublicKey(publicKey)) {
    const message = 'This is no public key of Ed25519, or one with which anybody can sign.';
    reasons.push(diagnostic('approverKeyInvalid', message, { pointer: '/publicKey' }));
  }
  if (reasons.length > 0) return undefined;
  return {
    name,
    publicKey,
    approver: sidOf(approver) ?? approver,
    rights: { anyUser: rights.anyUser === true, deviceGroups: rights.deviceGroups ?? [] },
    limits: {
      ...defined({ publishers: limits.publishers, maximumHours: limits.maximumHours }),
      ...(limits.singleUseOnly === true ? { singleUseOnly: true } : {}),
    },
    ...defined({ validFrom, validUntil }),
  };
}

function readTime(
  member: 'validFrom' | 'validUntil',
  text: string | undefined,
  reasons: Diagnostic[],
): number | undefined {
  if (text === undefined) return undefined;
  const time = Date.parse(text);
  // JavaScript takes the 30th of February for the 2nd of March.
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text.slice(0, -1))) return time;
  reasons.push(diagnostic('approverKeyInvalid', 'There is no such time.', { pointer: `/${member}` }));
  return undefined;
}

function readReceiver(name: string, value: unknown, reasons: Diagnostic[]): Notification | undefined {
  if (!isName(name)) reasons.push(badName());
  if (value === undefined) reasons.push(diagnostic('notificationInvalid', 'The entry is no JSON object.'));
  return reasons.length > 0 ? undefined : readNotification(name, value, reasons);
}

/** Whatever the reason is: what its name revokes is revoked. */
function readRevocation(of: string, value: unknown, reasons: Diagnostic[]): Revocation | undefined {
  if (!isName(of)) {
    reasons.push(badName());
    return undefined;
  }
  const reason = typeof value === 'string' ? value : '';
  if (typeof value !== 'string') {
    reasons.push(diagnostic('wrongType', 'The reason is no text. What it revokes is revoked all the same.'));
  }
  return { of, reason: reason.replace(/[\p{Cc}\p{Cs}\uf000\ufffe\uffff]/gu, ' ').slice(0, REASON_LENGTH) };
}

function readRole(name: string, value: unknown, reasons: Diagnostic[]): RoleAssignment | undefined {
  const group = sidOf(name);
  if (group === undefined) {
    reasons.push(diagnostic('roleUnknown', `"${name.slice(0, 64)}" is not the SID of a group.`));
    return undefined;
  }
  const given = Array.isArray(value) ? (value as readonly unknown[]) : [];
  const known = given.filter((each): each is RoleName | Right => isNameOf(ROLES, each) || isNameOf(RIGHTS, each));
  const unknown = given.filter((each) => !known.some((other) => other === each));
  for (const each of unknown.slice(0, 8)) {
    reasons.push(diagnostic('roleUnknown', `"${String(each).slice(0, 64)}" is no role and no right.`));
  }
  if (known.length === 0 && unknown.length === 0) reasons.push(diagnostic('empty', 'No role or right is given.'));
  return known.length === 0 ? undefined : { group, given: [...new Set(known)] };
}

function badName(): Diagnostic {
  return diagnostic('badCharacters', 'The name is blank or has characters that are not allowed.');
}

function sidOf(text: string): Sid | undefined {
  try {
    return sid(text);
  } catch (error) {
    if (isEpmError(error)) return undefined;
    throw error;
  }
}

/** Members in declared order; what holds anyway is left out. */
function writtenKey({ publicKey, approver, rights, limits, validFrom, validUntil }: ApproverKey): FileKey {
  const { anyUser, deviceGroups } = rights;
  return {
    publicKey,
    approver,
    ...(anyUser || deviceGroups.length > 0
      ? { rights: { ...(anyUser ? { anyUser } : {}), ...(deviceGroups.length > 0 ? { deviceGroups } : {}) } }
      : {}),
    ...(validFrom === undefined ? {} : { validFrom: timeText(validFrom) }),
    ...(validUntil === undefined ? {} : { validUntil: timeText(validUntil) }),
    ...(Object.keys(limits).length > 0 ? { limits } : {}),
  };
}

/** Whole seconds; more is never read. */
function timeText(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
