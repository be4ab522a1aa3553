import type { ApproverKey, Revocation } from './approver-key.ts';
import type { Sha256, Sid } from './brands.ts';
import type { Diagnostic } from './diagnostic.ts';
import type { Notification } from './notification.ts';
import type { RoleAssignment } from './role.ts';
import type { RejectedRuleInput, RuleInput } from './rule.ts';
import type { SettingsInput } from './settings.ts';

/** To whom a policy is assigned. */
export type PolicyScope = { readonly kind: 'device' } | { readonly kind: 'user'; readonly sid: Sid };

/** A certificate that rules of the policy may refer to. */
export interface PolicyCertificate {
  readonly name: string;
  readonly sha256: Sha256;
  /** The certificate itself, DER in base64; absent: only its digest is known. */
  readonly der?: string;
}

/**
 * Who may approve what, what no longer counts, who may do what with the agent, and who is told of requests. Only the place
 * of the device says it (decision D1).
 */
export interface PolicyApprovals {
  readonly approverKeys: readonly ApproverKey[];
  readonly revocations: readonly Revocation[];
  readonly roles: readonly RoleAssignment[];
  readonly notifications: readonly Notification[];
}

/** A signed approval that lies beside a policy; what it says is for the agent to read. */
export interface PolicyGrant {
  readonly id: string;
  readonly text: string;
}

/** One policy as delivered: settings, rules, or both. */
export interface PolicyDocument {
  readonly id: string;
  readonly scope: PolicyScope;
  /**
   * `unconfirmed`: only the hive of a user says it, which is a file of that user. What restricts counts then, and nothing
   * that grants (decision D1). Absent: administrators or Windows' own record say it, and all of it counts.
   */
  readonly trust?: 'unconfirmed';
  readonly settings?: SettingsInput;
  readonly rules: readonly RuleInput[];
  readonly rejected: readonly RejectedRuleInput[];
  /** Absent: none. Rules hold the digest themselves; this keeps names and contents for other formats and for people. */
  readonly certificates?: readonly PolicyCertificate[];
  /** Absent: it says nothing of approvals and roles. */
  readonly approvals?: PolicyApprovals;
  /** What lies beside it in the registry; no other format carries it. Absent: nothing. */
  readonly grants?: readonly PolicyGrant[];
  /** What else could not be taken, for example a setting that counts as not configured; absent: nothing. */
  readonly problems?: readonly Diagnostic[];
}

/**
 * To whom a policy applies as far as a format says it: a profile for users does not say which user. `place`: in the place
 * that the machine has for the user, who is then named, and not in their hive.
 */
export type PortableScope =
  { readonly kind: 'device' } | { readonly kind: 'user'; readonly sid?: Sid; readonly place?: 'machine' };

/** A policy on its way from one format to another. Every {@link PolicyDocument} is one. */
export interface PortablePolicy extends Omit<PolicyDocument, 'scope'> {
  readonly scope: PortableScope;
}
