/** A key with which a person approves. */
import { open, rm } from 'node:fs/promises';
import { type Command } from 'commander';
import { EpmError } from '../../model/errors.ts';
import { newSigningKey } from '../../requests/ed25519.ts';
import { writeKeyFile } from '../../requests/key-file.ts';
import { displayText } from '../../text/display.ts';
import { keepFileToOwner, loadDlls } from '../../windows/index.ts';
import { addPassphraseOptions, passphraseOf, type PassphraseOptions } from '../input/passphrase.ts';
import { addEntryOptions, describeEntry, type EntryOptions } from '../output/approver-entry.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';

interface NewKeyOptions extends PassphraseOptions, EntryOptions {
  readonly out: string;
  readonly json?: true;
}

export const declare: DeclareVerb = (command, io) => {
  options(command)
    .description(
      'make a key with which a person approves support requests, and print its entry for the policy of devices',
    )
    .action(async (given: NewKeyOptions) => approvalKeyNew(io, given));
};

function options(command: Command): Command {
  command.requiredOption('--out <file>', 'file of the key; one that is there already is never replaced');
  return addPassphraseOptions(addEntryOptions(command));
}

/** @throws EpmError EPM_FILE_UNWRITABLE, EPM_APPROVER_KEY_INVALID for a short passphrase, EPM_ARGUMENT without one */
async function approvalKeyNew(io: Io, options: NewKeyOptions): Promise<void> {
  const passphrase = await passphraseOf(io, options, true);
  const key = newSigningKey();
  await writePrivately(options.out, writeKeyFile(key, passphrase));
  io.out(describeEntry(key, options));
}

/** Nobody else was ever let into the file. It must not be there yet. */
async function writePrivately(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((cause: unknown) => {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const why = code === 'EEXIST' ? 'is there already' : `cannot be made (${code})`;
    throw new EpmError('EPM_FILE_UNWRITABLE', `The file "${displayText(path)}" ${why}.`, {
      cause,
      hint:
        code === 'EEXIST' ? 'Give another name; a key is never replaced.' : 'Check the folder and your rights to it.',
    });
  });
  try {
    try {
      if (process.platform === 'win32') keepFileToOwner(loadDlls(), path);
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}
