/**
 * A path from anywhere is either refused with its code or has none of the forms that Win32 rewrites, and a path of
 * ordinary names is never refused.
 */
import { win32 } from 'node:path';
import { displayText } from '../../src/text/display.ts';
import { checkRequestPath } from '../../src/facts/request-path.ts';
import { isEpmError } from '../../src/model/errors.ts';
import { ORDINARY_PATHS, PATH_TRICKS, VARIABLES } from '../abuse/path-cases.ts';
import type { Choices } from './random.ts';

const SAFE = /^[A-Z]:(?:\\[^\\/:*?"<>|\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*[^\\/:*?"<>|\p{Cc} .])+$/u;
const DEVICES = new Set(
  ['CON', 'PRN', 'AUX', 'NUL', 'CLOCK$', 'CONIN$', 'CONOUT$'].concat(
    ['COM', 'LPT'].flatMap((kind) => [...'0123456789¹²³'].map((digit) => kind + digit)),
  ),
);

export const corpus: readonly string[] = [
  ...PATH_TRICKS.flatMap(({ cases }) => cases.map(([text]) => text)),
  ...VARIABLES,
  ...ORDINARY_PATHS.map(([text]) => text),
].filter(({ length }) => length < 300);

const PIECES: readonly string[] = [
  ...['C:\\', 'c:', 'Z:\\', '\\', '\\\\', '/', '\\\\?\\', '\\\\.\\', '\\??\\', 'GLOBALROOT', 'UNC\\', 'Device\\'],
  ...['.', '..', '...', ' ', '  .', ':', '::$DATA', ':$I30:$INDEX_ALLOCATION', '%TEMP%', '%', '~1', '*', '"', '|'],
  ...['CON', 'nul', 'com1', 'LPT³', 'conin$', 'COM', '$', '1', '.exe', '.EXE', '.exe.', '.txt', 'setup', 'Tools', 'ſ'],
  ...['\u0000', '\r\n', '\u007f', '\u0085', '\u2028', '\u202e', '\u2066', '\u200f', '\u061c', '\u200b', '\ufeff'],
  ...['\ud800', '\udc00', '\ud83d\ude00', '\u00a0', '\u3000', '\uff0e', '\uff0f', '\uff3c', '\uff1a', 'ß', 'İ', 'é'],
];
const ORDINARY = [
  ..."abcdefgxyzABCXYZ0123456789_-()[]{}&+,=;!@#~^`'$%",
  'é',
  'ß',
  'ж',
  '漢',
  '😀',
  ' x',
  '.x',
  '\u00ad',
];

/** A path made of the pieces that tricks are made of. */
export function trickyPath(choices: Choices): string {
  const pieces = Array.from({ length: 1 + choices.below(10) }, () =>
    choices.chance(0.05) ? 'a'.repeat(choices.below(300)) : choices.of(PIECES),
  );
  return (choices.chance(0.5) ? 'C:\\' : '') + pieces.join(choices.chance(0.3) ? '\\' : '');
}

/** A path of ordinary names, which has to be taken as it is. */
export function ordinaryPath(choices: Choices): string {
  const names = Array.from({ length: 1 + choices.below(8) }, () => {
    const name = Array.from({ length: 1 + choices.below(12) }, () => choices.of(ORDINARY))
      .join('')
      .replace(/^[ \u00ad]+|\u00ad+$/g, '');
    return name === '' || isDevice(name) ? 'x' : name;
  });
  return `${choices.of([...'CDEZ'])}:\\${names.join('\\')}`;
}

export function fuzz(bytes: Uint8Array): void {
  for (const encoding of ['utf8', 'utf16le'] as const) {
    const text = Buffer.from(bytes).toString(encoding);
    fuzzText(text);
    fuzzText(`C:\\${text}`);
  }
}

/** @returns whether the path was taken */
export function fuzzText(text: string): boolean {
  const shown = displayText(text, 80);
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown) || !shown.isWellFormed()) {
    throw new Error('An invisible character is shown.');
  }
  if (shown.length > 80) throw new Error('A shortened text is too long.');
  try {
    const path = checkRequestPath(text);
    if (path.slice(1) !== text.slice(1) || path.charAt(0) !== text.charAt(0).toUpperCase()) {
      throw new Error('The path was changed.');
    }
    if (!SAFE.test(path) || !path.isWellFormed()) throw new Error('An unsafe path was taken.');
    // Another reader of Windows paths sees nothing to resolve in it.
    if (win32.normalize(path) !== path || win32.parse(path).root !== path.slice(0, 3)) {
      throw new Error('A path was taken that means another one.');
    }
    if (
      path
        .slice(3)
        .split('\\')
        .some((name) => name.length > 255 || isDevice(name) || /^[\s\p{Z}\p{Cf}]|[\s\p{Z}\p{Cf}]$/u.test(name))
    ) {
      throw new Error('A name was taken that no file has.');
    }
    return true;
  } catch (error) {
    if (!isEpmError(error) || error.code !== 'EPM_FILE_NAME_REFUSED') throw error;
    if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\p{Bidi_Control}]/u.test(error.message)) {
      throw new Error('The message repeats an invisible character.');
    }
    return false;
  }
}

function isDevice(name: string): boolean {
  return DEVICES.has((name.split('.')[0] ?? '').replace(/ +$/, '').toUpperCase());
}
