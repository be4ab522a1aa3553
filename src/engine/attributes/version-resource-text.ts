/** Attributes that are texts of the file's version resource, or what an installer package has in their place. */
import type { FileFacts, FileType } from '../../model/file-facts.ts';
import type { DETECTION_ATTRIBUTES, DetectionAttribute } from '../../model/rule.ts';
import { equalsFolded, foldText, hashFolded } from '../../text/compare.ts';
import type { KeyList } from '../key-list.ts';
import { hasOtherText } from '../version-texts.ts';
import type { Attribute, AttributeWords } from './attribute.ts';

/** Attributes that have the name of a text in the facts. */
export type TextFact = {
  [Name in DetectionAttribute & keyof FileFacts]: (typeof DETECTION_ATTRIBUTES)[Name] extends 'text'
    ? FileFacts[Name] extends string | undefined
      ? Name
      : never
    : never;
}[DetectionAttribute & keyof FileFacts];

interface WantedText {
  readonly folded: string;
  /** On a Deny: a text of any language counts, and not only the one that Windows shows. */
  readonly inEveryTable: boolean;
}

/** @param absentFrom types of files that never have the text */
export function versionResourceText<Name extends TextFact>(
  name: Name,
  words: AttributeWords,
  absentFrom: readonly FileType[],
): Attribute<Name, WantedText> {
  /** Text of the file without outer white space. */
  const textOf = (facts: FileFacts): string | undefined => facts[name]?.trim();
  const addShown = (facts: FileFacts, keys: KeyList): void => {
    const text = textOf(facts);
    if (text !== undefined) keys.add(hashFolded(text));
  };
  const attribute: Attribute<TextFact, WantedText> = {
    words,
    limits: { maxLength: 1024 },
    example: `Contoso ${words.title}`,
    subject: 'file',
    isTextFact: true,
    ...(absentFrom.includes('msi') ? {} : { isPackageText: true }),
    absentFrom,

    read(written, { type }) {
      const folded = foldText(written);
      return folded === undefined ? undefined : { folded, inEveryTable: type === 'deny' };
    },

    matches({ folded, inEveryTable }, file) {
      const text = textOf(file.facts);
      if (text !== undefined && equalsFolded(text, folded)) return true;
      return inEveryTable && file.versionTexts(name).has(folded);
    },

    describeMiss: ({ folded }, { facts }) => ({ expected: folded, found: facts[name] ?? 'none' }),

    fits: ({ folded }, { facts }) =>
      facts.type !== undefined && absentFrom.includes(facts.type)
        ? []
        : [
            {
              clause: (rule) => `with ${words.inSentence} that ${rule} expects (${folded})`,
              facts: { ...facts, [name]: folded },
            },
          ],

    covers: (wide, narrow) => wide.folded === narrow?.folded && (wide.inEveryTable || !narrow.inEveryTable),

    exact: [
      {
        ofRule: ({ folded, inEveryTable }) => (inEveryTable ? undefined : hashFolded(folded)),
        ofFile: ({ facts }, keys) => addShown(facts, keys),
      },
      {
        ofRule: ({ folded, inEveryTable }) => (inEveryTable ? hashFolded(folded) : undefined),
        ofFile(file, keys) {
          addShown(file.facts, keys);
          if (!hasOtherText(file.facts, name)) return;
          for (const text of file.versionTexts(name)) keys.add(hashFolded(text));
        },
        isMany: true,
        isAlone: true,
      },
    ],
  };
  // What it says of its name is the kind of value, which all of them share.
  return attribute as unknown as Attribute<Name, WantedText>;
}
