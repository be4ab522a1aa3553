/** How verbs speak: neat text for people, JSON for programs, errors that say what to do next. */
import { displayText } from '../../text/display.ts';
import { asciiJson } from '../../text/ascii-json.ts';
import { quietJson } from '../../text/pipeline-commands.ts';
import { placeText, type Diagnostic } from '../../model/diagnostic.ts';
import { isEpmError, toErrorReport } from '../../model/errors.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

/**
 * One JSON text and a line feed, in ASCII: Windows PowerShell and PowerShell read a program's output in the console's
 * code page, in which every other character would become a different one.
 */
export function json(value: unknown, indent: 0 | 2 = 2): string {
  return `${quietJson(asciiJson(value, indent))}\n`;
}

/** Lines `name   value`, names padded to one width; undefined values are left out. */
export function fields(entries: readonly (readonly [name: string, value: string | number | undefined])[]): string {
  const present = entries.filter((entry): entry is readonly [string, string | number] => entry[1] !== undefined);
  const width = Math.max(0, ...present.map(([name]) => name.length));
  return present.map(([name, value]) => `${name.padEnd(width)}  ${shown(String(value))}\n`).join('');
}

/** A text that came from outside, safe to print: control and direction characters are escaped. */
export function shown(text: string): string {
  return displayText(text, 4096);
}

/** What was noticed and where, without a line break; lines only where the format has them. */
export function describeDiagnostic({ place, message }: Diagnostic): string {
  const line = place?.line;
  const where = [line === undefined ? '' : `line ${line}`, shown(placeText(place))]
    .filter((part) => part !== '')
    .join(', ');
  return where === '' ? shown(message) : `${where}: ${shown(message)}`;
}

/**
 * Writes an error to standard error: what failed and why, the next step, and the code.
 * @returns the exit code of an error
 */
export function reportError(io: Io, error: unknown, asJson: boolean): ExitCode {
  const report = toErrorReport(error);
  if (asJson) {
    io.error(json({ error: report }, 0));
  } else {
    io.error(`epm: ${shown(report.message)}\n`);
    io.error(`     ${shown(report.hint)}\n`);
    const data = Object.entries(report.data ?? {}).map(([name, value]) => ` ${name}=${shown(String(value))}`);
    io.error(`     ${report.code}${data.join('')}\n`);
  }
  return isEpmError(error) && error.code === 'EPM_ARGUMENT' ? EXIT.usage : EXIT.error;
}
