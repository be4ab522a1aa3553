/** The passphrase of a key file: typed without being shown, or from where a script has it. Never from the command line. */
import { type Command, Option } from 'commander';
import { EpmError } from '../../model/errors.ts';
import type { Io } from '../io.ts';
import { MAX_PASSPHRASE } from '../../requests/key-file.ts';
import { readBytes, readJsonObject } from './read-file.ts';

export interface PassphraseOptions {
  readonly passphraseEnv?: string;
  readonly passphraseFile?: string;
  readonly passphraseJson?: true;
}

export function addPassphraseOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--passphrase-env <name>', 'environment variable with the passphrase; otherwise it is asked for'),
    )
    .addOption(
      new Option(
        '--passphrase-file <file>',
        'file whose first line is the passphrase, such as /dev/fd/3 for a descriptor',
      ).conflicts('passphraseEnv'),
    )
    .addOption(
      new Option(
        '--passphrase-json',
        'for programs: standard input is a JSON object, and its member passphrase is the passphrase',
      ).conflicts(['passphraseEnv', 'passphraseFile']),
    );
}

/**
 * @param twice it is a new one, so that a slip would lock its owner out
 * @throws EpmError EPM_ARGUMENT when there is none and nobody can be asked, or two differ; the codes of reading files
 */
export async function passphraseOf(io: Io, options: PassphraseOptions, twice = false): Promise<string> {
  const { passphraseEnv: name, passphraseFile: file, passphraseJson: isJson } = options;
  if (name !== undefined) {
    const value = process.env[name];
    if (value !== undefined && value !== '') return value;
    throw missing(`The environment variable "${name.slice(0, 64)}" is not set.`);
  }
  if (file !== undefined) return firstLine(await readBytes(file), file);
  if (isJson === true) {
    const { passphrase } = await readJsonObject('-', io);
    if (typeof passphrase === 'string' && passphrase !== '') return passphrase;
    throw missing('The JSON object on standard input has no text "passphrase".');
  }
  if (!io.interactive) throw missing('The key needs its passphrase, and nobody is there to ask.');
  const passphrase = await io.askSecret('Passphrase of the key: ');
  if (twice && (await io.askSecret('The same again: ')) !== passphrase) {
    throw new EpmError('EPM_ARGUMENT', 'The two passphrases differ.', { hint: 'Run the command again.' });
  }
  return passphrase;
}

/** @throws EpmError EPM_ARGUMENT when there is none */
export function firstLine(bytes: Uint8Array, file: string): string {
  const [line = ''] = Buffer.from(bytes.subarray(0, 4 * MAX_PASSPHRASE + 2))
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/);
  if (line === '') throw missing(`The file "${file.slice(0, 256)}" has nothing in its first line.`);
  return line;
}

function missing(message: string): EpmError {
  return new EpmError('EPM_ARGUMENT', message, {
    hint: 'Run it at a console, or give --passphrase-env, --passphrase-file or --passphrase-json.',
  });
}
