/** Folder of the file (decisions M3, M4). */
import { hashFolded, trimText } from '../../text/compare.ts';
import { FolderFacts, type PathPattern, matchesPath, parsePath, pathPatternText } from '../path-pattern.ts';
import { literalRuns } from '../wildcard.ts';
import { type Attribute, NO_RUNS } from './attribute.ts';
import { placed } from './placed.ts';

export const filePath: Attribute<'filePath', PathPattern> = {
  words: {
    title: 'File path',
    text: 'Folder of the file, without its name. It may start with a variable such as `%ProgramFiles%`.',
    defaultText: 'any folder',
    inSentence: 'the folder',
  },
  limits: { maxLength: 1024 },
  example: 'C:\\Program Files\\Contoso',
  subject: 'file',
  takesWildcards: true,
  changesWithCopy: true,

  read(written, reading) {
    const text = trimText(written);
    if (text === undefined) return undefined;
    const result = parsePath(text, trimText(reading.rule.fileName), reading.paths, reading.type === 'deny');
    if ('problem' in result) {
      reading.reject(result.problem.code, result.problem.message);
      return undefined;
    }
    for (const { code, message } of result.warnings) reading.warn(code, message);
    return result.path;
  },

  matches: (pattern, file) => matchesPath(pattern, file.folder),

  describeMiss({ base, text }, { facts, folder }) {
    const noProfile = base === 'profile' && folder.profileText === undefined;
    const found = noProfile ? `${facts.folder} (not in the profile folder of the requester)` : facts.folder;
    return { expected: text, found };
  },

  fits(pattern, { facts, profileFolder }) {
    const segments = pathPatternText(pattern).split('\\');
    if (pattern.base === 'profile') {
      if (profileFolder === undefined) return [];
      segments[0] = profileFolder;
    }
    const folder = segments.map((segment) => segment.replaceAll('?', '0').replaceAll(/\*+/g, '') || '0').join('\\');
    const clause = (rule: string): string => `in the folder that ${rule} expects (${pattern.text})`;
    return [{ clause, facts: placed(facts, folder.endsWith(':') ? `${folder}\\` : folder, facts.name) }];
  },

  covers(wide, narrow) {
    if (narrow === undefined || wide.base !== narrow.base) return false;
    const isShort = wide.shortNames !== undefined || narrow.shortNames !== undefined;
    if (isShort && wide.shortNames?.size !== narrow.shortNames?.size) return false;
    if (narrow.literal !== undefined && narrow.base === 'machine') {
      return matchesPath(wide, new FolderFacts(narrow.literal, undefined));
    }
    return (
      wide.subtree === narrow.subtree &&
      wide.segments.length === narrow.segments.length &&
      wide.segments.every((segment, index) => textOf(segment) === textOf(narrow.segments[index] as string))
    );
  },

  exact: [
    {
      ofRule: ({ base, literal }) => (base === 'machine' && literal !== undefined ? hashFolded(literal) : undefined),
      ofFile: ({ folder }, keys) => keys.add(hashFolded(folder.path)),
    },
    {
      ofRule: ({ base, literal }) => (base === 'profile' && literal !== undefined ? hashFolded(literal) : undefined),
      ofFile({ folder }, keys) {
        if (folder.profileText !== undefined) keys.add(hashFolded(folder.profileText));
      },
    },
  ],
  pattern: {
    runsOf: (path) => (path.literal === undefined ? literalRuns(pathPatternText(path)) : NO_RUNS),
    textsOf: ({ folder }) => (folder.profileText === undefined ? [folder.text] : [folder.text, folder.profileText]),
  },
};

function textOf(segment: PathPattern['segments'][number]): string {
  return typeof segment === 'string' ? segment : segment.text;
}
