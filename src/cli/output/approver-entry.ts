/** The entry of an approver's key for the list `ApproverKeys` of a policy. It has nothing secret. */
import type { KeyObject } from 'node:crypto';
import type { Command } from 'commander';
import type { ApproverKey } from '../../model/approver-key.ts';
import { publicKeyText } from '../../requests/ed25519.ts';
import { keyIdOf } from '../../requests/grants/grant-text.ts';
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
    .addOption(jsonOption('print the entry alone, as JSON for a policy file'));
}

export function describeEntry(key: KeyObject, { name, approver, json: asJson }: EntryOptions): string {
  const publicKey = publicKeyText(key);
  const entry: Omit<ApproverKey, 'name'> = {
    publicKey,
    approver,
    rights: { anyUser: false, deviceGroups: [] },
    limits: {},
  };
  const policy = json({ approverKeys: { [name]: entry } });
  if (asJson === true) return policy;
  const text = fields([
    ['Key', name],
    ['Approver', approver],
    ['Public key', publicKey],
    ['Key id', Buffer.from(keyIdOf(publicKey)).toString('hex')],
  ]);
  return `${text}Entry for the policy of the devices; add rights, limits and an end as you need them:\n${policy}`;
}
