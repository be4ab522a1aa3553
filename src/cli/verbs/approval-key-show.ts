import { openApprovalKey } from '../input/approval-key.ts';
import { addPassphraseOptions, type PassphraseOptions } from '../input/passphrase.ts';
import { addEntryOptions, describeEntry, type EntryOptions } from '../output/approver-entry.ts';
import type { DeclareVerb } from '../verb.ts';

/**
 * The passphrase is asked for, because the public key stands in no other place: one beside it could be exchanged for
 * somebody else's.
 */
export const declare: DeclareVerb = (command, io) => {
  addPassphraseOptions(addEntryOptions(command))
    .description('print the entry of a key for the policy of devices')
    .argument('<file>', 'file of the key')
    .action(async (file: string, options: PassphraseOptions & EntryOptions) => {
      io.out(describeEntry(await openApprovalKey(io, file, options), options));
    });
};
