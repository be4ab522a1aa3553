/** What a person is shown before they confirm: made here, once, so that every door shows the same. */
import { quoteArgument } from '../engine/arguments.ts';
import { verifiedPublisher } from '../engine/signatures.ts';
import { defined } from '../model/defined.ts';
import type { FileFacts } from '../model/file-facts.ts';
import { displayText } from '../text/display.ts';
import type { QuestionText } from './contract.ts';

/** Hexadecimal digits of the SHA-256 that are shown. */
const DIGEST_SHOWN = 16;
/** UTF-16 units of the arguments that are shown whole. */
const ARGUMENTS_SHOWN = 1_000;

/**
 * @param values argument vector of the request
 * @param rule name of the rule that asks; undefined: the default response does
 * @returns texts that are safe to show: what is invisible is escaped, and long texts are cut in the middle with the
 *   digest of the whole
 */
export function questionText(facts: FileFacts, values: readonly string[], rule: string | undefined): QuestionText {
  const { name, path, sha256, fromInternet, signatures } = facts;
  const publisher = verifiedPublisher(signatures);
  return textOfQuestion({ name, path, sha256, arguments: values, fromInternet, publisher, rule });
}

interface Shown {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly arguments: readonly string[];
  readonly fromInternet: boolean | undefined;
  /** Undefined: nobody who could be verified. */
  readonly publisher: string | undefined;
  readonly rule: string | undefined;
}

/** The same from facts that are kept. @param most UTF-16 units of the arguments that are shown whole */
export function textOfQuestion(shown: Shown, most = ARGUMENTS_SHOWN): QuestionText {
  const { publisher, rule } = shown;
  return {
    program: displayText(shown.name),
    path: displayText(shown.path),
    arguments: displayText(shown.arguments.map(quoteArgument).join(' '), most),
    digest: shown.sha256.slice(0, DIGEST_SHOWN),
    fromInternet: shown.fromInternet === true,
    ...defined({
      publisher: publisher === undefined ? undefined : displayText(publisher),
      rule: rule === undefined ? undefined : displayText(rule),
    }),
  };
}
