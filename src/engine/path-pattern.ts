/** File path of a rule: a folder, with wildcards inside segments and `\**` at the end (decisions M3, M4). */
import type { MachineFolders } from '../model/request.ts';
import { diagnostic, type Diagnostic } from '../model/diagnostic.ts';
import type { DiagnosticCode } from '../model/diagnostic-codes.ts';
import { VARIABLE_NAMES, folderSegments, resolveVariable } from './path-variables.ts';
import { equalsFolded, foldCase } from '../text/compare.ts';
import { type WildcardPattern, compileWildcard, hasWildcard, matchesWildcard } from './wildcard.ts';

/**
 * A segment in 8.3 form means the folder of that short name. A file whose folders' short names are known is compared by
 * those, so that it does not matter when the folder was made; otherwise by what the short name stood for when the rule
 * was read.
 */
interface ShortName {
  /** Folded; undefined: the folder was not there, or stands behind a wildcard or in a profile. */
  readonly long: string | undefined;
  /** Of a Deny: where nothing is known it takes any folder, because it must not fail open (decision M3). */
  readonly takesUnknown: boolean;
}

export interface PathPattern {
  /** `profile`: the segments follow the requester's profile folder. */
  readonly base: 'machine' | 'profile';
  readonly segments: readonly (string | WildcardPattern)[];
  /** Segments in 8.3 form, by their index. */
  readonly shortNames: ReadonlyMap<number, ShortName> | undefined;
  /** The folder itself and everything below it. */
  readonly subtree: boolean;
  /** It may stand for several folders. */
  readonly isWild: boolean;
  /** Set when the pattern is one folder: the folded text that a folder is compared with. */
  readonly literal: string | undefined;
  /** As written, trimmed. */
  readonly text: string;
}

