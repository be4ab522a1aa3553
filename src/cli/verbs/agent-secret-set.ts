import { EpmError } from '../../model/errors.ts';
import { MAX_SECRET } from '../../agent/secrets.ts';
import { askAgent } from '../agent/connect.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readBytes } from '../input/read-file.ts';
import type { Io } from '../io.ts';
import type { DeclareVerb } from '../verb.ts';

/** UTF-8 has at most three bytes for a UTF-16 unit. */
const MAX_BYTES = 3 * MAX_SECRET + 3;

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description('give the agent a secret that the policy names; as an administrator')
    .argument('<name>', 'letters, digits, dots, hyphens and underscores')
    .option('--file <file>', 'file with the secret; otherwise it is asked for, or read from standard input')
    .action(async (name: string, options: { readonly file?: string }) => end(await setSecret(io, name, options.file)));
};

/**
 * @throws EpmError EPM_PLATFORM, EPM_AGENT_UNREACHABLE, EPM_AGENT_UNTRUSTED, EPM_NOT_ADMINISTRATOR, EPM_ARGUMENT,
 * EPM_REQUEST_MALFORMED, EPM_SECRET_LIMIT, EPM_DATA_FOLDER, EPM_WINDOWS_API; the codes of reading files
 */
async function setSecret(io: Io, name: string, file: string | undefined): Promise<ExitCode> {
  const value = await secretOf(io, file);
  await askAgent('secrets', { action: 'set', name, value });
  io.out(`The agent has the secret "${name}".\n`);
  return EXIT.done;
}

/** Never from the command line, which every user can see. One line break at the end is that of the file. */
async function secretOf(io: Io, file: string | undefined): Promise<string> {
  if (file === undefined && io.interactive) return given(await io.askSecret('Secret: '));
  const bytes = file === undefined ? await io.input(MAX_BYTES) : await readBytes(file);
  if (bytes.length > MAX_BYTES) throw unusable(`is longer than ${MAX_SECRET} characters`);
  try {
    return given(new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, ''));
  } catch (cause) {
    if (cause instanceof EpmError) throw cause;
    throw unusable('is no text in UTF-8');
  }
}

function given(value: string): string {
  if (value === '') throw unusable('is empty');
  if (value.length > MAX_SECRET) throw unusable(`is longer than ${MAX_SECRET} characters`);
  return value;
}

function unusable(why: string): EpmError {
  return new EpmError('EPM_ARGUMENT', `The secret ${why}.`, { hint: 'Type it, pipe it, or name a file with --file.' });
}
