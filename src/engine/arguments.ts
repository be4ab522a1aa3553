/**
 * Argument vectors. Raw command lines are never compared: an entry of a list is split the way
 * CommandLineToArgvW (shellapi.h) splits what follows the program name, and vectors are compared element by element.
 */
import { foldCase } from '../text/compare.ts';

/**
 * Splits the text that follows a program name.
 * @returns the elements, or undefined when a quotation mark is never closed
 */
export function splitArguments(text: string): string[] | undefined {
  const { elements, isClosed } = splitAsShell(text);
  return isClosed ? elements : undefined;
}

/** @returns the elements; one whose quotation mark is never closed goes to the end */
function splitAsShell(text: string): { readonly elements: string[]; readonly isClosed: boolean } {
  const result: string[] = [];
  let current = '';
  let started = false;
  let backslashes = 0;
  // 1 = inside quotation marks. A third mark in a row is a literal one and ends the quoted part.
  let quotes = 0;
  let index = 0;
  while (index < text.length) {
    const unit = text[index] as string;
    if ((unit === ' ' || unit === '\t') && quotes === 0) {
      if (started) result.push(current);
      current = '';
      started = false;
      backslashes = 0;
      index += 1;
    } else if (unit === '\\') {
      current += unit;
      started = true;
      backslashes += 1;
      index += 1;
    } else if (unit === '"') {
      started = true;
      // 2n backslashes and a mark: n backslashes. 2n+1 and a mark: n backslashes and a literal mark.
      if (backslashes > 0) current = current.slice(0, current.length - Math.ceil(backslashes / 2));
      if (backslashes % 2 === 0) quotes += 1;
      else current += '"';
      backslashes = 0;
      index += 1;
      while (text[index] === '"') {
        quotes += 1;
        if (quotes === 3) {
          current += '"';
          quotes = 0;
        }
        index += 1;
      }
      if (quotes === 2) quotes = 0;
    } else {
      current += unit;
      started = true;
      backslashes = 0;
      index += 1;
    }
  }
  if (started) result.push(current);
  return { elements: result, isClosed: quotes === 0 };
}

/** What a program makes of a second mark directly behind one that closes: the C run-times of Windows differ there. */
type SecondMark =
  /** A literal mark, and the text goes on inside (UCRT, and Visual C++ since 2008). */
  | 'staysInside'
  /** A literal mark, and the text goes on outside (msvcrt.dll). */
  | 'endsText';

/**
 * Splits as the C run-times do ("Parsing C command-line arguments", Microsoft Learn; `argv_parsing.cpp` of the UCRT).
 * @param text of the whole command line, or of what follows the program name
 */
function splitAsC(text: string, secondMark: SecondMark): string[] {
  const result: string[] = [];
  let index = 0;
  for (;;) {
    while (text[index] === ' ' || text[index] === '\t') index += 1;
    if (index >= text.length) return result;
    let current = '';
    let isInside = false;
    while (index < text.length) {
      const start = index;
      while (text[index] === '\\') index += 1;
      const backslashes = index - start;
      const unit = text[index];
      if (unit !== '"') {
        current += '\\'.repeat(backslashes);
        if (unit === undefined || (!isInside && (unit === ' ' || unit === '\t'))) break;
        current += unit;
      } else {
        current += '\\'.repeat(backslashes >> 1);
        if (backslashes % 2 === 1) current += '"';
        else if (isInside && text[index + 1] === '"') {
          current += '"';
          index += 1;
          if (secondMark === 'endsText') isInside = false;
        } else isInside = !isInside;
      }
      index += 1;
    }
    result.push(current);
  }
}

/** What follows the program name: for a C run-time a name can have quoted parts, for the shell it ends at its mark. */
function behindName(line: string, reader: 'shell' | 'c'): string {
  let index = 0;
  if (reader === 'shell' && line.startsWith('"')) {
    const end = line.indexOf('"', 1);
    return end === -1 ? '' : line.slice(end + 1);
  }
  let isInside = false;
  while (index < line.length) {
    const unit = line[index];
    if (reader === 'c' && unit === '"') isInside = !isInside;
    else if (!isInside && (unit === ' ' || unit === '\t')) break;
    index += 1;
  }
  return line.slice(index);
}

/**
 * The arguments of a command line that somebody else has written, as programs read it: CommandLineToArgvW and the C
 * run-times. One vector where they agree, which is nearly always.
 * @param line with the program name
 */
export function readingsOf(line: string): readonly (readonly string[])[] {
  const behind = behindName(line, 'c');
  const readings: string[][] = [splitAsShell(behindName(line, 'shell')).elements];
  for (const reading of [splitAsC(behind, 'staysInside'), splitAsC(behind, 'endsText')]) {
    if (!readings.some((other) => sameVector(other, reading))) readings.push(reading);
  }
  return readings;
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

/** Ordinal, with case, element by element. */
export function sameVector(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index += 1) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

/** Switches of msiexec that only choose how much is shown and whether the machine restarts. */
const DISPLAY_AND_RESTART = new Set([
  '/QUIET',
  '/QN',
  '/QB',
  '/QR',
  '/QF',
  '/PASSIVE',
  '/NORESTART',
  '/PROMPTRESTART',
  '/FORCERESTART',
]);

/** Whether the arguments after an .msi package change nothing about what is installed (decision A3). */
export function onlyDisplayAndRestart(vector: readonly string[]): boolean {
  return vector.every((element) => DISPLAY_AND_RESTART.has(foldCase(element)));
}

/**
 * Form of one msiexec argument in which equal means "same": names of switches and properties without case, their
 * values with case.
 */
function canonicalMsiArgument(element: string): string {
  const split =
    element.startsWith('/') || element.startsWith('-')
      ? element.search(/[:=]/)
      : /^[A-Za-z_][A-Za-z0-9_.]*=/.test(element)
        ? element.indexOf('=')
        : 0;
  return split < 0 ? foldCase(element) : foldCase(element.slice(0, split)) + element.slice(split);
}

export function canonicalMsiVector(vector: readonly string[]): string[] {
  return vector.map(canonicalMsiArgument);
}
