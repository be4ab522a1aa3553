/** The entry of an approver's key for the list `ApproverKeys` of a policy. It has nothing secret. */
import type { KeyObject } from 'node:crypto';
import type { Command } from 'commander';
import type { ApproverKey } from '../../model/approver-key.ts';
import { publicKeyText } from '../../requests/ed25519.ts';
import { approvalEntries } from '../../policy/declaration/approvals.ts';
import { POLICY_FILE_VERSION } from '../../policy/declaration/names.ts';
import { keyIdOf } from '../../requests/grants/grant-values.ts';
import { jsonOption } from '../input/options.ts';
import { fields, json } from './text.ts';

export interface EntryOptions {
  readonly name: string;
  readonly approver: string;
  readonly json?: true;
}

export function addEntryOptions(command: Command): Command {
  return command
    .requiredOption('--name <name>', 'name of the key in policy and audit')
    .requiredOption('--approver <who>', 'SID or user principal name of who holds the key')
    .addOption(jsonOption('print the policy file alone'));
}

export function describeEntry(secret: KeyObject, { name, approver, json: asJson }: EntryOptions): string {
  const publicKey = publicKeyText(secret);
  const key: ApproverKey = { name, publicKey, approver, rights: { anyUser: false, deviceGroups: [] }, limits: {} };
  const approvals = { approverKeys: [key], revocations: [], roles: [], notifications: [] };
  const entries = approvalEntries(approvals, 'approverKeys');
  const policy = json({ version: POLICY_FILE_VERSION, approverKeys: Object.fromEntries(entries) });
  if (asJson === true) return policy;
  const text = fields([
    ['Key', name],
    ['Approver', approver],
    ['Public key', publicKey],
    ['Key id', Buffer.from(keyIdOf(publicKey)).toString('hex')],
  ]);
  return `${text}As a policy file for devices; add rights, limits and an end as you need them:\n${policy}`;
}
