/**
 * What stands on the command line of msiexec behind the package. msiexec is no program of the C run-time: it looks for
 * switches, and hands what is left to Windows Installer as properties, in which a quotation mark is written twice
 * ("Command-Line Options" and "MsiInstallProductW", Microsoft Learn). What both would not read in one way is refused, and
 * so is every switch that names another package or does something else than install this one.
 */
import { EpmError } from '../model/errors.ts';

/** How much is shown, and whether the machine restarts: `/q` with one of n, b, r, f and `+`, `-`, `!`. */
const DISPLAY_OR_RESTART = /^[/-](?:q(?:[nbrf][+-]?!?)?|quiet|passive|norestart|promptrestart|forcerestart)$/i;
/** Writes a log; the next element is its file. */
const LOG = /^[/-](?:l[iwearucmopvx+!*]*|log)$/i;
const PROPERTY = /^([A-Za-z_][A-Za-z0-9_.]*)=(.*)$/s;
/** Needs no quotation marks: printable ASCII without blank and mark. */
const PLAIN = /^[\x21\x23-\x7e]+$/;

/**
 * @param values elements that the caller has checked for NUL and line ends
 * @returns each element, or two where a switch takes a value, as it stands on the command line
 * @throws EpmError EPM_ARGUMENTS_INVALID, which names the position and never the text
 */
export function installerArguments(values: readonly string[]): readonly string[] {
  const result: string[] = [];
  const properties = new Set<string>();
  for (let index = 0; index < values.length; index += 1) {
    const element = values[index] ?? '';
    const property = PROPERTY.exec(element);
    if (property !== null) {
      const [, name = '', value = ''] = property;
      if (properties.has(name.toUpperCase())) throw refused(index, 'gives a property that an earlier one gives');
      properties.add(name.toUpperCase());
      result.push(`${name}=${propertyValue(value, index)}`);
    } else if (DISPLAY_OR_RESTART.test(element)) {
      result.push(element);
    } else if (LOG.test(element)) {
      index += 1;
      result.push(element, logFile(values[index], index));
    } else {
      throw refused(
        index,
        /^[/-]/.test(element)
          ? 'is a switch that does not go with installing a package'
          : 'is neither a switch nor a property',
      );
    }
  }
  return result;
}

function propertyValue(value: string, index: number): string {
  if (PLAIN.test(value)) return value;
  // The run-time reads a backslash before a mark as its escape, Windows Installer does not.
  if (/\\(?:"|$)/.test(value)) {
    throw refused(index, 'has a backslash at its end, or before a quotation mark, and needs quotation marks itself');
  }
  return quoted(value.replaceAll('"', '""'), index);
}

function logFile(path: string | undefined, index: number): string {
  if (path === undefined || path === '' || /^[/-]/.test(path) || path.includes('"') || path.endsWith('\\')) {
    throw refused(index, 'is not the file that a log switch needs');
  }
  return PLAIN.test(path) ? path : quoted(path, index);
}

function quoted(text: string, index: number): string {
  // A tab separates arguments for some programs and not for others.
  if (/\p{Cc}/u.test(text)) throw refused(index, 'has a control character');
  return `"${text}"`;
}

function refused(index: number, why: string): EpmError {
  return new EpmError('EPM_ARGUMENTS_INVALID', `Argument ${index + 1} ${why}.`, {
    hint: 'Give an installer package display and restart switches, a log file, and properties such as NAME=value, one element each.',
    data: { position: index + 1 },
  });
}
