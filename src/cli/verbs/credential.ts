/** The credential for a question of the agent, for scripts and for PowerShell, which show no dialog themselves. */
import { EpmError } from '../../model/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { askCredential, type CredentialQuestion, sealed } from '../input/credential.ts';
import { jsonOption } from '../input/options.ts';
import type { Io } from '../io.ts';
import { json } from '../output/text.ts';
import type { DeclareVerb } from '../verb.ts';

/** Bytes of the input. */
const MAX_INPUT = 64 * 1024;

export const declare: DeclareVerb = (command, io, end) => {
  command
    .description(
      'seal a credential for a question of the agent: reads from standard input what `epm elevate --json` answered, and ' +
        'asks in the credential dialog of Windows, unless the input has a member "credential": {"userName", "password"}; ' +
        'with a member "again": true the dialog says that the password before was wrong',
    )
    .addOption(jsonOption('print errors as JSON too'))
    .action(async () => {
      end(await credential(io));
    });
};

interface GivenCredential {
  readonly userName: string;
  readonly password: string;
}

/**
 * Prints `{"credential": text}`, for `epm elevate --credential` and the member of the same name of a request.
 * @returns 1 when the person closed the dialog; the text is null then
 * @throws EpmError EPM_ARGUMENT, EPM_CREDENTIAL_INVALID, EPM_PLATFORM
 */
async function credential(io: Io): Promise<ExitCode> {
  const bytes = await io.input(MAX_INPUT);
  const input = parse(bytes);
  bytes.fill(0);
  const question = questionOf(input);
  const given = input['credential'];
  const text = given === undefined ? await askCredential(question) : await sealGiven(question, given);
  io.out(json({ credential: text ?? null }));
  return text === undefined ? EXIT.negative : EXIT.done;
}

/** The password was a text already; what is made of it here is overwritten. */
function sealGiven(question: CredentialQuestion, given: unknown): Promise<string> {
  if (!isGiven(given)) throw wrong('"credential" has no user name and password');
  const password = Buffer.from(given.password, 'utf16le');
  return sealed(question, { form: 'password', userName: given.userName, password });
}

function isGiven(value: unknown): value is GivenCredential {
  return isObject(value) && typeof value['userName'] === 'string' && typeof value['password'] === 'string';
}

function questionOf({
  ticket,
  authentication,
  question,
  again,
}: Readonly<Record<string, unknown>>): CredentialQuestion {
  if (typeof ticket !== 'string' || !isObject(authentication)) throw wrong('it asks for no authentication');
  const { key, userSid, userName } = authentication;
  if (typeof key !== 'string' || typeof userSid !== 'string') throw wrong('it asks for no authentication');
  const program = isObject(question) && typeof question['program'] === 'string' ? question['program'] : 'a program';
  const user = typeof userName === 'string' ? { userName } : {};
  return { ticket, authentication: { key, userSid, ...user }, program, again: again === true };
}

function parse(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    // Without the cause, whose message may repeat a part of the input.
    throw wrong('it is not JSON in UTF-8');
  }
  if (!isObject(value)) throw wrong('it is not a JSON object');
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wrong(why: string): EpmError {
  return new EpmError(
    'EPM_ARGUMENT',
    `Standard input is not an answer of the agent that asks for a credential: ${why}.`,
    {
      hint: 'Give what `epm elevate --json` printed.',
    },
  );
}
