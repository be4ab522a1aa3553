/**
 * Which path texts the agent accepts. The same check runs on the text a client sends, before anything is opened, and
 * again on the final name that Windows gives for the opened handle, because the two can differ.
 *
 * The check refuses instead of repairing: a form that Win32 would rewrite (trailing dots, `..`, `/`) means that the
 * text a person or a rule sees is not the name that would be opened.
 */
import type { Brand } from '../model/brands.ts';
import { OUTER_BLANK } from '../engine/refused-name.ts';
import { EpmError } from '../model/errors.ts';
import { displayText } from '../text/display.ts';
import { hasOuterBlank } from '../text/outer-blank.ts';

/** Plain absolute path on a drive letter, `C:\folder\name.ext`, drive letter in upper case. */
export type LocalPath = Brand<string, 'LocalPath'>;

export type PathRefusal =
  | 'empty'
  | 'tooLong'
  | 'malformedText'
  | 'controlCharacter'
  | 'bidirectionalCharacter'
  | 'devicePath'
  | 'networkPath'
  | 'forwardSlash'
  | 'variable'
  | 'driveRelative'
  | 'notAbsolute'
  | 'alternateStream'
  | 'illegalCharacter'
  | 'emptySegment'
  | 'dotSegment'
  | 'trailingDotOrSpace'
  | 'outerBlank'
  | 'segmentTooLong'
  | 'deviceName';

/** UTF-16 units without the terminating NUL: the longest path the NT object manager takes. */
const MAX_PATH_LENGTH = 32_766;
/** UTF-16 units of one name on NTFS and ReFS. */
const MAX_SEGMENT_LENGTH = 255;

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;
/** Unicode bidirectional formatting characters (UAX #9, table 4); they make a name look like another one. */
const BIDIRECTIONAL = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
/** Characters no Win32 file name has; `<>"` are wildcards below Win32. */
const ILLEGAL = /[<>"|?*]/;
/**
 * Names that Win32 opens as devices in any folder and with any extension ("Naming Files, Paths, and Namespaces").
 * The superscript digits count as digits. Spaces before the first dot are dropped by Win32, so they are here too.
 */
const DEVICE_NAME = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i;

/**
 * Checks a path text.
 * @returns the path, with the drive letter in upper case
 * @throws EpmError EPM_FILE_NAME_REFUSED; `data.reason` is a {@link PathRefusal}
 */
export function checkRequestPath(text: string): LocalPath {
  if (text.length === 0) throw refused(text, 'empty', 'it is empty');
  if (text.length > MAX_PATH_LENGTH) throw refused(text, 'tooLong', `it is longer than ${MAX_PATH_LENGTH} characters`);
  if (!text.isWellFormed()) throw refused(text, 'malformedText', 'it is not valid Unicode text');
  if (CONTROL.test(text)) throw refused(text, 'controlCharacter', 'it has control characters');
  if (BIDIRECTIONAL.test(text)) {
    throw refused(text, 'bidirectionalCharacter', 'it has characters that change the direction of text');
  }
  checkForm(text);
  for (const segment of text.slice(3).split('\\')) checkSegment(text, segment);
  return (text.charAt(0).toUpperCase() + text.slice(1)) as LocalPath;
}

function checkForm(text: string): void {
  if (
    /^[\\/]{2}[?.](?:[\\/]|$)/.test(text) ||
    /^[\\/]\?\?(?:[\\/]|$)/.test(text) ||
    /^[\\/]+globalroot(?:[\\/]|$)/i.test(text)
  ) {
    throw refused(text, 'devicePath', 'it is a device path');
  }
  if (/^[\\/]{2}/.test(text)) throw refused(text, 'networkPath', 'it is a network path');
  if (text.includes('/')) throw refused(text, 'forwardSlash', 'it has "/" in place of "\\"');
  if (/^%[^%\\]*%/.test(text)) throw refused(text, 'variable', 'variables are never expanded in a request');
  if (/^[A-Za-z]:(?!\\)/.test(text))
    throw refused(text, 'driveRelative', 'it is relative to the current folder of a drive');
  if (!/^[A-Za-z]:\\/.test(text)) throw refused(text, 'notAbsolute', 'it does not start with a drive letter');
  if (text.includes(':', 2)) throw refused(text, 'alternateStream', 'it names an alternate data stream');
  if (ILLEGAL.test(text)) throw refused(text, 'illegalCharacter', 'it has characters that no file name has');
}

function checkSegment(text: string, segment: string): void {
  if (segment === '') throw refused(text, 'emptySegment', 'it has an empty folder or file name');
  if (segment === '.' || segment === '..') throw refused(text, 'dotSegment', 'it has "." or ".." in it');
  if (/[. ]$/.test(segment)) throw refused(text, 'trailingDotOrSpace', 'a name in it ends with a dot or a space');
  if (hasOuterBlank(segment)) throw refused(text, 'outerBlank', OUTER_BLANK);
  if (segment.length > MAX_SEGMENT_LENGTH) {
    throw refused(text, 'segmentTooLong', `a name in it is longer than ${MAX_SEGMENT_LENGTH} characters`);
  }
  if (DEVICE_NAME.test(segment))
    throw refused(text, 'deviceName', `"${displayText(segment, 40)}" is the name of a device`);
}

function refused(text: string, reason: PathRefusal, why: string): EpmError {
  return new EpmError('EPM_FILE_NAME_REFUSED', `The path "${displayText(text, 120)}" is not accepted: ${why}.`, {
    data: { reason },
  });
}
