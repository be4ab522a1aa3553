/** Attributes that are texts of the file's version resource, or what an installer package has in their place. */
import type { FileFacts, FileType } from '../../model/file-facts.ts';
import type { DETECTION_ATTRIBUTES, DetectionAttribute } from '../../model/rule.ts';
import { equalsFolded, foldText, hashFolded } from '../../text/compare.ts';
import type { Attribute, AttributeWords } from './attribute.ts';

/** Attributes that have the name of a text in the facts. */
export type TextFact = {
  [Name in DetectionAttribute & keyof FileFacts]: (typeof DETECTION_ATTRIBUTES)[Name] extends 'text'
    ? FileFacts[Name] extends string | undefined
      ? Name
      : never
    : never;
}[DetectionAttribute & keyof FileFacts];

/** @param absentFrom types of files that never have the text */
export function versionResourceText<Name extends TextFact>(
  name: Name,
  words: AttributeWords,
  absentFrom: readonly FileType[],
): Attribute<Name, string> {
  /** Text of the file without outer white space. */
  const textOf = (facts: FileFacts): string | undefined => facts[name]?.trim();
  const attribute: Attribute<TextFact, string> = {
    words,
    limits: { maxLength: 1024 },
    example: `Contoso ${words.title}`,
    subject: 'file',
    isTextFact: true,
    absentFrom,

    read: (written) => foldText(written),

    matches(wanted, { facts }) {
      const text = textOf(facts);
      return text !== undefined && equalsFolded(text, wanted);
    },

    describeMiss: (wanted, { facts }) => ({ expected: wanted, found: facts[name] ?? 'none' }),

    covers: (wide, narrow) => wide === narrow,

    exact: [
      {
        ofRule: (wanted) => hashFolded(wanted),
        ofFile({ facts }, keys) {
          const text = textOf(facts);
          if (text !== undefined) keys.add(hashFolded(text));
        },
      },
    ],
  };
  // What it says of its name is the kind of value, which all of them share.
  return attribute as unknown as Attribute<Name, string>;
}
