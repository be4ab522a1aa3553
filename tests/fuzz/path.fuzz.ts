/** A path from anywhere is either refused with its code or has none of the forms that Win32 rewrites. */
import { displayText } from '../../src/facts/display.ts';
import { checkRequestPath } from '../../src/facts/request-path.ts';
import { isEpmError } from '../../src/model/errors.ts';

const SAFE = /^[A-Z]:(?:\\[^\\/:*?"<>|\p{Cc}]*[^\\/:*?"<>|\p{Cc} .])+$/u;

export function fuzz(bytes: Uint8Array): void {
  for (const encoding of ['utf8', 'utf16le'] as const) {
    const text = Buffer.from(bytes).toString(encoding);
    check(text);
    check(`C:\\${text}`);
    const shown = displayText(text, 80);
    if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(shown) || !shown.isWellFormed())
      throw new Error('An invisible character is shown.');
    if (shown.length > 80) throw new Error('A shortened text is too long.');
  }
}

function check(text: string): void {
  try {
    const path = checkRequestPath(text);
    if (!SAFE.test(path)) throw new Error('An unsafe path was taken.');
  } catch (error) {
    if (!isEpmError(error) || error.code !== 'EPM_FILE_NAME_REFUSED') throw error;

    if (/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/.test(error.message))
      throw new Error('The message repeats an invisible character.');
  }
}

export const corpus: readonly string[] = [
  'C:\\Tools\\setup.exe',
  'Windows \\System32\\x.exe',
  '\\\\?\\GLOBALROOT\\Device\\x.exe',
  'a.exe:stream',
  '..\\..\\CON.exe',
  '%TEMP%\\\u202e.exe',
];
