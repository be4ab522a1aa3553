/** Lowest version of the file (decision M5). */
import type { Version } from '../../model/brands.ts';
import { trimText } from '../../text/compare.ts';
import { compareVersions, formatVersion, parseFileVersion, parseRuleVersion } from '../version.ts';
import { someVersionText } from '../version-texts.ts';
import type { Attribute } from './attribute.ts';

export const minimumVersion: Attribute<'minimumVersion', Version> = {
  words: {
    title: 'Minimum version',
    text: 'Lowest file version that matches, one to four numbers with dots.',
    defaultText: 'any version',
    inSentence: 'a version',
  },
  limits: { maxLength: 64 },
  example: '2.5',
  subject: 'file',
  isPackageText: true,
  absentFrom: ['ps1'],

  read(written, reading) {
    const text = trimText(written);
    if (text === undefined) return undefined;
    const version = parseRuleVersion(text);
    if (version !== undefined) return version;
    reading.reject('versionInvalid', `"${text}" is not a version: one to four numbers 0–65535 with dots.`);
    return undefined;
  },

  matches(minimum, { version, facts }, { type }) {
    if (version !== undefined && compareVersions(version, minimum) >= 0) return true;
    if (type !== 'deny' || facts.fixedVersion !== undefined) return false;
    return someVersionText(facts, 'fileVersionText', (text) => {
      const other = parseFileVersion(text);
      return other !== undefined && compareVersions(other, minimum) >= 0;
    });
  },

  describeMiss: (minimum, { version }) => ({
    expected: `${formatVersion(minimum)} or later`,
    found: version === undefined ? 'no version' : formatVersion(version),
  }),

  fits: (minimum, { facts }) =>
    facts.type === 'ps1'
      ? []
      : [
          {
            clause: (rule) => `with a version that ${rule} expects (${formatVersion(minimum)} or later)`,
            facts: { ...facts, fixedVersion: minimum },
          },
        ],

  covers: (wide, narrow) => narrow !== undefined && compareVersions(narrow, wide) >= 0,
};
