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
  const publisher = verifiedPublisher(facts.signatures);
  return {
    program: displayText(facts.name),
    path: displayText(facts.path),
    arguments: displayText(values.map(quoteArgument).join(' '), ARGUMENTS_SHOWN),
    digest: facts.sha256.slice(0, DIGEST_SHOWN),
    fromInternet: facts.fromInternet === true,
    ...defined({
      publisher: publisher === undefined ? undefined : displayText(publisher),
      rule: rule === undefined ? undefined : displayText(rule),
    }),
  };
}
