/** Digest of the file (decision M6). */
import { trimText } from '../../text/compare.ts';
import { hashDigest } from '../hash-table.ts';
import type { Attribute } from './attribute.ts';

export type HashAlgorithm = 'sha256' | 'sha384' | 'sha512';

interface HashCondition {
  readonly algorithm: HashAlgorithm;
  /** Lower case. */
  readonly value: string;
}

const ALGORITHM_OF_LENGTH: Readonly<Record<number, HashAlgorithm>> = { 64: 'sha256', 96: 'sha384', 128: 'sha512' };

export const fileHash: Attribute<'fileHash', HashCondition> = {
  words: {
    title: 'File hash',
    text: 'SHA-256, SHA-384 or SHA-512 of the file in hexadecimal, as Get-FileHash prints it.',
    defaultText: 'any content',
    inSentence: 'the hash',
  },
  limits: { maxLength: 160 },
  example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  subject: 'file',
  isStrong: true,

  read(written, reading) {
    const text = trimText(written);
    if (text === undefined) return undefined;
    const algorithm = ALGORITHM_OF_LENGTH[text.length];
    if (algorithm === undefined || !/^[0-9a-f]+$/i.test(text)) {
      const message = 'A file hash has 64 (SHA-256), 96 (SHA-384) or 128 (SHA-512) hexadecimal digits.';
      reading.reject('hashInvalid', message);
      return undefined;
    }
    const value = text.toLowerCase();
    // Mostly the very text of the rule, which is kept anyway.
    return { algorithm, value: value === text ? text : value };
  },

  matches: ({ algorithm, value }, { facts }) => facts[algorithm] === value,

  describeMiss: ({ algorithm, value }, { facts }) => ({
    expected: value,
    found: facts[algorithm] ?? `no ${algorithm} was computed`,
  }),

  fits: ({ algorithm, value }, { facts }) => [
    { clause: (rule) => `with the content that ${rule} expects (${value})`, facts: { ...facts, [algorithm]: value } },
  ],

  covers: (wide, narrow) => wide.algorithm === narrow?.algorithm && wide.value === narrow.value,

  exact: [
    {
      isIdentity: true,
      ofRule: ({ value }) => hashDigest(value),
      ofFile({ facts }, keys) {
        keys.add(hashDigest(facts.sha256));
        if (facts.sha384 !== undefined) keys.add(hashDigest(facts.sha384));
        if (facts.sha512 !== undefined) keys.add(hashDigest(facts.sha512));
      },
    },
  ],
};
