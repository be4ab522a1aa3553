/**
 * Folders in which a person who is no administrator can put files on an ordinary installation of Windows. A linter runs
 * where the policy is written, so it knows the permissions Windows is installed with, not those of one device.
 */
import type { PathPattern } from '../../engine/path-pattern.ts';
import { foldCase } from '../../text/compare.ts';
import { compileWildcard, hasWildcard, matchesWildcard, type WildcardPattern } from '../../engine/wildcard.ts';

/** Inside of these only administrators, the system and TrustedInstaller write, but for the places listed below. */
const PROTECTED = ['C:\\Windows', 'C:\\Program Files', 'C:\\Program Files (x86)'];

/**
 * Folders of an installed Windows in which Users, Authenticated Users or INTERACTIVE may create files: known from the
 * published collections of application control by-passes (AccessChk over a clean installation).
 */
const WRITABLE_IN_PROTECTED = [
  'C:\\Windows\\Temp',
  'C:\\Windows\\Tasks',
  'C:\\Windows\\tracing',
  'C:\\Windows\\debug\\WIA',
  'C:\\Windows\\Registration\\CRMLog',
  'C:\\Windows\\ServiceProfiles\\LocalService\\AppData\\Local\\Temp',
  'C:\\Windows\\ServiceProfiles\\NetworkService\\AppData\\Local\\Temp',
  'C:\\Windows\\System32\\Com\\dmp',
  'C:\\Windows\\System32\\FxsTmp',
  'C:\\Windows\\System32\\Microsoft\\Crypto\\RSA\\MachineKeys',
  'C:\\Windows\\System32\\spool\\drivers\\color',
  'C:\\Windows\\System32\\spool\\PRINTERS',
  'C:\\Windows\\System32\\spool\\SERVERS',
  'C:\\Windows\\System32\\Tasks',
  'C:\\Windows\\System32\\Tasks_Migrated',
  'C:\\Windows\\SysWOW64\\Com\\dmp',
  'C:\\Windows\\SysWOW64\\FxsTmp',
  'C:\\Windows\\SysWOW64\\Tasks',
];

/**
 * Folders that stores and launchers make below Program Files for games that update themselves without elevation, which
 * mostly lets everybody who signs in write. They are there only with the store, so that a pattern which covers them
 * says nothing.
 */
const WRITABLE_WHERE_INSTALLED = ['C:\\Program Files', 'C:\\Program Files (x86)'].flatMap((folder) =>
  [
    ...['Steam', 'Epic Games', 'Battle.net', 'GOG Galaxy', 'GOG Games', 'Origin Games', 'EA Games', 'Riot Games'],
    ...[
      'Ubisoft\\Ubisoft Game Launcher',
      'Rockstar Games',
      'World of Warcraft',
      'Overwatch',
      'Hearthstone',
      'Diablo III',
    ],
    ...['StarCraft II', 'Call of Duty', 'ModifiableWindowsApps'],
  ].map((name) => place(`${folder}\\${name}`)),
);

/** Where the tools of Windows are. */
const SYSTEM_FOLDERS = ['C:\\Windows', 'C:\\Windows\\System32', 'C:\\Windows\\SysWOW64'].map(place);

/** Written like the folders people know; a star stands for any one folder. */
const WRITABLE = ['C:\\Users\\Public', 'C:\\Users\\*', 'C:\\ProgramData', ...WRITABLE_IN_PROTECTED];

interface Place {
  readonly text: string;
  readonly segments: readonly (string | WildcardPattern)[];
}

const PROTECTED_PLACES = PROTECTED.map(place);
const WRITABLE_PLACES = WRITABLE.map(place);

type Exposure =
  /** Every folder the path matches is out of reach for people who are no administrators. */
  | { readonly kind: 'protected' }
  /** The path is, or matches, a folder in which they can put files. `example` is one, as people write it. */
  | { readonly kind: 'writable'; readonly example: string };

/** Whether somebody who is no administrator can put a file where the path looks for one. */
export function exposureOf(path: PathPattern): Exposure {
  if (path.base === 'profile') return { kind: 'writable', example: "the person's own profile folder" };
  const found = WRITABLE_PLACES.find((candidate) => meets(path, candidate));
  if (found !== undefined) {
    const deeper = path.segments.length >= found.segments.length && !path.subtree;
    return { kind: 'writable', example: deeper ? path.text : found.text };
  }
  if (WRITABLE_WHERE_INSTALLED.some((candidate) => lies(path, candidate))) {
    return { kind: 'writable', example: path.text };
  }
  if (PROTECTED_PLACES.some((candidate) => lies(path, candidate))) return { kind: 'protected' };
  // A folder made directly below a drive lets everybody who signs in write, unless somebody changed that.
  return { kind: 'writable', example: path.text };
}

/** Whether the path is, or matches, a folder with the tools of Windows. */
export function isSystemFolder(path: PathPattern): boolean {
  return SYSTEM_FOLDERS.some(
    (folder) => meets(path, folder) && (path.subtree || path.segments.length === folder.segments.length),
  );
}

function place(text: string): Place {
  const segments = text
    .split('\\')
    .map(foldCase)
    .map((segment) => (hasWildcard(segment) ? compileWildcard(segment) : segment));
  return { text, segments };
}

/** Some folder that the path matches is the place or lies below it. */
function meets(path: PathPattern, { segments }: Place): boolean {
  const shared = Math.min(path.segments.length, segments.length);
  if (path.segments.length < segments.length && !path.subtree) return false;
  for (let index = 0; index < shared; index += 1) {
    if (!compatible(path.segments[index] as Segment, segments[index] as Segment)) return false;
  }
  return true;
}

/** Every folder that the path matches is the place or lies below it. */
function lies(path: PathPattern, { segments }: Place): boolean {
  return (
    path.segments.length >= segments.length && segments.every((segment, index) => path.segments[index] === segment)
  );
}

type Segment = string | WildcardPattern;

/** Whether some name fits both. Of two patterns it is assumed. */
function compatible(left: Segment, right: Segment): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right;
  if (typeof left === 'string') return matchesWildcard(right as WildcardPattern, left);
  if (typeof right === 'string') return matchesWildcard(left, right);
  return true;
}
