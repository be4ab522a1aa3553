/**
 * The command line, built by the agent from the argument vector. It is written so that both common parsers,
 * CommandLineToArgvW and the C run-time ("Parsing C command-line arguments"), read exactly the vector that the rule was
 * compared with.
 */
import { EpmError } from '../model/errors.ts';

/** UTF-16 units with the terminating NUL, CreateProcessW. */
export const MAX_COMMAND_LINE = 32_767;
export const MAX_ARGUMENTS = 1024;

/**
 * Checks that a vector can be passed at all.
 * @throws EpmError EPM_ARGUMENTS_INVALID, which names the position and never the text
 */
export function checkArguments(values: readonly string[]): void {
  if (values.length > MAX_ARGUMENTS) {
    throw new EpmError('EPM_ARGUMENTS_INVALID', `There are ${values.length} arguments; the limit is ${MAX_ARGUMENTS}.`);
  }
  let length = 0;
  for (const [index, value] of values.entries()) {
    const why = unsafe(value);
    if (why !== undefined) {
      throw new EpmError('EPM_ARGUMENTS_INVALID', `Argument ${index + 1} ${why}.`, { data: { position: index + 1 } });
    }
    length += value.length + 1;
  }
  if (length > MAX_COMMAND_LINE) throw tooLong();
}

/**
 * @param application full path of the program, without quotation marks
 * @throws EpmError EPM_ARGUMENTS_INVALID
 */
export function buildCommandLine(application: string, values: readonly string[]): string {
  // The program name is parsed without escapes: a mark in it would end it.
  if (application === '' || application.includes('"') || unsafe(application) !== undefined) {
    throw new EpmError('EPM_ARGUMENTS_INVALID', 'The path of the program cannot be put on a command line.');
  }
  checkArguments(values);
  const line = [`"${application}"`, ...values.map(quoteArgument)].join(' ');
  if (line.length >= MAX_COMMAND_LINE) throw tooLong();
  return line;
}

/**
 * One element as it stands on the command line. A quotation mark is always written as `\"`: `""` is where the two
 * parsers differ.
 */
export function quoteArgument(value: string): string {
  if (value !== '' && !/[\s"]/.test(value)) return value;
  // Backslashes count only in front of a mark, where each is written twice; the last ones stand before the closing mark.
  // A loop, because an expression for "backslashes before a mark" takes quadratic time on a long run of them.
  let result = '"';
  let backslashes = 0;
  for (const unit of value) {
    if (unit === '\\') {
      backslashes += 1;
      continue;
    }
    result += '\\'.repeat(unit === '"' ? backslashes * 2 + 1 : backslashes) + unit;
    backslashes = 0;
  }
  return `${result}${'\\'.repeat(backslashes * 2)}"`;
}

function unsafe(value: string): string | undefined {
  if (!value.isWellFormed()) return 'is not valid Unicode text';
  // NUL ends the line for Windows; line ends are read differently by every program that parses its own command line.

  if (/[\u0000\r\n]/.test(value)) return 'has a NUL character or a line break';
  return undefined;
}

function tooLong(): EpmError {
  return new EpmError('EPM_ARGUMENTS_INVALID', `The command line is longer than ${MAX_COMMAND_LINE} characters.`);
}
