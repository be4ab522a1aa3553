/** Lists of the policy, and the texts that name it and tell whether it is whole. */
import type { Described } from './described.ts';
import { LIMITS } from './limits.ts';

interface ListDeclaration extends Omit<Described, 'defaultText'> {
  readonly subkey: string;
  readonly nameLabel: string;
  readonly valueLabel: string;
  readonly maxItems: number;
}

/** Lists of the policy: one registry subkey each, one value per entry. */
export const LISTS = {
  rules: {
    subkey: 'Rules',
    title: 'Elevation rules',
    text: 'One entry per rule: the name of the rule, and the rule as JSON on one line.',
    nameLabel: 'Rule name',
    valueLabel: 'Rule as JSON',
    maxItems: LIMITS.rules,
  },
  certificates: {
    subkey: 'Certificates',
    title: 'Certificates',
    text: 'Certificates that rules refer to by name: the name, and either the SHA-256 of the certificate (DER) in hexadecimal or the certificate itself, in base64 or PEM.',
    nameLabel: 'Name',
    valueLabel: 'SHA-256, or the certificate in base64',
    maxItems: LIMITS.certificates,
  },
  approverKeys: {
    subkey: 'ApproverKeys',
    title: 'Keys of approvers',
    text: 'Keys whose signatures approve elevations: the name of the key, and what is known of it as JSON on one line. Only the policy of the device counts.',
    nameLabel: 'Name of the key',
    valueLabel: 'Key as JSON',
    maxItems: LIMITS.approverKeys,
  },
  grants: {
    subkey: 'Grants',
    title: 'Support approvals',
    text: 'Signed approvals of single elevation requests: the identifier, and the approval on one line. Which of them count is checked at each start of a program; the rules and settings do not depend on them.',
    nameLabel: 'Identifier',
    valueLabel: 'Signed approval',
    maxItems: LIMITS.grants,
  },
  revocations: {
    subkey: 'Revocations',
    title: 'Revocations',
    text: 'What no longer counts: the identifier of an approval or of its request, or the name of a key, and the reason. Only the policy of the device counts.',
    nameLabel: 'Identifier or name of the key',
    valueLabel: 'Reason',
    maxItems: LIMITS.revocations,
  },
  roles: {
    subkey: 'Roles',
    title: 'Roles',
    text: 'Which groups have which rights over the agent: the SID of the group, and roles or single rights, parted by commas. Only the policy of the device counts. Administrators have every right without an entry.',
    nameLabel: 'SID of the group',
    valueLabel: 'Roles and rights',
    maxItems: LIMITS.roles,
  },
  notifications: {
    subkey: 'Notifications',
    title: 'Notifications',
    text: 'Who is told of support requests: the name of the receiver, and what is needed to reach it as JSON on one line. It names secrets and never holds one, because every user can read it. Only the policy of the device counts.',
    nameLabel: 'Name of the receiver',
    valueLabel: 'Receiver as JSON',
    maxItems: LIMITS.notifications,
  },
} as const satisfies Readonly<Record<string, ListDeclaration>>;

export type ListName = keyof typeof LISTS;

/** Name a policy goes by in the audit and when two rules tie; without it the policy is named after its scope. */
export const POLICY_ID = {
  valueName: 'PolicyId',
  maxLength: LIMITS.policyId,
  title: 'Policy identifier',
  text: 'Name of this policy in the audit. When two rules are otherwise equal, the one of the policy with the smaller identifier wins.',
} as const;

/** What a policy says of its whole content; see policy-digest.ts. */
export const POLICY_DIGEST = {
  valueName: 'PolicyDigest',
  maxLength: 64,
  title: 'Policy digest',
  text: 'SHA-256 of the whole policy, in hexadecimal, which every export of EPM carries. While it does not fit what is there, the last good policy stays in force. Leave it out where you set the policy by hand.',
} as const;
