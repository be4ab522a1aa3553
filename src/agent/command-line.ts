/**
 * The command line, built by the agent from the argument vector. It is written so that both common parsers,
 * CommandLineToArgvW and the C run-time ("Parsing C command-line arguments"), read exactly the vector that the rule was
 * compared with.
 */
import { quoteArgument } from '../engine/arguments.ts';
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
 * @param path full path of the program, without quotation marks
 * @throws EpmError EPM_ARGUMENTS_INVALID
 */
export function buildCommandLine(path: string, values: readonly string[]): string {
  checkArguments(values);
  return joinCommandLine(path, values.map(quoteArgument));
}

/**
 * @param path as for {@link buildCommandLine}
 * @param words checked, and quoted as the program reads them
 * @throws EpmError EPM_ARGUMENTS_INVALID
 */
export function joinCommandLine(path: string, words: readonly string[]): string {
  // The program name is parsed without escapes: a mark in it would end it.
  if (path === '' || path.includes('"') || unsafe(path) !== undefined) {
    throw new EpmError('EPM_ARGUMENTS_INVALID', 'The path of the program cannot be put on a command line.');
  }
  const line = [`"${path}"`, ...words].join(' ');
  if (line.length >= MAX_COMMAND_LINE) throw tooLong();
  return line;
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