// Characters no name on NTFS has, control characters included; `*` and `?` are wildcards here.
export const FORBIDDEN_CHARACTERS = /[<>:"|\u0000-\u001f]/;
export const VARIABLE = /%[^%\\]+%/;

type PathResult =
  { readonly path: PathPattern; readonly warnings: readonly Diagnostic[] } | { readonly problem: Diagnostic };

/** A folder of a file, prepared for matching; what only some rules need is worked out when they ask. */
export class FolderFacts {
  /** Without trailing backslashes, and otherwise as it is: a blank is part of the name of a folder (decision M1). */
  readonly path: string;
  readonly #profileFolder: string | undefined;
  readonly #shortFolder: string | undefined;
  #text: string | undefined;
  #profileText: string | null | undefined;
  #shortSegments: readonly string[] | null | undefined;

  /** @param shortFolder the same folder by its 8.3 names, where it has some; undefined: not known */
  constructor(folder: string, profileFolder: string | undefined, shortFolder?: string) {
    let end = folder.length;
    while (end > 0 && folder.charCodeAt(end - 1) === BACKSLASH) end -= 1;
    this.path = end === folder.length ? folder : folder.slice(0, end);
    this.#profileFolder = profileFolder;
    this.#shortFolder = shortFolder;
  }

  /** Folded segments by their 8.3 names; undefined: not known. */
  get shortSegments(): readonly string[] | undefined {
    if (this.#shortFolder !== undefined && this.#shortSegments === undefined) {
      const found = foldCase(this.#shortFolder).split('\\');
      if (found.at(-1) === '') found.pop();
      // Of another depth it is not the same folder.
      this.#shortSegments = found.length === this.text.split('\\').length ? found : null;
    }
    return this.#shortSegments ?? undefined;
  }

  /** Folded. */
  get text(): string {
    this.#text ??= foldCase(this.path);
    return this.#text;
  }

  /** The part below the requester's profile folder, after a mark; undefined when it does not lie there. */
  get profileText(): string | undefined {
    if (this.#profileText === undefined) this.#profileText = this.#belowProfile() ?? null;
    return this.#profileText ?? undefined;
  }

  #belowProfile(): string | undefined {
    const above = folderSegments(this.#profileFolder)?.join('\\');
    if (above === undefined || !this.text.startsWith(above)) return undefined;
    const rest = this.text.slice(above.length);
    return rest === '' || rest.startsWith('\\') ? PROFILE_MARK + rest : undefined;
  }
}

export interface PathContext {
  readonly folders: MachineFolders;
  /** Long form of a folder that was written with 8.3 names, where the device can tell. */
  readonly longPath?: (folder: string) => string | undefined;
  /** Folders that rules before have named, by their text: many rules name the same, and one object is enough. */
  readonly known?: Map<string, PathPattern>;
}

const BACKSLASH = 0x5c;
/** First unit of the text of a folder below a profile; no folder can have it. */
const PROFILE_MARK = '\u0001';
const SHORT_NAME = /^[^~]{1,6}~[0-9]{1,6}(?:\.[^.]{0,3})?$/;

/**
 * @param text trimmed and not empty
 * @param fileName the rule's own file name as written; a path that repeats it at its end loses that segment
 * @param isDeny an 8.3 name of which nothing is known then takes any folder
 */
export function parsePath(
  text: string,
  fileName: string | undefined,
  context: PathContext,
  isDeny = false,
): PathResult {
  const start = readStart(text.replaceAll('/', '\\'), context);
  if ('code' in start) return { problem: start };
  if (VARIABLE.test(start.rest))
    return { problem: pathDiagnostic('variableMisplaced', 'A variable can only stand at the start of a file path.') };
  const warnings: Diagnostic[] = [];
  const written = start.rest.split('\\').filter((segment) => segment !== '');
  const last = written.at(-1);
  if (last !== undefined && fileName !== undefined && foldCase(last) === foldCase(fileName)) {
    written.pop();
    warnings.push(pathDiagnostic('pathRepeatsFileName', 'The path ends in the file name; only the folder counts.'));
  }
  const subtree = written.at(-1) === '**';
  if (subtree) written.pop();
  const problem = checkSegments(written);
  if (problem !== undefined) return { problem };
  const shortNames = readShortNames(start, written, context, isDeny);
  if (shortNames !== undefined) warnings.push(...shortNameWarnings(shortNames, written, start, context, isDeny));
  const segments = written.map((segment) => {
    const folded = foldCase(segment);
    return hasWildcard(folded) ? compileWildcard(folded) : folded;
  });
  const all = [...start.prefix, ...segments];
  const isWild = subtree || segments.some((segment) => typeof segment !== 'string');
  const literal = isWild || shortNames !== undefined ? undefined : joinLiteral(start.base, all);
  const path = { base: start.base, segments: all, shortNames, subtree, isWild, literal, text };
  return { path: sharedPath(path, context.known), warnings };
}

/** One folder is told by its literal text, and how it is written. */
function sharedPath(path: PathPattern, known: PathContext['known']): PathPattern {
  if (known === undefined || path.literal === undefined) return path;
  const other = known.get(path.text);
  if (other?.literal === path.literal) return other;
  known.set(path.text, path);
  return path;
}

/** The 8.3 names among the segments of a rule; undefined: there is none. */
function readShortNames(
  { base, prefix }: Start,
  written: readonly string[],
  { longPath }: PathContext,
  isDeny: boolean,
): PathPattern['shortNames'] {
  const indexes = written.flatMap((segment, index) => (SHORT_NAME.test(segment) ? [index] : []));
  const [first] = indexes;
  if (first === undefined) return undefined;
  const wild = written.findIndex(hasWildcard);
  let long: readonly string[] = [];
  // The longest folder that is there: what lies below it may be made later.
  for (let length = wild < 0 ? written.length : wild; base === 'machine' && length > first; length -= 1) {
    const found = folderSegments(longPath?.([...prefix, ...written.slice(0, length)].join('\\')));
    if (found?.length !== prefix.length + length) continue;
    long = found;
    break;
  }
  return new Map(
    indexes.map((index) => [prefix.length + index, { long: long[prefix.length + index], takesUnknown: isDeny }]),
  );
}

function shortNameWarnings(
  shortNames: NonNullable<PathPattern['shortNames']>,
  written: readonly string[],
  { prefix }: Start,
  { longPath }: PathContext,
  isDeny: boolean,
): Diagnostic[] {
  const warnings = [
    pathDiagnostic('pathShortName', 'The path has an 8.3 name; files are compared by their long names.'),
  ];
  const unknown = [...shortNames].find(([, { long }]) => long === undefined)?.[0];
  // Where a policy is written nobody knows the folders of a device.
  if (longPath === undefined || unknown === undefined) return warnings;
  const name = written[unknown - prefix.length] ?? '';
  const then = isDeny
    ? 'The Deny holds for the folder that has the name when a file is asked for, and for any folder where that is not known.'
    : 'The rule holds for the folder that has the name when a file is asked for, and for none where that is not known.';
  warnings.push(pathDiagnostic('pathShortNameUnknown', `No folder "${name}" was found on this machine. ${then}`));
  return warnings;
}

interface Start {
  readonly base: 'machine' | 'profile';
  readonly prefix: readonly string[];
  readonly rest: string;
}

function readStart(text: string, context: PathContext): Start | Diagnostic {
  if (/^\\\\[?.]\\/.test(text) || text.startsWith('\\??\\')) {
    return pathDiagnostic('pathDevice', 'A device path cannot stand in a rule.');
  }
  if (text.startsWith('\\\\')) return pathDiagnostic('pathUnc', 'A network path cannot stand in a rule.');
  const variable = /^%([^%\\]+)%(.*)$/s.exec(text);
  if (variable !== null) {
    const [, name, rest] = variable as unknown as [string, string, string];
    if (rest !== '' && !rest.startsWith('\\')) {
      return pathDiagnostic('variableMisplaced', `"%${name}%" must be followed by "\\".`);
    }
    const base = resolveVariable(name, context.folders);
    if (base === undefined) {
      const known = VARIABLE_NAMES.map((known) => `%${known}%`).join(', ');
      return pathDiagnostic('variableUnknown', `"%${name}%" is not one of ${known}.`);
    }
    if (base.kind === 'unavailable') {
      return pathDiagnostic('variableUnavailable', `This machine has no folder for "%${name}%".`);
    }
    return { base: base.kind, prefix: base.segments, rest };
  }
  const drive = /^([A-Za-z]:)(\\.*)$/s.exec(text);
  if (drive !== null) {
    return { base: 'machine', prefix: [foldCase(drive[1] as string)], rest: drive[2] as string };
  }
  if (/^[A-Za-z]:/.test(text)) {
    return pathDiagnostic('pathDriveRelative', 'After the drive letter and colon a "\\" must follow.');
  }
  return pathDiagnostic('pathRelative', 'A path must be absolute: C:\\… or a variable such as %ProgramFiles%\\….');
}

function checkSegments(segments: readonly string[]): Diagnostic | undefined {
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    return pathDiagnostic('pathDotSegment', 'A path cannot have "." or ".." segments.');
  }
  if (segments.some((segment) => segment.includes('**'))) {
    return pathDiagnostic('pathDoubleStar', '"**" can only be the last segment, alone.');
  }
  if (segments.some((segment) => FORBIDDEN_CHARACTERS.test(segment))) {
    return pathDiagnostic('pathCharacter', 'The path has a character that no folder name has.');
  }
  return undefined;
}

function joinLiteral(base: 'machine' | 'profile', segments: readonly unknown[]): string {
  return base === 'machine' ? segments.join('\\') : [PROFILE_MARK, ...segments].join('\\');
}

/** The pattern as one text, in the form in which a folder's text has its literal runs. */
export function pathPatternText(pattern: PathPattern): string {
  return joinLiteral(
    pattern.base,
    pattern.segments.map((segment, index) =>
      // The folder may go by another name.
      pattern.shortNames?.has(index) === true ? '*' : typeof segment === 'string' ? segment : segment.text,
    ),
  );
}

export function matchesPath(pattern: PathPattern, folder: FolderFacts): boolean {
  if (pattern.literal !== undefined) {
    if (pattern.base === 'machine') return equalsFolded(folder.path, pattern.literal);
    return pattern.literal === folder.profileText;
  }
  const text = pattern.base === 'machine' ? folder.text : folder.profileText;
  if (text === undefined) return false;
  const found = text.split('\\');
  if (pattern.base === 'profile') found.shift();
  const wanted = pattern.segments;
  if (pattern.subtree ? found.length < wanted.length : found.length !== wanted.length) return false;
  const { shortNames } = pattern;
  // The short names of the same segments: of a profile those behind its folder.
  const allShort = shortNames === undefined ? undefined : folder.shortSegments;
  const short = allShort?.slice(allShort.length - found.length);
  return wanted.every((segment, index) => {
    const name = found[index] as string;
    if (matchesSegment(segment, name)) return true;
    const shortName = shortNames?.get(index);
    if (shortName === undefined || name === '') return false;
    if (short !== undefined) return matchesSegment(segment, short[index] as string);
    return shortName.long === undefined ? shortName.takesUnknown : shortName.long === name;
  });
}

function matchesSegment(segment: PathPattern['segments'][number], name: string): boolean {
  return typeof segment === 'string' ? segment === name : name !== '' && matchesWildcard(segment, name);
}

function pathDiagnostic(code: DiagnosticCode, message: string): Diagnostic {
  return diagnostic(code, message, { pointer: '/filePath' });
}
