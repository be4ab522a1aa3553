/** File name: a full name with extension, `*` and `?` allowed before the extension (decision M2). */
import { equalsFolded, foldCase, hashFolded, trimText } from '../../text/compare.ts';
import { FORBIDDEN_CHARACTERS, VARIABLE } from '../path-pattern.ts';
import { placed } from './placed.ts';
import { type WildcardPattern, compileWildcard, hasWildcard, literalRuns, matchesWildcard } from '../wildcard.ts';
import { type Attribute, NO_RUNS } from './attribute.ts';

interface NamePattern {
  /** Folded name, when it has no wildcard. */
  readonly literal: string | undefined;
  readonly wildcard: WildcardPattern | undefined;
  /** As written, trimmed. */
  readonly text: string;
}

const EXTENSIONS = ['EXE', 'MSI', 'PS1'];

export const fileName: Attribute<'fileName', NamePattern> = {
  words: {
    title: 'File name',
    text: 'Name with extension. `*` and `?` are wildcards, not in the extension and not in automatic rules.',
    defaultText: 'any name',
    inSentence: 'the file name',
  },
  limits: { maxLength: 255 },
  example: 'setup.exe',
  subject: 'file',
  takesWildcards: true,
  changesWithCopy: true,

  read(written, reading) {
    const text = trimText(written);
    if (text === undefined) return undefined;
    if (/[\\/]/.test(text) || FORBIDDEN_CHARACTERS.test(text)) {
      reading.reject(
        'fileNameCharacter',
        `"${text}" is not a file name: give the name only, and the folder as file path.`,
      );
      return undefined;
    }
    if (VARIABLE.test(text)) {
      reading.reject('variableMisplaced', 'A variable can only stand at the start of a file path.');
      return undefined;
    }
    const folded = foldCase(text);
    const dot = folded.lastIndexOf('.');
    const stem = dot < 0 ? folded : folded.slice(0, dot);
    const extension = dot < 0 ? '' : folded.slice(dot + 1);
    const wild = hasWildcard(extension) || (dot < 0 && folded.endsWith('*'));
    if (wild && !reading.isRejectedDeny) {
      const message = `The extension of "${text}" must be exe, msi or ps1, without a wildcard.`;
      reading.reject('wildcardInExtension', message);
      return undefined;
    }
    if (!wild && !EXTENSIONS.includes(extension)) {
      reading.reject('fileNameExtension', `"${text}" does not end in .exe, .msi or .ps1.`);
      return undefined;
    }
    if (!/[^*?]/.test(stem)) {
      reading.reject('fileNameNoLiteral', `"${text}" has no character of a name before the extension.`);
      return undefined;
    }
    const wildcard = hasWildcard(folded) ? compileWildcard(folded) : undefined;
    return { literal: wildcard === undefined ? folded : undefined, wildcard, text };
  },

  matches({ literal, wildcard }, file) {
    if (literal !== undefined) return equalsFolded(file.facts.name, literal);
    return wildcard !== undefined && matchesWildcard(wildcard, file.name);
  },

  describeMiss: ({ text }, { facts }) => ({ expected: text, found: facts.name }),

  fits({ text }, { facts }) {
    const name = text.replaceAll(/\*+/g, '').replaceAll('?', '0');
    // A file of another type is another file.
    if (facts.type === undefined || !name.toLowerCase().endsWith(`.${facts.type}`)) return [];
    return [
      {
        clause: (rule) => `with the file name that ${rule} expects (${text})`,
        facts: placed(facts, facts.folder, name),
      },
    ];
  },

  covers(wide, narrow) {
    if (narrow === undefined) return false;
    if (wide.literal !== undefined) return wide.literal === narrow.literal;
    if (wide.wildcard === undefined) return false;
    return narrow.literal === undefined
      ? wide.wildcard.text === narrow.wildcard?.text
      : matchesWildcard(wide.wildcard, narrow.literal);
  },

  exact: [
    {
      ofRule: ({ literal }) => (literal === undefined ? undefined : hashFolded(literal)),
      ofFile: (file, keys) => keys.add(hashFolded(file.facts.name)),
    },
  ],
  pattern: {
    runsOf: ({ wildcard }) => (wildcard === undefined ? NO_RUNS : literalRuns(wildcard.text)),
    textsOf: (file) => [file.name],
  },
};
