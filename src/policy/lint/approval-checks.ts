/** Keys of approvers, revocations and roles. */
import type { ApproverKey } from '../../model/approver-key.ts';
import { pointerStep } from '../../text/json-pointer.ts';
import type { PolicyFile } from '../formats/json/policy-file.ts';
import type { LintMessage } from './lint-diagnostic.ts';

/** Groups that everybody, or everybody who signs in, belongs to ("Well-known SIDs"). */
const EVERYBODY: Readonly<Record<string, string>> = {
  'S-1-1-0': 'Everyone',
  'S-1-2-0': 'Local',
  'S-1-5-4': 'Interactive',
  'S-1-5-7': 'Anonymous Logon',
  'S-1-5-11': 'Authenticated Users',
  'S-1-5-32-545': 'Users',
  'S-1-5-32-546': 'Guests',
};
/** Domain Users, Domain Guests and Domain Computers of a domain. */
const EVERYBODY_OF_DOMAIN = /^S-1-5-21-\d+-\d+-\d+-51[345]$/;

/** An approval has 8 bytes as hexadecimal digits, a request 16 bytes in base64url. */
const IDENTIFIER = /^(?:[0-9a-f]{16}|[A-Za-z0-9_-]{22})$/;

/** @param now milliseconds since 1970 */
export function checkApprovals({ approvals, settings }: PolicyFile, now: number): readonly LintMessage[] {
  if (approvals === undefined) return [];
  const { approverKeys, revocations, roles } = approvals;
  const names = new Set(approverKeys.map(({ name }) => name));
  const revoked = new Set(revocations.map(({ of }) => of));
  return [
    ...approverKeys
      .filter(({ name }) => !revoked.has(name))
      .flatMap((key) => checkKey(key, settings?.deviceGroups ?? [], now)),
    ...revocations.flatMap(({ of }): readonly LintMessage[] => {
      if (names.has(of) || IDENTIFIER.test(of)) return [];
      return [
        {
          code: 'revocation-unknown',
          place: { pointer: `/revocations${pointerStep(of)}` },
          message: `"${of}" is no key of this policy, and no identifier of an approval or a request.`,
          hint: 'Write the name of the key as in approverKeys, or the identifier as it is shown.',
        },
      ];
    }),
    ...roles.flatMap(({ group }): readonly LintMessage[] => {
      const everybody =
        EVERYBODY[group] ?? (EVERYBODY_OF_DOMAIN.test(group) ? 'a group that all of a domain belong to' : undefined);
      if (everybody === undefined) return [];
      return [
        {
          code: 'role-for-everybody',
          place: { pointer: `/roles${pointerStep(group)}` },
          message: `${group} is ${everybody}: standard users get these rights too.`,
          hint: 'Give the role to a group of the people who are to have it.',
        },
      ];
    }),
  ];
}

function checkKey(key: ApproverKey, groups: readonly string[], now: number): readonly LintMessage[] {
  const pointer = `/approverKeys${pointerStep(key.name)}`;
  const { anyUser, deviceGroups } = key.rights;
  const unknown = deviceGroups.filter((group) => !groups.includes(group));
  return [
    ...checkValidity(key, pointer, now),
    ...(anyUser
      ? [
          {
            code: 'key-any-user' as const,
            place: { pointer: `${pointer}/rights/anyUser` },
            message: `One approval by "${key.name}" can be for every user of a device at once.`,
            hint: 'Leave the right to a key that is seldom used, and limit it to publishers or to single uses.',
          },
        ]
      : []),
    ...(unknown.length > 0
      ? [
          {
            code: 'group-unknown' as const,
            place: { pointer: `${pointer}/rights/deviceGroups` },
            message: `No setting of this policy puts the device into ${unknown.map((group) => `"${group}"`).join(', ')}.`,
            hint: 'Write the names as in the setting deviceGroups, or deliver that setting by another policy.',
          },
        ]
      : []),
  ];
}

function checkValidity({ name, validUntil }: ApproverKey, pointer: string, now: number): readonly LintMessage[] {
  if (validUntil === undefined) {
    return [
      {
        code: 'key-without-end',
        place: { pointer },
        message: `The key "${name}" never ends, so a copy of it approves for ever.`,
        hint: 'Give it a validUntil, and list the next key beside it in time.',
      },
    ];
  }
  if (validUntil > now) return [];
  return [
    {
      code: 'key-expired',
      place: { pointer: `${pointer}/validUntil` },
      message: `The key "${name}" ended on ${new Date(validUntil).toISOString().slice(0, 10)}; nothing that it signed counts.`,
      hint: 'List the key that follows it, and remove this one.',
    },
  ];
}
